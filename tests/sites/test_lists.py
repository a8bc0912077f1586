"""Home and column pages: order, paging, what is left out, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from channels.edition import GuideFacts, ItemType, PolicyFacts, PolicyStatus
from channels.models import EditionRecord, Item, Outlet, Placement
from cms.models import Topic
from sites.lists import archive, listing
from sites.lists.listing import Cursor, Place
from sites.lists.months import Month
from sites.models import COLUMN_TYPES, ColumnIndex, SiteHome, TopicPage
from tests.sites import build
from tests.sites.reading import soup, tags, words


def headlines(answer: object, selector: str = ".rows a") -> list[str]:
    return [link.text for link in soup(answer).select(selector)]


def test_a_column_lists_its_items_newest_first_with_dates(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.places(3, portal.outlet)
    answer = reader.get("/news/")
    assert headlines(answer) == ["第3条信息", "第2条信息", "第1条信息"]
    assert [time.text for time in soup(answer).select(".rows time")] == ["2026-11-20"] * 3


def test_a_pinned_item_stays_above_newer_ones(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.place(build.edition(headline="置顶"), portal.outlet, rank=1)
    build.place(build.edition(headline="较新", first_created=build.NOW + timedelta(days=1)), portal.outlet)
    assert headlines(reader.get("/news/")) == ["置顶", "较新"]


def test_a_column_shows_only_what_is_wanted_at_its_site(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.place(build.edition(headline="在本站"), portal.outlet)
    build.place(build.edition(headline="在别站"), build.outlet("other"))
    build.place(build.edition(headline="别的栏目", column="zwgk"), portal.outlet)
    build.place(build.edition(headline="已撤"), portal.outlet)
    Placement.objects.filter(item__headline="已撤").update(desired=None)
    assert headlines(reader.get("/news/")) == ["在本站"]


@pytest.mark.parametrize(
    ("expires", "published"), [(timedelta(hours=-1), timedelta(days=-1)), (None, timedelta(hours=1))]
)
def test_what_is_over_or_yet_to_come_is_in_no_list(
    reader: Client,
    portal: SiteHome,
    news: ColumnIndex,
    expires: timedelta | None,
    published: timedelta,
) -> None:
    now = timezone.now()
    value = build.edition(
        headline="不在列表", expires=now + expires if expires else None, first_created=now + published
    )
    build.place(value, portal.outlet)
    assert headlines(reader.get("/news/")) == []
    assert "不在列表" not in reader.get("/").content.decode()


def test_paging_shows_every_item_once(reader: Client, portal: SiteHome) -> None:
    build.column_page(portal, "ywdt", "jcdt")
    build.places(23, portal.outlet)
    build.places(20, portal.outlet, column="jcdt")
    for _ in range(22):  # more than a page of pinned ones, all of one moment
        build.place(build.edition(), portal.outlet, rank=1)
    seen: list[str] = []
    path = "/news/"
    pages = 0
    while path:
        page = soup(reader.get(path))
        seen += [str(link["href"]) for link in page.select(".rows a")]
        pages += 1
        older = page.select_one("a[rel=next]")
        path = str(older["href"]) if older else ""
        build.place(build.edition(first_created=build.NOW + timedelta(days=pages)), portal.outlet, rank=2)
    assert pages == 4
    assert len(seen) == len(set(seen)) == 65


def test_the_first_page_can_be_reached_from_the_last(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.places(21, portal.outlet)
    first = soup(reader.get("/news/"))
    last = soup(reader.get(first.select_one("a[rel=next]")["href"]))  # type: ignore[index]
    links = {link.text: link["href"] for link in last.select(".pager a")}
    assert list(links) == ["返回第一页", "上一页"]
    assert links["返回第一页"] == "/news/"


def test_a_reader_can_leaf_back_the_way_he_came(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.places(63, portal.outlet)
    build.place(build.edition(headline="置顶"), portal.outlet, rank=1)
    pages = ["/news/"]
    while older := soup(reader.get(pages[-1])).select_one("a[rel=next]"):
        pages.append(str(older["href"]))
    assert len(pages) == 4
    seen = [headlines(reader.get(path)) for path in pages]
    path = pages[-1]
    for expected in reversed(seen[:-1]):
        newer = soup(reader.get(path)).select_one("a[rel=prev]")
        assert newer is not None
        answer = reader.get(str(newer["href"]), follow=True)
        assert headlines(answer) == expected
        path = str(newer["href"])
    assert reader.get(path).headers["location"] == "/news/"  # nothing above: the first page shows it all


def test_beyond_the_end_a_list_says_so(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.places(1, portal.outlet)
    answer = reader.get("/news/", {"before": str(Cursor(0, build.NOW - timedelta(days=9), 1))})
    assert answer.status_code == 200
    assert words(answer, ".empty") == "没有更早的信息。"
    assert words(answer, ".pager") == "返回第一页"


def test_two_places_at_once_are_not_found(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    cursor = str(Cursor(0, build.NOW, 1))
    assert reader.get("/news/", {"before": cursor, "after": cursor}).status_code == 404


def test_a_document_that_lapsed_is_marked_in_lists(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    policy = PolicyFacts(status=PolicyStatus.LAPSED)
    build.place(build.edition(headline="旧办法", type=ItemType.POLICY_DOC, policy=policy), portal.outlet)
    assert words(reader.get("/news/"), ".rows li .state") == "失效"


def test_a_column_of_pictures_and_one_of_excerpts(reader: Client, portal: SiteHome) -> None:
    pictures = build.column_page(portal, "tpxw", slug="tp", title="图片", layout="pictures")
    build.column_page(portal, "bszn", slug="bs", title="办事", layout="excerpts")
    build.place(build.edition(headline="一景", column="tpxw", cover=build.cover()), portal.outlet)
    guide = GuideFacts(department="区医保局", phone="0772-0000000", online_url="https://example.gov.cn/")
    value = build.edition(headline="参保登记", column="bszn", type=ItemType.SERVICE_GUIDE, guide=guide)
    build.place(value, portal.outlet)
    page = soup(reader.get(f"/{pictures.slug}/"))
    assert [img["alt"] for img in page.select(".gallery img")] == ["志愿者清扫街道"]
    assert page.select_one(".gallery time") is not None
    line = words(reader.get("/bs/"), ".excerpts li")
    assert all(text in line for text in ("参保登记", "区医保局", "0772-0000000", "可在线办理", "2026-11-20"))


@pytest.mark.parametrize(
    "before", ["x", "1.2", "0.9999999999999999999.1", "0.1.2.3", "9999999999999.1.1", "0.１.x", "'--"]
)
def test_a_made_up_cursor_is_not_found(
    reader: Client, portal: SiteHome, news: ColumnIndex, before: str
) -> None:
    assert reader.get("/news/", {"before": before}).status_code == 404


def test_a_column_that_is_taken_down_is_not_found(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition()
    build.place(value, portal.outlet)
    news.unpublish()
    assert reader.get("/news/").status_code == 404
    assert reader.get(f"/news/{value.slug}/").headers["location"] == f"/item/{value.content_id}/"
    assert reader.get(f"/item/{value.content_id}/").status_code == 200


def test_an_empty_column_says_so(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    assert words(reader.get("/news/"), ".empty") == "本栏目暂无信息。"


def test_a_column_page_has_the_seven_tags(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    found = tags(reader.get("/news/"))
    assert {name: found[name] for name in ("ColumnName", "ColumnDescription", "ColumnKeywords")} == {
        "ColumnName": "新闻",
        "ColumnDescription": "portal 网站全称“新闻”栏目",
        "ColumnKeywords": "新闻,要闻动态",
    }
    assert found["ColumnType"] in COLUMN_TYPES
    assert {"SiteName", "SiteDomain", "SiteIDCode"} <= found.keys()
    assert all(content.strip() for content in found.values())


def test_the_home_page_has_the_three_tags(reader: Client, portal: SiteHome) -> None:
    portal.site_id_code = "4502020001"
    portal.save()
    found = tags(reader.get("/"))
    assert found["SiteName"] == "portal 网站全称"
    assert found["SiteDomain"] == "portal.example"
    assert found["SiteIDCode"] == "4502020001"
    assert "ColumnName" not in found


def test_the_footer_tells_who_runs_the_site_and_what_is_not_set(reader: Client, portal: SiteHome) -> None:
    portal.icp = "演ICP备00000000号"
    portal.save()
    footer = words(reader.get("/"), "footer")
    assert "主办单位：城中区演示单位" in footer
    assert "ICP备案编号： 演ICP备00000000号" in footer
    assert "网站标识码：演示（未设置）" in footer
    assert "公安备案：演示（未设置）" in footer


def test_the_site_map_lists_every_live_column(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.column_page(portal, slug="old", title="旧栏目").unpublish()
    page = reader.get("/sitemap/")
    links = headlines(page, ".map a")
    assert "新闻" in links
    assert "旧栏目" not in links
    assert soup(reader.get("/")).select_one("footer a[href='/sitemap/']") is not None


def test_the_site_map_lists_topics_and_services_and_each_of_them_opens(
    reader: Client, portal: SiteHome
) -> None:
    topic = Topic.objects.create(code="jiugai", name="老旧小区改造")
    portal.add_child(instance=TopicPage(title=topic.name, slug="jiugai", topic=topic))
    links = {link.text: link["href"] for link in soup(reader.get("/sitemap/")).select(".map a")}
    offered = ("老旧小区改造", "便民服务", "便民服务日历", "办事指南", "网站留言", "官方信息核验")
    assert {name: reader.get(links[name]).status_code for name in offered} == dict.fromkeys(offered, 200)


@pytest.mark.parametrize(("path", "queries"), [("/", 18), ("/news/", 14), ("/news/2026-11/", 14)])
def test_lists_cost_the_same_however_much_they_hold(
    reader: Client,
    portal: SiteHome,
    news: ColumnIndex,
    django_assert_num_queries: build.QueryCount,
    path: str,
    queries: int,
) -> None:
    build.column_page(portal, "jcdt", slug="jc", title="基层")
    build.places(2, portal.outlet)
    reader.get(path)
    with django_assert_num_queries(queries):
        assert reader.get(path).status_code == 200
    for code in ("a", "b", "c"):
        build.column_page(portal, code, slug=code, title=code)
        build.places(25, portal.outlet, column=code)
    build.places(25, portal.outlet)
    with django_assert_num_queries(queries):
        assert reader.get(path).status_code == 200


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's query plan")
@pytest.mark.parametrize(
    ("cursor", "is_older"), [(None, True), (Cursor(0, build.NOW, 1), True), (Cursor(0, build.NOW, 1), False)]
)
def test_lists_read_along_the_list_index(portal: SiteHome, cursor: Cursor | None, is_older: bool) -> None:
    outlet = Outlet.objects.get()
    for part in listing._ranges(outlet, "ywdt", Place(cursor, is_older), timezone.now()):
        plan = part[:20].explain()
        assert "USING INDEX placement_list (outlet_id=? AND column_code=?" in plan, plan
        assert "SCAN" not in plan
    assert connection.vendor == "sqlite"


def test_the_archive_keeps_what_is_over_and_is_found_by_month(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    october = build.NOW - timedelta(days=40)
    build.place(build.edition(headline="十月", first_created=october), portal.outlet)
    over = build.edition(headline="过期", first_created=october, expires=october + timedelta(days=1))
    build.place(over, portal.outlet)
    build.place(
        build.edition(headline="去年", first_created=build.NOW - timedelta(days=365)), portal.outlet, rank=1
    )
    build.places(1, portal.outlet)
    front = soup(reader.get("/news/"))
    months = {link.text: str(link["href"]) for link in front.select(".past a")}
    assert months["2026年10月"] == "/news/2026-10/"
    assert "2026年9月" not in months
    page = reader.get("/news/2026-10/")
    assert headlines(page) == ["过期", "十月"]
    assert words(page, ".rows li .state") == "已过期"
    assert reader.get(months["2025年"]).headers["location"] == "/news/2025-11/"
    assert headlines(reader.get("/news/2025-11/")) == ["去年"]


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "1999-01", "2099-01", "2001", "0000", "9999-12"])
def test_no_such_month(reader: Client, portal: SiteHome, news: ColumnIndex, name: str) -> None:
    assert reader.get(f"/news/{name}/").status_code == 404


def test_a_month_is_leafed_through_by_time(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.places(24, portal.outlet)
    build.place(
        build.edition(headline="置顶", first_created=build.NOW + timedelta(minutes=11, seconds=30)),
        portal.outlet,
        rank=1,
    )
    first = soup(reader.get("/news/2026-11/"))
    older = str(first.select_one("a[rel=next]")["href"])  # type: ignore[index]
    second = reader.get(older)
    seen = [link.text for link in first.select(".rows a")] + headlines(second)
    assert seen.index("置顶") == seen.index("第13条信息") + 1
    assert len(seen) == len(set(seen)) == 25
    assert (
        reader.get(str(soup(second).select_one("a[rel=prev]")["href"])).headers["location"]
        == "/news/2026-11/"
    )  # type: ignore[index]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's query plan")
def test_the_archive_reads_along_the_list_index(portal: SiteHome) -> None:
    outlet = Outlet.objects.get()
    month = Month(2026, 11)
    now = timezone.now()
    spans = archive.spans(outlet, ["ywdt"], month, Place(), now)
    for span in [*spans, *archive.pinned(outlet, ["ywdt"], now)]:
        plan = span[:20].explain()
        assert "USING INDEX placement_list (outlet_id=? AND column_code=? AND rank" in plan, plan


@pytest.fixture
def steps() -> Iterator[Callable[[Callable[[], object]], int]]:
    """Hundreds of instructions that SQLite's machine needs for some work."""
    seen = 0

    def step() -> None:
        nonlocal seen
        seen += 1

    def counted(work: Callable[[], object]) -> int:
        nonlocal seen
        seen = 0
        work()
        return seen

    connection.ensure_connection()
    raw: Any = connection.connection
    raw.set_progress_handler(step, 100)
    yield counted
    raw.set_progress_handler(None, 0)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="counts SQLite's instructions")
