"""The item itself: identity, address, copies, and what has to be right before it is live."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction

from channels.models import Item
from cms import proofing
from cms.models import ContentPage, NewsPage
from tests.factories import (
    make_body,
    make_column_page,
    make_image,
    make_outlet,
    make_page,
    make_site,
    make_unit,
    sign,
)

pytestmark = pytest.mark.django_db


def test_a_new_item_gets_a_dated_ascii_slug_made_of_its_identity():
    page = make_page(title="关于放假的通知")
    assert page.slug == f"{timezone.localdate():%Y%m%d}-{page.content_id.hex[:6]}"
    assert re.fullmatch(r"\d{8}-[0-9a-f]{6}", page.slug)


def test_two_items_of_one_title_do_not_clash():
    first = make_page(title="通知")
    second = make_page(title="通知", parent=first.get_parent().specific)
    assert first.slug != second.slug
    assert {sign(first).item.slug, sign(second).item.slug} == {first.slug, second.slug}


def test_an_identity_whose_address_is_taken_is_given_up():
    first = make_page()
    wanted = first.content_id
    again = NewsPage(
        title="另一篇", body=make_body(), live=False, content_id=type(wanted)(int=wanted.int ^ 1)
    )
    make_column_page(make_site()).add_child(instance=again)
    assert again.content_id.hex[:6] != wanted.hex[:6]


def test_the_slug_never_changes_again():
    page = make_page()
    before = page.slug
    page.title, page.slug = "改过的标题", "mine"
    sign(page)
    assert ContentPage.objects.get(pk=page.pk).slug == before


@pytest.mark.parametrize("copy_revisions", [True, False])
def test_a_copy_is_a_new_item_without_placements_or_choices(copy_revisions):
    outlet = make_outlet()
    page = make_page(outlet_choices={outlet.slug: {"wanted": True, "reason": "加投"}}, correction_note="更正")
    sign(page)
    copied = CopyPageAction(
        page, keep_live=False, copy_revisions=copy_revisions, update_attrs={"slug": "x"}
    ).execute()
    draft = copied.specific.get_latest_revision_as_object()
    for version in (copied.specific, draft):
        assert version.content_id != page.content_id
        assert version.slug.endswith(version.content_id.hex[:6])
        assert version.outlet_choices == {}
        assert version.correction_note == ""
    assert draft.content_id == copied.specific.content_id
    assert not Item.objects.filter(content_id=draft.content_id).exists()
    sign(draft)
    assert Item.objects.count() == 2
    assert {item.current.number for item in Item.objects.all()} == {1}


def test_copied_sections_bring_new_items():
    page = make_page()
    sign(page)
    section = page.get_parent().specific
    CopyPageAction(section, recursive=True, keep_live=True, update_attrs={"slug": "copy"}).execute()
    first, second = ContentPage.objects.all()
    assert first.content_id != second.content_id
    assert first.slug != second.slug
    assert {item.pk for item in Item.objects.all()} == {first.content_id, second.content_id}


def test_an_alias_is_refused_with_the_way_to_share():
    page = make_page()
    with pytest.raises(ValidationError, match="投放去向"):
        CreatePageAliasAction(page, parent=make_column_page(make_site()), update_slug="alias").execute()


def test_the_copy_form_offers_no_alias_and_asks_for_no_address(admin_client):
    page = make_page()
    answer = admin_client.get(f"/admin/pages/{page.pk}/copy/")
    form = answer.context["form"]
    assert "alias" not in form.fields
    assert form.fields["new_slug"].widget.is_hidden
    parent = page.get_parent()
    data = {"new_title": "副本", "new_slug": page.slug, "new_parent_page": parent.pk}
    admin_client.post(f"/admin/pages/{page.pk}/copy/", data)
    copied = ContentPage.objects.get(title="副本")
    assert copied.content_id != page.content_id
    assert copied.slug.endswith(copied.content_id.hex[:6])


def complete(item_type="news", **fields):
    """A draft with one thing changed, as signing would look at it."""
    page = make_page(item_type)
    for name, value in fields.items():
        setattr(page, name, value)
    return page


@pytest.mark.parametrize(
    ("item_type", "fields", "field", "problem"),
    [
        ("news", {"body": make_body(("paragraph", "<p> </p>"))}, "body", "正文为空"),
        ("news", {"body": "[]"}, "body", "正文为空"),
        ("news", {"column": None}, "column", "栏目"),
        ("news", {"unit": None}, "unit", "发布单位"),
        ("news", {"origin_url": "https://example.gov.cn/a", "source": " "}, "source", "来源"),
        ("notice", {"doc_number": "城政办发3号"}, "doc_number", "〔2026〕"),
        ("service_notice", {"area": " "}, "area", "影响区域"),
        (
            "service_notice",
            {"starts_at": timezone.now(), "ends_at": timezone.now() - timedelta(hours=1)},
            "ends_at",
            "早于",
        ),
    ],
)
def test_what_stands_in_the_way_of_signing(item_type, fields, field, problem):
    page = complete(item_type, **fields)
    found = proofing.problems(page)
    assert list(found) == [field]
    assert problem in found[field]
    with pytest.raises(ValidationError) as refused:
        sign(page)
    assert field in refused.value.message_dict
    assert not ContentPage.objects.get(pk=page.pk).live


def test_a_complete_item_has_no_problem():
    assert proofing.problems(complete()) == {}


def test_a_broken_picture_is_found_before_signing():
    image = make_image(title="合影")
    page = complete(cover=image)
    image.file.storage.delete(image.file.name)
    assert "合影" in proofing.problems(page)["cover"]


@pytest.mark.parametrize(
    "typed",
    [
        "城政办发[2026]3号",
        "城政办发【2026】3号",
        "城政办发(2026)3号",
        "城政办发（2026）3号",
        " 城政办发 ［2026］ 3 号",
    ],
)
def test_brackets_of_a_document_number_are_put_right(typed):
    assert proofing.normal_doc_number(typed) == "城政办发〔2026〕3号"
    assert proofing.is_doc_number(proofing.normal_doc_number(typed))


def test_a_new_item_starts_with_the_column_and_the_unit_of_its_place(admin_client):
    unit = make_unit("rsj")
    parent = make_column_page(make_site(unit=unit))
    answer = admin_client.get(f"/admin/pages/add/cms/noticepage/{parent.pk}/")
    form = answer.context["form"]
    assert form["column"].value() == parent.columns.first().pk
    assert form["unit"].value() == unit.pk
