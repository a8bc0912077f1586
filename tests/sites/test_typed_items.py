"""Documents, interpretations, public notices and guides as the public reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels import outbox, registering
from channels.edition import (
    AltId,
    Asset,
    Edition,
    GuideFacts,
    InterpretationFacts,
    ItemType,
    Material,
    PolicyFacts,
    PolicyStatus,
    PublicityFacts,
    Question,
    Relation,
    RelationKind,
)
from channels.models import Item, WithdrawalKind
from sites.items.related import neighbours
from sites.items.validity import Validity, changes_at, validity
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, words

FORM = Asset(sha256="e" * 64, content_type="application/msword", name="表.doc", size=2048)


def a_policy(**facts: object) -> Edition:
    return build.edition(
        type=ItemType.POLICY_DOC,
        headline="老旧小区改造办法",
        policy=PolicyFacts(category="城乡建设", subcategory="城市更新", **facts),  # type: ignore[arg-type]
        alt_ids=(
            AltId(role="index_number", value="演示/2026-00012"),
            AltId(role="doc_number", value="演示政办发〔2026〕12号"),
        ),
        issued_on="2026-11-01",
    )


def an_interpretation(*documents: Edition, headline: str = "办法解读") -> Edition:
    relations = tuple(
        Relation(kind=RelationKind.INTERPRETS, uri=one.uri, headline=one.headline) for one in documents
    )
    facts = InterpretationFacts(form="图解", transcript=("改什么：三类内容。",))
    return build.edition(
        type=ItemType.INTERPRETATION, headline=headline, interpretation=facts, relations=relations
    )


def place(edition: Edition, home: SiteHome) -> Item:
    """Placed, and in the register with its relations as signing enters it."""
    item = build.place(edition, home.outlet)
    assert item.current is not None
    registering.enter(item, item.current, edition, build.NOW)
    return item


def links(answer: object) -> list[tuple[str, str]]:
    return [
        (entry.select_one(".kind").get_text(), entry.select_one("a").get_text())
        for entry in soup(answer).select(".related li")
    ]


def facts_of(answer: object) -> dict[str, str]:
    return {
        line.dt.get_text(): line.dd.get_text(strip=True) for line in soup(answer).select(".facts dl > div")
    }


def test_a_document_shows_its_fields_as_documents_do(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = a_policy(issued_by="区政府办")
    place(value, portal)
    facts = facts_of(reader.get(f"/news/{value.slug}/"))
    assert list(facts) == ["索引号", "主题分类", "发文机关", "发文字号", "成文日期", "发布日期", "有效性"]
    assert facts["发文字号"] == "演示政办发〔2026〕12号"
    assert facts["有效性"] == "有效"


@pytest.mark.parametrize(
    ("status", "label"),
    [
        (PolicyStatus.REPEALED, "废止"),
        (PolicyStatus.LAPSED, "失效"),
        (PolicyStatus.PARTLY_REPEALED, "部分废止"),
    ],
)
def test_that_a_document_no_longer_holds_stands_beside_its_title_and_in_lists(
    reader: Client, portal: SiteHome, news: ColumnIndex, status: PolicyStatus, label: str
) -> None:
    value = a_policy(status=status, status_note="由新办法替代")
    place(value, portal)
    assert words(reader.get(f"/news/{value.slug}/"), "h1 .state") == label
    assert label in words(reader.get("/news/"), "main")
    assert label in words(reader.get("/"), "main")


def test_document_and_interpretation_are_linked_both_ways_without_a_new_signature(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    document = a_policy()
    item = place(document, portal)
    assert links(reader.get(f"/news/{document.slug}/")) == []
    explained = an_interpretation(document)
    place(explained, portal)
    assert links(reader.get(f"/news/{document.slug}/")) == [("解读", "办法解读")]
    assert links(reader.get(f"/news/{explained.slug}/")) == [("解读的文件", "老旧小区改造办法")]
    item.refresh_from_db()
    assert item.current is not None
    assert item.current.number == 1
    assert neighbours(document.content_id) == [explained.content_id]
    assert neighbours(explained.content_id) == [document.content_id]


def test_a_link_follows_a_new_headline_and_goes_with_a_withdrawal(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    document = a_policy()
    place(document, portal)
    explained = an_interpretation(document)
    place(explained, portal)
    place(replace(explained, headline="办法解读（修订）"), portal)
    url = f"/news/{document.slug}/"
    assert links(reader.get(url)) == [("解读", "办法解读（修订）")]
    outbox.recall(
        explained.content_id, kind=WithdrawalKind.GONE, reason="有误", now=build.NOW + timedelta(hours=1)
    )
    assert links(reader.get(url)) == []


def test_an_interpretation_that_no_site_shows_is_not_linked(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    document = a_policy()
    place(document, portal)
    internal = an_interpretation(document)
    item = build.place(internal, build.outlet("neikan", channel="handoff"))
    assert item.current is not None
    registering.enter(item, item.current, internal, build.NOW)
    assert links(reader.get(f"/news/{document.slug}/")) == []


def test_what_stands_at_another_site_alone_is_linked_by_its_lasting_address(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    document = a_policy()
    place(document, portal)
    explained = an_interpretation(document)
    place(explained, build.site("office", parent=portal))
    link = soup(reader.get(f"/news/{document.slug}/")).select_one(".related a")
    assert str(link["href"]).endswith(f"/i/{explained.content_id}/")


def test_documents_that_follow_each_other_are_linked(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    new = a_policy()
    place(new, portal)
    relation = Relation(kind=RelationKind.REPLACED_BY, uri=new.uri, headline=new.headline)
    old = replace(a_policy(status=PolicyStatus.REPEALED), headline="旧办法", relations=(relation,))
    place(old, portal)
    assert links(reader.get(f"/news/{old.slug}/")) == [("现行文件", "老旧小区改造办法")]
    assert links(reader.get(f"/news/{new.slug}/")) == [("所替代的文件", "旧办法")]


def test_twenty_interpretations_cost_no_query_more_than_one(
    reader: Client, portal: SiteHome, news: ColumnIndex, django_assert_num_queries: build.QueryCount
) -> None:
    document = a_policy()
    place(document, portal)
    place(an_interpretation(document), portal)
    url = f"/news/{document.slug}/?n="
    reader.get(url)
    with CaptureQueriesContext(connection) as one:
        reader.get(f"{url}1")
    for number in range(19):
        place(an_interpretation(document, headline=f"解读{number}"), portal)
    with django_assert_num_queries(len(one)):
        answer = reader.get(f"{url}2")
    assert len(links(answer)) == 20


def test_an_infographic_is_read_by_those_who_do_not_see_it(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = an_interpretation()
    place(value, portal)
    body = words(reader.get(f"/news/{value.slug}/"), ".body")
    assert "图解文字说明" in body
    assert "改什么：三类内容。" in body


def test_a_guide_shows_every_section(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    guide = GuideFacts(
        department="城中区演示局",
        basis=("《条例》",),
        conditions=("已登记",),
        materials=(Material(name="申请表<b>", kind="原件", copies=2, form=FORM),),
        steps=("申请", "受理"),
        promised_days=0,
        fee="不收费",
        online_url="https://example.gov.cn/ban",
        phone="0772-0000000",
        questions=(Question(question="能代办吗？", answer="能。"),),
    )
    value = build.edition(type=ItemType.SERVICE_GUIDE, guide=guide, body=())
    place(value, portal)
    answer = reader.get(f"/news/{value.slug}/")
    page = soup(answer)
    assert [step.get_text() for step in page.select("ol.steps li")] == ["申请", "受理"]
    (row,) = page.select(".guide tbody tr")
    assert [cell.get_text(strip=True) for cell in row.select("th, td")][1:4] == ["申请表<b>", "原件", "2 份"]
    assert row.select_one("a")["href"] == f"/{FORM.path}"
    assert "申请表<b>" in row.select_one("a")["aria-label"]
    assert page.select_one("details summary").get_text() == "能代办吗？"
    facts = facts_of(answer)
    assert (facts["承诺时限"], facts["收费标准"]) == ("当场办结", "不收费")
    assert page.select_one('.facts a[href="tel:0772-0000000"]')
    assert not page.select(".body")


PERIOD = PublicityFacts(start_on="2026-11-20", end_on="2026-11-24", email="a@example.gov.cn")


@pytest.mark.parametrize(
    ("now", "state", "turn"),
    [
        ((19, 15, 59), Validity.UPCOMING, (19, 16)),
        ((19, 16, 0), Validity.OPEN, (24, 16)),
        ((24, 15, 59), Validity.OPEN, (24, 16)),
        ((24, 16, 0), Validity.CLOSED, None),
    ],
)
def test_a_public_notice_runs_from_midnight_to_midnight_in_beijing(
    now: tuple[int, int, int], state: Validity, turn: tuple[int, int] | None
) -> None:
    day, hour, minute = now
    at = datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    notice = build.edition(type=ItemType.PUBLIC_NOTICE, publicity=PERIOD)
    assert validity(notice, at) is state
    assert changes_at(notice, at) == (datetime(2026, 11, *turn, tzinfo=UTC) if turn else None)


def test_a_public_notice_stays_in_lists_when_it_is_over(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    past = replace(PERIOD, start_on="2020-01-06", end_on="2020-01-10")
    value = build.edition(type=ItemType.PUBLIC_NOTICE, headline="名单公示", publicity=past)
    place(value, portal)
    answer = reader.get(f"/news/{value.slug}/")
    assert words(answer, ".facts .state") == "已结束"
    assert facts_of(answer)["公示期"] == "2020年1月6日至2020年1月10日"
    assert soup(answer).select_one('.facts a[href="mailto:a@example.gov.cn"]')
    assert "名单公示" in words(reader.get("/news/"), "main")
