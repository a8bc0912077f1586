"""Home and column pages: order, paging, what is left out, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from channels.edition import ItemType, ServiceFacts
from channels.models import Outlet, Placement
from sites import listing
from sites.listing import Cursor
from sites.models import COLUMN_TYPES, ColumnIndex, SiteHome
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
    assert [link.text for link in last.select(".pager a")] == ["返回第一页"]
    assert [link["href"] for link in last.select(".pager a")] == ["/news/"]


@pytest.mark.parametrize("before", ["x", "1.2", "0.9999999999999999999.1", "0.1.2.3", "0.１.x", "'--"])
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
    assert reader.get(f"/news/{value.slug}/").status_code == 404
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


def test_the_home_page_leads_with_the_newest_news_and_its_pictures(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.column_page(portal, "tzgg", slug="tz", title="公告")
    build.place(build.edition(headline="有图的新闻", cover=build.cover()), portal.outlet)
    build.place(build.edition(headline="头条", first_created=build.NOW + timedelta(hours=1)), portal.outlet)
    later = build.NOW + timedelta(hours=2)
    notice = build.edition(headline="更新的公告", type=ItemType.NOTICE, column="tzgg", first_created=later)
    build.place(notice, portal.outlet)
    page = reader.get("/")
    assert words(page, ".lead h2") == "头条"
    assert [item.text.strip() for item in soup(page).select(".pictures li span")] == ["有图的新闻"]
    assert soup(page).select_one(".pictures img")["alt"] == "志愿者清扫街道"  # type: ignore[index]
    assert headlines(page, ".sections h2 a") == ["新闻", "公告"]


def test_the_home_page_leaves_empty_columns_out(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.column_page(portal, "none", slug="none", title="空栏目")
    build.places(1, portal.outlet)
    page = reader.get("/")
    assert headlines(page, ".sections h2 a") == ["新闻"]
    assert "空栏目" in headlines(page, ".menu a")


def test_a_service_column_shows_place_and_time_on_the_home_page(reader: Client, portal: SiteHome) -> None:
    build.column_page(portal, "bmxx", slug="bm", title="便民信息")
    service = ServiceFacts(
        area="桂中大道", start=timezone.now() + timedelta(days=1), end=timezone.now() + timedelta(days=2)
    )
    value = build.edition(
        headline="停水通知", column="bmxx", type=ItemType.SERVICE_NOTICE, service=service, expires=service.end
    )
    build.place(value, portal.outlet)
    page = reader.get("/")
    assert words(page, ".services li > a") == "停水通知"
    assert "桂中大道" in words(page, ".services .facts")
    assert timezone.localtime(service.start).strftime("%H:%M") in words(page, ".services .facts")
    assert words(page, ".services .state") == "未开始"


def test_a_site_without_outlet_or_column_is_an_empty_page(reader: Client, portal: SiteHome) -> None:
    SiteHome.objects.update(outlet=None)
    assert words(reader.get("/"), ".empty") == "本站暂无信息。"


def test_the_footer_tells_who_runs_the_site_and_what_is_not_set(reader: Client, portal: SiteHome) -> None:
    portal.icp = "演ICP备00000000号"
    portal.save()
    footer = words(reader.get("/"), "footer")
    assert "主办单位：城中区演示单位" in footer
    assert "ICP备案编号：演ICP备00000000号" in footer
    assert "网站标识码：演示（未设置）" in footer
    assert "公安备案：演示（未设置）" in footer


def test_the_site_map_lists_every_live_column(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.column_page(portal, slug="old", title="旧栏目").unpublish()
    page = reader.get("/sitemap/")
    links = headlines(page, ".map a")
    assert "新闻" in links
    assert "旧栏目" not in links
    assert soup(reader.get("/")).select_one("footer a[href='/sitemap/']") is not None


@pytest.mark.parametrize(("path", "queries"), [("/", 14), ("/news/", 15)])
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
@pytest.mark.parametrize("cursor", [None, Cursor(0, build.NOW, 1)])
def test_lists_read_along_the_list_index(portal: SiteHome, cursor: Cursor | None) -> None:
    outlet = Outlet.objects.get()
    for part in listing._ranges(outlet, "ywdt", now=timezone.now(), before=cursor):
        plan = part[:20].explain()
        assert "USING INDEX placement_list (outlet_id=? AND column_code=?" in plan, plan
        assert "SCAN" not in plan
    assert connection.vendor == "sqlite"
