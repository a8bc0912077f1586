"""Feeds: what subscribers get, how corrections and withdrawals reach them, and what a poll costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from channels.formats import atom
from channels.formats.elements import TOMBSTONES
from channels.models import Outlet, Placement
from sites.feeds.selection import SIZE as PAGE_SIZE
from sites.feeds.variants import VARIANTS
from sites.models import SiteHome
from tests.feedcheck import problems
from tests.sites import build
from tests.sites.reading import soup

BOTH = pytest.mark.parametrize("form", ["atom", "rss"])


@pytest.fixture
def outlet(portal: SiteHome) -> Outlet:
    return build.outlet("school", channel="feed", url="http://school.example/")


def read(reader: Client, path: str, **headers: str) -> Any:
    return reader.get(path, headers={"host": "portal.example", **headers})


def ids(answer: Any) -> list[str]:
    return [entry.id for entry in feedparser.parse(answer.content).entries]


@BOTH
def test_a_feed_shows_what_is_wanted_at_its_outlet(reader: Client, outlet: Outlet, form: str) -> None:
    value = build.edition(cover=build.cover(), headline="A & B <市>")
    build.place(value, outlet)
    build.place(build.edition(), build.outlet("other", channel="feed"))
    parsed = feedparser.parse(read(reader, f"/feeds/school.{form}").content)
    assert not parsed.bozo
    [entry] = parsed.entries
    assert entry.id == value.uri
    assert entry.link == value.canonical_url
    assert "A & B" in entry.title
    assert "http://hub.example/assets/" in str(entry)
    assert [link.href for link in parsed.feed.links if link.rel == "self"] == [
        f"http://hub.example/feeds/school.{form}"
    ]


@pytest.mark.parametrize(
    ("form", "content_type"), [("atom", "application/atom+xml"), ("rss", "application/rss+xml")]
)
def test_a_feed_says_what_it_is_and_how_long_it_holds(
    reader: Client, outlet: Outlet, form: str, content_type: str
) -> None:
    answer = read(reader, f"/feeds/school.{form}")
    assert answer["Content-Type"] == f"{content_type}; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("public, max-age=300")
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


@BOTH
def test_an_unchanged_feed_is_not_sent_again(
    reader: Client, outlet: Outlet, form: str, django_assert_max_num_queries: build.QueryCount
) -> None:
    build.places(3, outlet)
    path = f"/feeds/school.{form}"
    first = read(reader, path)
    assert read(reader, path).content == first.content
    with django_assert_max_num_queries(5):
        by_tag = read(reader, path, **{"if-none-match": first["ETag"]})
    by_date = read(reader, path, **{"if-modified-since": first["Last-Modified"]})
    for answer in (by_tag, by_date):
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer["ETag"] == first["ETag"]
        assert answer["Cache-Control"] == first["Cache-Control"]
    head = reader.head(path, headers={"host": "portal.example"})
    assert (head["ETag"], head.content) == (first["ETag"], b"")


def test_the_tag_beats_the_date(reader: Client, outlet: Outlet) -> None:
    build.places(1, outlet)
    first = read(reader, "/feeds/school.atom")
    answer = read(
        reader,
        "/feeds/school.atom",
        **{"if-none-match": '"other"', "if-modified-since": first["Last-Modified"]},
    )
    assert answer.status_code == 200


@BOTH
def test_a_correction_of_an_old_item_comes_first(reader: Client, outlet: Outlet, form: str) -> None:
    old = build.edition(headline="旧稿")
    build.place(old, outlet)
    for n, item in enumerate(build.places(PAGE_SIZE, outlet)):
        Placement.objects.filter(item=item).update(desired_at=build.NOW + timedelta(minutes=n + 1))
    first = read(reader, f"/feeds/school.{form}")
    assert old.uri not in ids(first)
    build.place(replace(old, headline="更正"), outlet)
    Placement.objects.filter(item=old.content_id).update(desired_at=build.NOW + timedelta(days=1))
    second = read(reader, f"/feeds/school.{form}")
    assert ids(second)[0] == old.uri
    assert second["ETag"] != first["ETag"]
    assert parsedate_to_datetime(second["Last-Modified"]) > parsedate_to_datetime(first["Last-Modified"])


@BOTH
def test_a_withdrawn_item_leaves_a_tombstone_and_moves_the_date(
    reader: Client, outlet: Outlet, form: str
) -> None:
    kept, lost = build.places(2, outlet)
    first = read(reader, f"/feeds/school.{form}")
    when = timezone.now()
    Placement.objects.filter(item=lost).update(desired=None, desired_at=when)
    second = read(reader, f"/feeds/school.{form}", **{"if-modified-since": first["Last-Modified"]})
    # No RSS reader knows tombstones: it gets the item once more, as taken back.
    assert ids(second) == ([kept.uri] if form == "atom" else [kept.uri, lost.uri])
    stones = etree.fromstring(second.content).iter(f"{{{TOMBSTONES}}}deleted-entry")
    assert [stone.get("ref") for stone in stones] == [lost.uri]
    assert parsedate_to_datetime(second["Last-Modified"]) == when.replace(microsecond=0)


def test_an_old_tombstone_is_taken_away(reader: Client, outlet: Outlet) -> None:
    build.places(1, outlet)
    Placement.objects.update(desired=None, desired_at=timezone.now() - timedelta(days=91))
    assert not atom.listing(read(reader, "/feeds/school.atom").content).buried


def test_the_end_of_an_items_validity_changes_the_feed(reader: Client, outlet: Outlet) -> None:
    build.places(2, outlet)
    path = "/feeds/school.atom"
    first = read(reader, path)
    ended = timezone.now() - timedelta(seconds=5)
    Placement.objects.filter(item__headline="第1条信息").update(visible_until=ended)
    second = read(reader, path, **{"if-modified-since": first["Last-Modified"]})
    assert second.status_code == 200
    assert len(ids(second)) == 1


def test_an_item_of_tomorrow_is_not_in_the_feed(reader: Client, outlet: Outlet) -> None:
    build.place(build.edition(), outlet, at=timezone.now() + timedelta(hours=1))
    assert ids(read(reader, "/feeds/school.atom")) == []


def test_a_feed_pages_back_to_its_first_item(reader: Client, outlet: Outlet) -> None:
    build.places(PAGE_SIZE + 5, outlet)
    seen: list[str] = []
    path = "/feeds/school.atom"
    while path:
        answer = read(reader, path)
        seen += ids(answer)
        links = {link.rel: link.href for link in feedparser.parse(answer.content).feed.links}
        assert links["self"] == f"http://hub.example{path}"
        path = links.get("next", "").removeprefix("http://hub.example")
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 5


@pytest.mark.parametrize("before", ["x", "1", "1.2.3", "99999999999999999999.1"])
def test_a_made_up_cursor_is_not_found(reader: Client, outlet: Outlet, before: str) -> None:
    assert read(reader, f"/feeds/school.atom?before={before}").status_code == 404


def test_an_items_own_document_tells_its_edition(reader: Client, outlet: Outlet) -> None:
    value = build.edition()
    build.place(value, outlet)
    build.place(replace(value, headline="第二版"), outlet)
    path = f"/feeds/school/{value.content_id}.atom"
    answer = read(reader, path)
    assert answer["Content-Type"] == atom.ENTRY_CONTENT_TYPE
    assert atom.listing(answer.content).versions == {value.uri: 2}
    assert read(reader, path, **{"if-none-match": answer["ETag"]}).status_code == 304
    Placement.objects.update(desired=None)
    assert read(reader, path).status_code == 410
    assert read(reader, f"/feeds/school/{build.NOBODY}.atom").status_code == 404


def test_a_hosted_site_has_a_feed_of_its_own_and_announces_it(reader: Client, portal: SiteHome) -> None:
    build.column_page(portal, "ywdt")
    value = build.edition()
    build.place(value, portal.outlet)
    for page in ("/", f"/news/{value.slug}/", "/sitemap/", "/find/"):
        links = soup(reader.get(page)).select("link[rel=alternate]")
        assert [link["href"] for link in links] == [
            f"http://hub.example/feeds/portal.{form}" for form in ("atom", "rss", "json")
        ], page
    parsed = feedparser.parse(read(reader, "/feeds/portal.atom").content)
    assert parsed.feed.title == "portal 网站全称"
    [entry] = parsed.entries
    assert entry.link == f"http://portal.example/item/{value.content_id}/"


def test_other_channels_have_no_feed(reader: Client, portal: SiteHome) -> None:
    build.outlet("wechat", channel="wechat_mp")
    build.outlet("neikan", channel="periodical")
    for slug in ("wechat", "neikan", "none"):
        assert read(reader, f"/feeds/{slug}.atom").status_code == 404


def test_the_feed_of_a_closed_outlet_is_gone(reader: Client, outlet: Outlet) -> None:
    outlet.retired_at = build.NOW
    outlet.save()
    assert read(reader, "/feeds/school.atom").status_code == 410


@BOTH
def test_an_empty_feed_is_valid_and_stands_still(reader: Client, outlet: Outlet, form: str) -> None:
    first, second = (read(reader, f"/feeds/school.{form}") for _ in range(2))
    assert not feedparser.parse(first.content).bozo
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]


def test_a_full_feed_costs_a_fixed_number_of_queries(
    reader: Client, outlet: Outlet, django_assert_num_queries: build.QueryCount
) -> None:
    build.places(2, outlet)
    read(reader, "/feeds/school.atom")
    for count in (0, 20):
        build.places(count, outlet)
        read(reader, "/feeds/school.atom")
        with django_assert_num_queries(5):
            assert read(reader, "/feeds/school.atom").status_code == 200


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's query plan")
def test_a_feed_reads_along_its_indexes(reader: Client, outlet: Outlet) -> None:
    build.places(PAGE_SIZE + 1, outlet)
    with CaptureQueriesContext(connection) as queries:
        first = read(reader, "/feeds/school.atom")
        links = {link.rel: link.href for link in feedparser.parse(first.content).feed.links}
        read(reader, links["next"].removeprefix("http://hub.example"))
    plans = []
    for query in queries:
        if 'FROM "syndication_placement"' in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plans.append(" ".join(row[-1] for row in cursor.fetchall()))
    assert len(plans) == 3
    for plan, index in zip(
        plans,
        (
            "change (outlet_id=?)",
            "absence (outlet_id=? AND desired_at>?)",
            "change (outlet_id=? AND desired_at<?)",
        ),
        strict=True,
    ):
        assert f"USING INDEX placement_{index}" in plan, plan


EVERY = pytest.mark.parametrize("variant", sorted(VARIANTS))


@EVERY
def test_every_form_shows_the_same_items_in_the_same_order(
    reader: Client, outlet: Outlet, variant: str
) -> None:
    rich = build.edition(cover=build.cover(), body=(build.attachment(),), headline="有图片 & 附件")
    for n, value in enumerate((rich, build.edition(headline="第二条"), build.edition(headline="撤回的"))):
        build.place(value, outlet)
        Placement.objects.filter(item=value.content_id).update(desired_at=build.NOW + timedelta(minutes=n))
    Placement.objects.filter(item__headline="撤回的").update(desired=None, desired_at=timezone.now())
    answer = read(reader, f"/feeds/school.{variant}")
    assert answer.status_code == 200
    text = answer.content.decode(answer.charset)
    assert 0 < text.index("第二条") < text.index("有图片")
    assert "撤回的" not in text


CHECKED = sorted(key for key in VARIANTS if not key.endswith(("ninjs.json", "flat.json", "html")))


@pytest.mark.parametrize("variant", CHECKED)
def test_a_feed_is_without_fault_to_the_validators_rules(
    reader: Client, outlet: Outlet, variant: str
) -> None:
    build.place(build.edition(cover=build.cover(), body=(build.attachment(),), headline="A & B <市>"), outlet)
    build.places(2, outlet)
    Placement.objects.filter(item__headline="第1条信息").update(desired=None, desired_at=timezone.now())
    for count in (0, PAGE_SIZE):
        build.places(count, outlet)
        Placement.objects.filter(desired__isnull=False).update(desired_at=F("published_at"))
        answer = read(reader, f"/feeds/school.{variant}")
        assert problems(answer.content, answer["Content-Type"]) == []


@pytest.mark.parametrize("form", ["atom", "html", "gbk.html"])
def test_an_items_own_document_says_when_it_is_taken_back(reader: Client, outlet: Outlet, form: str) -> None:
    item = build.places(1, outlet)[0]
    path = f"/feeds/school/{item.pk}.{form}"
    assert "第1条信息" in read(reader, path).content.decode("gbk" if "gbk" in form else "utf-8")
    Placement.objects.update(desired=None, desired_at=timezone.now())
    assert read(reader, path).status_code == 410
    assert read(reader, f"/feeds/school/{build.NOBODY}.{form}").status_code == 404


def test_a_collectors_list_leads_to_pages_that_it_can_cut(reader: Client, outlet: Outlet) -> None:
    build.places(1, outlet)
    page = read(reader, "/feeds/school.list.gbk.html")
    link = soup(page).select_one("a")["href"]
    article = read(reader, str(link).removeprefix("http://hub.example"))
    assert "<!--content-start-->" in article.content.decode("gbk")


@BOTH
def test_archives_hold_everything_that_the_feed_no_longer_lists(
    reader: Client, outlet: Outlet, form: str
) -> None:
    items = build.places(PAGE_SIZE + 3, outlet)
    for n, item in enumerate(items):
        moment = build.NOW - timedelta(days=n)
        Placement.objects.filter(item=item).update(desired_at=moment, published_at=moment)
    first = read(reader, f"/feeds/school.{form}")
    seen, links = set(ids(first)), links_of(first)
    while url := links.get("prev-archive"):
        archive = read(reader, url.removeprefix("http://hub.example"))
        assert problems(archive.content, archive["Content-Type"]) == []
        links = links_of(archive)
        assert links["current"] == f"http://hub.example/feeds/school.{form}"
        seen |= set(ids(archive))
    assert seen == {item.uri for item in items}


def test_an_archive_of_a_month_without_news_is_no_document(reader: Client, outlet: Outlet) -> None:
    build.places(1, outlet)
    for month in ("2020-01", "2026-13", "0000-01"):
        assert read(reader, f"/feeds/school/archive/{month}.atom").status_code == 404, month


def links_of(answer: Any) -> dict[str, str]:
    return {link.rel: link.href for link in feedparser.parse(answer.content).feed.links}


def test_the_directory_lists_every_feed_as_page_and_as_opml(
    reader: Client, portal: SiteHome, outlet: Outlet
) -> None:
    build.column()
    listed = read(reader, "/feeds.opml")
    assert problems(listed.content, listed["Content-Type"]) == []
    urls = {element.get("xmlUrl") for element in etree.fromstring(listed.content).iter("outline")}
    page = read(reader, "/feeds/")
    for name in ("by/all", "school", "portal", "by/column/ywdt", "by/type/notice"):
        url = f"http://hub.example/feeds/{name}.atom"
        assert url in urls
        assert url in page.content.decode()
        assert read(reader, f"/feeds/{name}.atom").status_code == 200


def test_a_column_page_announces_the_feed_of_its_columns(reader: Client, portal: SiteHome) -> None:
    build.column_page(portal, "ywdt", "tzgg")
    found = soup(read(reader, "/news/")).select("link[rel=alternate]")
    assert [link["href"] for link in found] == [
        f"http://hub.example/feeds/portal/column/tzgg+ywdt.{form}" for form in ("atom", "rss", "json")
    ]
    assert read(reader, "/feeds/portal/column/tzgg+ywdt.json").status_code == 200
    assert read(reader, "/feeds/portal/column/ywdt+tzgg.json").status_code == 404, "one feed, one address"
