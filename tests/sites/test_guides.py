"""The list of 办事指南: its sides, the search within, what each line tells."""

from __future__ import annotations

import pytest
from django.test import Client

from channels.edition import GuideFacts, ItemType, Subject
from channels.models import ItemTag
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, words


def guide(portal: SiteHome, headline: str, *, topic: str = "", **facts: str) -> None:
    subjects = (Subject(scheme="column", code="bszn", name="办事指南"),)
    subjects += (Subject(scheme="topic", code=topic, name=topic),) if topic else ()
    value = build.edition(
        headline=headline,
        column="bszn",
        type=ItemType.SERVICE_GUIDE,
        guide=GuideFacts(**facts),
        subjects=subjects,  # type: ignore[arg-type]
    )
    item = build.place(value, portal.outlet)
    if topic:
        ItemTag.objects.create(item=item, tag=topic)


@pytest.fixture
def guides(portal: SiteHome) -> ColumnIndex:
    page = build.column_page(portal, "bszn", slug="bs", title="办事")
    guide(
        portal,
        "城乡居民参保登记",
        topic="社会保障",
        audience="个人",
        department="区医保局",
        phone="0772-0000000",
    )
    guide(
        portal,
        "企业设立登记",
        topic="市场准入",
        audience="企业法人",
        department="区审批局",
        online_url="https://example.gov.cn/",
    )
    guide(portal, "灵活就业参保", topic="社会保障", audience="个人、企业法人", department="区人社局")
    return page


def shown(answer: object) -> set[str]:
    return {link.text for link in soup(answer).select(".excerpts h2 a")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"城乡居民参保登记", "企业设立登记", "灵活就业参保"}),
        ({"topic": "社会保障"}, {"城乡居民参保登记", "灵活就业参保"}),
        ({"audience": "企业法人"}, {"企业设立登记", "灵活就业参保"}),
        ({"unit": "区医保局"}, {"城乡居民参保登记"}),
        ({"q": "参保", "audience": "企业法人"}, {"灵活就业参保"}),
        ({"q": "社会"}, {"城乡居民参保登记", "灵活就业参保"}),
        ({"q": "<b>"}, set()),
        ({"topic": "没有"}, set()),
    ],
)
def test_guides_are_chosen_by_side_and_word(
    reader: Client, portal: SiteHome, guides: ColumnIndex, query: dict[str, str], expected: set[str]
) -> None:
    assert shown(reader.get("/guides/", query)) == expected


def test_each_side_counts_what_the_others_leave(
    reader: Client, portal: SiteHome, guides: ColumnIndex
) -> None:
    page = soup(reader.get("/guides/", {"topic": "社会保障"}))
    links = {link.get_text(): link["href"] for link in page.select("nav[aria-label=对象] a")}
    assert set(links) == {"全部", "个人（2）", "企业法人（1）"}
    assert "市场准入（1）" in [link.get_text() for link in page.select("nav[aria-label=主题] a")]


def test_a_line_tells_whom_to_call_and_whether_it_is_online(
    reader: Client, portal: SiteHome, guides: ColumnIndex
) -> None:
    lines = [line.get_text(" ", strip=True) for line in soup(reader.get("/guides/")).select(".excerpts > li")]
    assert sum("可在线办理" in line for line in lines) == 1
    assert any("0772-0000000" in line for line in lines)
    assert not any("完整" in line for line in lines)


def test_without_guides_the_search_is_offered(reader: Client, portal: SiteHome) -> None:
    assert "没有找到办事指南" in words(reader.get("/guides/"), ".calm")


def test_guides_cost_the_same_however_many(
    reader: Client, portal: SiteHome, guides: ColumnIndex, django_assert_max_num_queries: build.QueryCount
) -> None:
    with django_assert_max_num_queries(13):
        assert reader.get("/guides/").status_code == 200
