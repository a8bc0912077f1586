"""The public search page: results in pages, filters, marks, help when there is nothing; no foreign script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from channels import finding, outbox
from channels.edition import Correction, ItemType, Organisation, Paragraph
from channels.models import AssetFile, ItemTag, WithdrawalKind
from channels.search import asking, entries, popular
from channels.search.models import AttachmentText, SearchTally
from cms.models import Unit
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, strange_scripts, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a slow machine nor the time since another test asked something decides what a search answers or costs."""
    monkeypatch.setattr(asking.TooCostly, "SECONDS", 60.0)
    monkeypatch.setattr(popular, "pending", popular.Pending(clock=lambda: 0.0))


def titles(response: Any) -> list[str]:
    return [link.get_text() for link in soup(response).select(".hits a")]


def test_a_hit_leads_to_the_item_at_the_site_where_the_reader_is(
    news: ColumnIndex, portal: SiteHome, reader: Client
) -> None:
    value = build.edition(
        headline="停水通知", correction=Correction(note="改期", major=True, at=build.NOW), summary="明日停水"
    )
    build.place(value, portal.outlet)
    response = reader.get("/find/", {"q": " 停水 "})

    (link,) = soup(response).select(".hits a")
    assert (link.get_text(), link["href"]) == ("停水通知", f"/news/{value.slug}/")
    assert [mark.get_text() for mark in soup(response).select(".hits mark")] == ["停水", "停水"]
    assert "已更正" in words(response, ".hits")
    assert "portal 站 来源：城中区融媒体中心 2026-11-20 09:30" in words(response, ".hits .note")
    assert "共 1 条" in words(response, "[role=status]")
    assert soup(response).select_one("#q")["value"] == "停水"  # type: ignore[index]


def test_what_another_site_shows_leads_to_the_link_for_good(
    news: ColumnIndex, portal: SiteHome, reader: Client
) -> None:
    street = build.site("zhongnan", parent=portal)
    item = build.place(build.edition(headline="停水通知"), street.outlet)

    (link,) = soup(reader.get("/find/?q=停水")).select(".hits a")
    assert link["href"] == f"http://hub.example/i/{item.pk}/"
    assert titles(reader.get("/find/?q=停水&scope=site")) == []
    assert titles(reader.get("/find/?q=停水&scope=site&site=zhongnan")) == ["停水通知"]
    at_street = soup(reader.get("/find/?q=停水&site=zhongnan"))
    assert "zhongnan 网站全称" in at_street.select_one(".masthead").get_text()  # type: ignore[union-attr]
    assert at_street.select_one("input[name=site]")["value"] == "zhongnan"  # type: ignore[index]


def test_results_come_in_pages(news: ColumnIndex, portal: SiteHome, reader: Client) -> None:
    build.places(12, portal.outlet)

    first = reader.get("/find/", {"q": "信息"})
    assert len(soup(first).select(".hits li")) == 10
    older = soup(first).select_one("a[rel=next]")
    assert older is not None
    second = reader.get(str(older["href"]))
    assert len(soup(second).select(".hits li")) == 2
    assert soup(second).select_one("a[rel=next]") is None
    assert soup(second).select_one("a[rel=prev]") is not None


def test_more_than_a_hundred_are_not_counted(portal: SiteHome, reader: Client) -> None:
    build.places(101, portal.outlet)

    assert "共 100+ 条" in words(reader.get("/find/", {"q": "信息"}), "[role=status]")
    assert soup(reader.get("/find/", {"q": "信息", "page": "10"})).select_one("a[rel=next]") is None


def test_a_page_costs_the_same_statements_whatever_it_shows(
    portal: SiteHome, reader: Client, django_assert_num_queries: build.QueryCount
) -> None:
    build.places(3, portal.outlet)
    reader.get("/find/", {"q": "信息"})
    with CaptureQueriesContext(connection) as few:
        reader.get("/find/", {"q": "信息"})
    build.places(7, portal.outlet)
    with django_assert_num_queries(len(few)):
        assert len(titles(reader.get("/find/", {"q": "信息"}))) == 10