def test_what_is_newer_is_not_walked_through_on_the_way_to_what_is_old(
    portal: SiteHome, news: ColumnIndex, steps: Callable[[Callable[[], object]], int]
) -> None:
    outlet, now = Outlet.objects.get(), build.NOW + timedelta(days=1)
    last_year = build.NOW - timedelta(days=365)
    for n in range(3):
        build.place(build.edition(first_created=last_year + timedelta(minutes=n)), outlet)
    oldest = Placement.objects.order_by("published_at")
    middle = Place(Cursor.after(oldest[1]))
    month = Month(last_year.year, last_year.month)
    reads: list[Callable[[], object]] = [
        lambda: archive.past(outlet, ["ywdt"], year=last_year.year, now=now),
        lambda: archive.leaf(outlet, ["ywdt"], month, Place(), size=2, now=now),
        lambda: archive.leaf(outlet, ["ywdt"], month, middle, size=2, now=now),
        lambda: listing.leaf(outlet, ["ywdt"], middle, size=2, now=now),
    ]
    before = [steps(read) for read in reads]
    copies(oldest[0], 2_000, build.NOW)
    after = [steps(read) for read in reads]
    assert [many <= 3 * few + 5 for few, many in zip(before, after, strict=True)] == [True] * 4, after


def copies(of: Placement, count: int, at: datetime) -> None:
    """So many more items like it, published up to `at`, one a second."""
    items = [Item(content_id=uuid4(), slug=f"copy-{n}", changed_at=at) for n in range(count)]
    Item.objects.bulk_create(items)
    records = EditionRecord.objects.bulk_create(
        EditionRecord(item=item, number=1, checksum="", document=of.desired.document, signed_at=at)
        for item in items
    )
    Placement.objects.bulk_create(
        Placement(
            item=record.item,
            outlet=of.outlet,
            desired=record,
            desired_at=at,
            slug=f"copy-{n}",
            column_code=of.column_code,
            published_at=at - timedelta(seconds=n),
        )
        for n, record in enumerate(records)
    )
