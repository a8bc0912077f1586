"""Policy documents, interpretations, public notices and guides as editors write them: what is refused, what is captured."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from channels.completeness import ELEMENTS
from channels.contract import Severity
from channels.edition import Edition, Relation, RelationKind
from channels.models import ItemRelation, ItemTag
from cms import guides, proofing
from cms.advice import advice
from cms.capture import capture
from cms.models import DayKind, Holiday, InterpretationPage, InterpretedDocument, PolicyPage, Topic
from tests.factories import (
    make_body,
    make_column_page,
    make_document,
    make_page,
    make_site,
    make_unit,
    make_user,
    sign,
)

pytestmark = pytest.mark.django_db


def captured(page: Any) -> Edition:
    return capture(page, now=timezone.now())


def problem(item_type: str, **fields: Any) -> proofing.Problems:
    return proofing.problems(make_page(item_type, **fields))


def interpret(*documents: PolicyPage, **fields: Any) -> InterpretationPage:
    """A draft that explains `documents`."""
    parent = documents[0].get_parent().specific if documents else make_column_page(make_site())
    page = make_page("interpretation", parent=parent, **fields)
    page.documents = [InterpretedDocument(document=document) for document in documents]
    page.save_revision()
    return page


def places(findings: Any) -> set[str]:
    return {finding.place for finding in findings}


@pytest.mark.parametrize(
    ("item_type", "fields", "field", "words"),
    [
        ("policy_doc", {"doc_number": "城政办发（二六）3号"}, "doc_number", "发文字号格式不对"),
        ("policy_doc", {"issued_on": None}, "issued_on", "请填写成文日期"),
        ("policy_doc", {"category": " "}, "category", "请填写主题分类"),
        ("policy_doc", {"status": "lapsed"}, "status_note", "填写日期或说明"),
        (
            "policy_doc",
            {"status": "partly_repealed", "status_on": date(2026, 11, 9)},
            "status_note",
            "哪些条款",
        ),
        ("policy_doc", {"status": "repealed", "status_on": date(2020, 1, 1)}, "status_on", "早于成文日期"),
        ("public_notice", {"end_on": date(2026, 11, 1)}, "end_on", "早于开始日期"),
        ("public_notice", {"start_on": None}, "start_on", "请填写公示开始日期"),
        ("public_notice", {"objection_phone": " "}, "objection_phone", "至少填写一种异议渠道"),
        ("interpretation", {}, "documents", "请选择所解读的政策文件"),
        ("interpretation", {"form": "图解"}, "transcript", "须填写文字说明"),
        ("service_guide", {"department": ""}, "department", "没有任何要素"),
        ("service_guide", {"legal_days": 5, "promised_days": 6}, "promised_days", "长于法定时限"),
        ("policy_doc", {"body": make_body(("paragraph", ""))}, "body", "正文为空"),
    ],
)
def test_what_stands_in_the_way_of_signing(
    item_type: str, fields: dict[str, Any], field: str, words: str
) -> None:
    assert words in problem(item_type, **fields)[field]


def test_complete_items_of_every_new_type_can_be_signed() -> None:
    document = make_page("policy_doc")
    assert proofing.problems(document) == {}
    assert problem("public_notice", parent=document.get_parent().specific) == {}
    assert problem("service_guide", body="[]", parent=document.get_parent().specific) == {}
    assert proofing.problems(interpret(document)) == {}


def test_brackets_of_a_document_number_are_put_right_as_it_is_captured() -> None:
    edition = captured(make_page("policy_doc", doc_number="城政办发[2026] 3号"))
    assert [alt.value for alt in edition.alt_ids] == ["城政办发〔2026〕3号"]


def test_a_document_does_not_take_its_own_place() -> None:
    page = make_page("policy_doc", status="repealed", status_note="作废")
    page.replaced_by_id = page.pk
    assert "不能是文件自己" in proofing.problems(page)["replaced_by"]


def test_a_document_with_a_successor_is_no_longer_valid() -> None:
    successor = make_page("policy_doc")
    page = make_page("policy_doc", parent=successor.get_parent().specific, replaced_by=successor)
    assert "有效性" in proofing.problems(page)["status"]


def test_a_document_is_chosen_once_and_only_documents_are() -> None:
    document = make_page("policy_doc")
    page = interpret(document)
    page.documents.add(InterpretedDocument(document=document))
    assert "选择了两次" in proofing.problems(page)["documents"]
    assert InterpretedDocument._meta.get_field("document").related_model is PolicyPage


def test_signing_writes_relations_that_follow_the_newest_edition() -> None:
    first = make_page("policy_doc")
    second = make_page("policy_doc", parent=first.get_parent().specific)
    page = interpret(first, second)
    edition = sign(page).edition()
    assert edition.relations == tuple(
        Relation(kind=RelationKind.INTERPRETS, uri=f"urn:uuid:{one.content_id}", headline=one.title)
        for one in (first, second)
    )
    assert set(ItemRelation.objects.values_list("target", flat=True)) == {first.content_id, second.content_id}
    page.documents = [row for row in page.documents.all() if row.document_id == second.pk]
    sign(page)
    assert list(ItemRelation.objects.values_list("item_id", "target")) == [
        (page.content_id, second.content_id)
    ]


def test_topics_and_streets_become_subjects_and_tags() -> None:
    topic = Topic.objects.create(code="wenming", name="创建全国文明城市")
    street = make_unit("tanzhong", name="柳州市城中区潭中街道办事处", short_name="潭中街道", kind="street")
    page = make_page(keywords="志愿")
    page.topics, page.streets = [topic], [street]
    edition = sign(page).edition()
    assert [(one.scheme, one.code, one.name) for one in edition.subjects[1:]] == [
        ("topic", "wenming", "创建全国文明城市"),
        ("street", "tanzhong", "潭中街道"),
    ]
    assert set(ItemTag.objects.values_list("tag", flat=True)) == {"志愿", "创建全国文明城市", "潭中街道"}


def test_a_guide_is_captured_with_its_materials_and_the_words_for_free() -> None:
    form = make_document("表.docx")
    stored = [
        {"name": "申请表", "kind": "原件", "copies": 1, "form": form.pk, "note": ""},
        {"name": " ", "kind": "", "copies": None, "form": None, "note": "没有名称"},
    ]
    page = make_page(
        "service_guide",
        steps="一、申请\n\n 二、受理 \n",
        fee="免费",
        materials=make_body(*(("material", one) for one in stored)),
        questions=make_body(("question", {"question": "可以代办吗？", "answer": "可以。"})),
    )
    guide = captured(page).guide
    assert guide is not None
    assert guide.steps == ("一、申请", "二、受理")
    assert guide.fee == "不收费"
    (material,) = guide.materials
    assert material.form is not None
    assert material.form.name == "表.docx"
    assert [one.answer for one in guide.questions] == ["可以。"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("无", "不收费"), ("0元", "不收费"), ("每件 10 元", "每件 10 元"), ("", "")]
)
def test_what_means_nothing_to_pay(typed: str, meant: str) -> None:
    assert guides.fee_text(typed) == meant


def test_advice_names_what_a_guide_lacks_and_what_nobody_can_bring() -> None:
    materials = make_body(
        ("material", {"name": "其他相关材料", "kind": "", "copies": None, "form": None, "note": ""}),
        ("material", {"name": "户口簿", "kind": "复印件", "copies": None, "form": None, "note": ""}),
    )
    found = advice(captured(make_page("service_guide", materials=materials)))
    elements = next(finding for finding in found if finding.place == "办事指南要素")
    assert elements.severity is Severity.BLOCK
    assert "申请条件" in elements.problem
    assert "办理材料" not in elements.problem
    assert {"申请材料“其他相关材料”", "申请材料“户口簿”", "收费标准"} <= places(found)


def test_a_charge_wants_its_basis_and_a_complete_guide_no_advice() -> None:
    full = {
        "basis": "《条例》",
        "conditions": "已登记",
        "steps": "申请",
        "address": "大厅",
        "hours": "工作日",
        "phone": "0772-0000000",
        "materials": make_body(
            ("material", {"name": "申请表", "kind": "原件", "copies": 1, "form": None, "note": ""})
        ),
    }
    page = make_page("service_guide", fee="每件 10 元", **full)
    assert places(advice(captured(page))) == {"收费依据"}
    page.fee = "不收费"
    assert advice(captured(page)) == []


def test_a_short_period_and_a_document_without_numbers_are_remarked_on() -> None:
    short = make_page("public_notice", end_on=date(2026, 11, 5))
    (finding,) = advice(captured(short))
    assert "4 个工作日" in finding.problem
    document = make_page("policy_doc", parent=short.get_parent().specific)
    assert places(advice(captured(document))) == {"发文字号", "索引号", "主题分类"}


def test_a_period_over_a_holiday_counts_the_days_that_are_worked() -> None:
    over = make_page("public_notice", start_on=date(2026, 9, 30), end_on=date(2026, 10, 8))
    (finding,) = advice(captured(over))
    assert "2 个工作日" in finding.problem
    for day in range(1, 4):
        Holiday.objects.create(date=date(2026, 10, day), kind=DayKind.ON, name="照常办公")
    assert advice(captured(over)) == []


def test_a_year_without_arrangements_says_what_it_counts_by() -> None:
    (finding,) = advice(
        captured(make_page("public_notice", start_on=date(2031, 4, 30), end_on=date(2031, 5, 2)))
    )
    assert "1 个工作日" in finding.problem
    assert "尚未录入" in finding.problem


def test_a_long_period_is_not_counted() -> None:
    assert (
        advice(captured(make_page("public_notice", start_on=date(2026, 1, 1), end_on=date(9999, 1, 1)))) == []
    )


def test_an_area_of_300_characters_is_taken_and_a_longer_one_refused_in_words() -> None:
    page = make_page("service_notice", area="文" * 300)
    assert sign(page).edition().service.area == "文" * 300  # type: ignore[union-attr]
    page.area += "昌"
    with pytest.raises(ValidationError) as refused:
        page.save()
    assert "300" in str(refused.value.message_dict["area"])


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_user(superuser=True))
    return client


def test_the_form_of_a_guide_shows_what_it_lacks(desk: Client) -> None:
    page = make_page("service_guide", basis="《条例》")
    html = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert f"3/{len(ELEMENTS)}" in html
    assert "还缺：申请条件、办理材料" in html


def test_the_preflight_of_a_draft_says_what_is_poor_about_it(desk: Client) -> None:
    page = make_page("service_guide")
    html = desk.get(reverse("desk:preflight", args=[page.pk])).content.decode()
    assert "应先补齐" in html
    assert "不要留空" in html


def test_a_closed_topic_takes_no_new_items_and_keeps_its_own(desk: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    closed = Topic.objects.create(code="jiu", name="旧专题", closed_on=yesterday)
    Topic.objects.create(code="xin", name="新专题")
    page = make_page()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    html = desk.get(url).content.decode()
    assert "新专题" in html
    assert "旧专题" not in html
    page.topics = [closed]
    page.save_revision()
    assert "旧专题" in desk.get(url).content.decode()


def test_an_interpretation_is_made_in_the_form_with_the_documents_chosen_there(desk: Client) -> None:
    document = make_page("policy_doc")
    parent = document.get_parent()
    url = reverse("wagtailadmin_pages:add", args=["cms", "interpretationpage", parent.pk])
    form = {
        "title": "政策解读",
        "slug": "",
        "column": document.column_id,
        "unit": document.unit_id,
        "lane": 2,
        "form": "问答",
        "transcript": "",
        "documents-TOTAL_FORMS": 1,
        "documents-INITIAL_FORMS": 0,
        "documents-MIN_NUM_FORMS": 0,
        "documents-MAX_NUM_FORMS": 1000,
        "documents-0-document": document.pk,
        "documents-0-ORDER": 1,
        "body-count": 0,
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }
    answer = desk.post(url, form)
    assert answer.status_code == 302
    draft = InterpretationPage.objects.get().get_latest_revision_as_object()
    assert [row.document_id for row in draft.documents.all()] == [document.pk]