@pytest.fixture
def two(portal: SiteHome) -> None:
    """Two notices of everything, that differ in everything."""
    Unit.objects.create(code="cz", name="城中街道办事处", kind="street")
    first = build.edition(
        headline="停水通知一",
        type=ItemType.NOTICE,
        column="tzgg",
        issuer=Organisation(code="cz", name="城中街道办事处"),
        keywords=("城中街道办事处",),
        body=(build.attachment(),),
        first_created=build.NOW - timedelta(days=30),
    )
    second = build.edition(headline="停水通知二", expires=timezone.now() - timedelta(days=1))
    for value in (first, second):
        item = build.place(value, portal.outlet)
        type(item).objects.filter(pk=item.pk).update(
            issuer_code=value.issuer.code, expires_at=value.expires, item_type=value.type
        )
        ItemTag.objects.bulk_create(ItemTag(item=item, tag=tag) for tag in value.tags)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("", ["停水通知一"]),
        ("&valid=all", ["停水通知二", "停水通知一"]),
        ("&valid=all&type=notice", ["停水通知一"]),
        ("&valid=all&column=tzgg", ["停水通知一"]),
        ("&valid=all&column=nothing", []),
        ("&valid=all&unit=cz", ["停水通知一"]),
        ("&valid=all&street=城中街道办事处", ["停水通知一"]),
        ("&valid=all&files=yes", ["停水通知一"]),
        ("&valid=all&files=no", ["停水通知二"]),
        ("&valid=all&from=2026-11-20", ["停水通知二"]),
        ("&valid=all&to=2026-11-19", ["停水通知一"]),
        ("&valid=all&from=2026-11-20&to=2026-11-20", ["停水通知二"]),
        ("&valid=all&to=2026-10-01&from=2026-11-19", ["停水通知一"]),
    ],
)
def test_filters_narrow_down(two: None, reader: Client, filters: str, found: list[str]) -> None:
    assert titles(reader.get(f"/find/?q=停水{filters}")) == found
    if filters:
        assert titles(reader.get(f"/find/?{filters[1:]}")) == found


def test_a_filter_is_taken_back_by_its_chip(two: None, reader: Client) -> None:
    page = soup(reader.get("/find/?q=停水&valid=all&unit=cz&sort=new"))

    chips = {chip.get_text(): str(chip["href"]) for chip in page.select(".chips a")}
    assert len(chips) == 2
    (unit,) = (url for label, url in chips.items() if "发布单位：城中街道办事处" in label)
    assert titles(reader.get(unit)) == ["停水通知二", "停水通知一"]
    assert "sort=new" in unit
    assert page.select_one("#by-unit option[selected]")["value"] == "cz"  # type: ignore[index]


def test_an_attachment_that_has_the_word_is_named(portal: SiteHome, reader: Client) -> None:
    value = build.edition(headline="报名须知", body=(build.attachment("报名表.pdf", "报名表"),))
    item = build.place(value, portal.outlet)
    assert titles(reader.get("/find/?q=户口簿")) == []
    AttachmentText.objects.update(outcome="read", text="请携带户口簿原件到窗口办理")
    entries.rewrite(item.pk)

    response = reader.get("/find/?q=户口簿")
    assert titles(response) == ["报名须知"]
    assert words(response, ".hits .file") == "附件命中 报名表 报名表.pdf"
    assert [mark.get_text() for mark in soup(response).select(".hits mark")] == ["户口簿"]


def test_nothing_found_helps_on(news: ColumnIndex, portal: SiteHome, reader: Client) -> None:
    build.place(build.edition(headline="招聘公告"), portal.outlet)
    SearchTally.objects.create(day=timezone.localdate(), words="社保", count=popular.ASKED_MIN)
    response = reader.get("/find/", {"q": "停水"})

    assert response.status_code == 200
    assert "换用更短的关键词" in words(response, "main")
    assert "招聘公告" in words(response, ".rows")
    assert words(response, ".words") == "社保"


def test_what_may_be_meant_is_one_step_away(portal: SiteHome, reader: Client) -> None:
    build.place(build.edition(headline="文昌路停水通知"), portal.outlet)
    entries.spell(limit=10)

    link = soup(reader.get("/find/?q=tingshui&sort=new")).select_one(".guess a")
    assert link is not None
    assert link.get_text() == "停水"
    assert titles(reader.get(str(link["href"]))) == ["文昌路停水通知"]


def test_suggestions_are_titles_and_popular_words(portal: SiteHome, reader: Client) -> None:
    item = build.place(build.edition(headline="文昌路停水通知"), portal.outlet)
    entries.spell(limit=10)
    SearchTally.objects.create(day=timezone.localdate(), words="停水", count=popular.ASKED_MIN)
    SearchTally.objects.create(day=timezone.localdate(), words="停水抢修", count=popular.ASKED_MIN - 1)

    assert reader.get("/find/suggest?q=停水").json() == {"suggestions": ["停水", "文昌路停水通知"]}
    assert reader.get("/find/suggest?q=tingshui").json() == {"suggestions": ["文昌路停水通知"]}
    for nothing in ("", "?q=", "?q=。", "?q=%00", "?q=" + "x" * 10_000):
        assert reader.get(f"/find/suggest{nothing}").json() == {"suggestions": []}
    outbox.recall(item.pk, kind=WithdrawalKind.GONE, reason="误", now=build.NOW)
    assert reader.get("/find/suggest?q=停水").json() == {"suggestions": ["停水"]}


def test_without_a_word_it_explains(news: ColumnIndex, reader: Client) -> None:
    assert "输入关键词" in words(reader.get("/find/"), "main")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "水" * 10_000}, "关键词过长"),
        ({"q": "停水", "page": "0"}, "没有找到"),
        ({"q": "停水", "page": "-1"}, "没有找到"),
        ({"q": "停水", "page": "9" * 30}, "没有找到"),
        ({"q": "停水", "page": "²"}, "没有找到"),
        ({"q": "停水", "from": "x", "to": "9999-99-99", "type": "\x00'", "files": "?"}, "没有找到"),
        ({"q": "停水", "to": "2199-12-31", "site": "\x00", "scope": "site"}, "没有找到"),
        ({"q": "\x00<script>alert(1)</script>"}, "没有找到"),
        ({"q": "%_\\'\""}, "没有可供查找的文字"),
        ({"q": "。，！？"}, "没有可供查找的文字"),
        ({"q": "😀"}, "没有可供查找的文字"),
        ({"q": '"停水'}, "没有找到"),
        ({"q": "NEAR( OR * AND NOT {title}: ^x"}, "没有找到"),
        ({"q": "水"}, "没有找到"),
        ({"q": "ＡＢｃ１２３"}, "没有找到"),
        ({"q": "'' & ! | <-> :*"}, "没有可供查找的文字"),
    ],
)
def test_any_query_is_answered(
    news: ColumnIndex, portal: SiteHome, reader: Client, query: dict[str, str], said: str
) -> None:
    build.place(build.edition(headline="招聘公告", body=(Paragraph(html="报名"),)), portal.outlet)
    response = reader.get("/find/", query)

    assert response.status_code == 200
    assert said in words(response, "main")
    assert strange_scripts(response) == []
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy


def test_a_query_that_takes_too_long_is_given_up(
    portal: SiteHome, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def costly(*_: object, **__: object) -> None:
        raise finding.TooCostly

    monkeypatch.setattr(finding, "answer", costly)
    response = reader.get("/find/", {"q": "停水", "page": "2"})

    assert response.status_code == 200
    assert "查找用时过长" in words(response, "[role=status]")
    assert finding.find("停水", limit=5) == []


def test_a_hub_without_a_site_has_the_page_all_the_same(reader: Client) -> None:
    assert reader.get("/find/", {"q": "停水"}).status_code == 200


def test_only_words_of_titles_are_counted_and_nothing_that_may_be_somebody(
    portal: SiteHome, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(popular, "pending", popular.Pending(clock=iter(range(0, 9000, 100)).__next__))
    body = (Paragraph(html="咨询电话 0772-0000000，联系人某某"),)
    build.place(build.edition(headline="停水通知 0772-0000000", summary="某某", body=body), portal.outlet)
    for asked in ("停水", "停水", "停水 通知", "某某", "0772-0000000", "07720000000", "招聘", "停水" * 20):
        reader.get("/find/", {"q": asked})
    reader.get("/find/", {"q": "停水", "page": "2"})

    assert dict(SearchTally.objects.values_list("words", "count")) == {"停水": 2, "停水 通知": 1}
    assert not AssetFile.objects.exists()


def test_the_page_is_sent_compressed(portal: SiteHome, reader: Client) -> None:
    page = reader.get("/find/?q=停水", headers={"accept-encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) < len(reader.get("/find/?q=停水").content) / 2
