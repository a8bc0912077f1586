"""The home pages: what stands where, by the kind of site and by what its columns hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels.edition import ItemType, Lane, ServiceFacts
from channels.models import Item, Outlet
from cms.models import Unit
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, words


def titles(answer: object) -> list[str]:
    """The panels of the page in their order."""
    return [title.get_text(strip=True) for title in soup(answer).select(".front .panel h2")]


def notice(portal: SiteHome, headline: str = "停水通知", *, area: str = "全区", **facts: object) -> Item:
    """A service notice of column `bmxx`, a day from now for eight hours."""
    start = timezone.now() + timedelta(days=1)
    times = {"start": start, "end": start + timedelta(hours=8), **facts}
    service = ServiceFacts(area=area, **times)  # type: ignore[arg-type]
    value = build.edition(
        headline=headline, column="bmxx", type=ItemType.SERVICE_NOTICE, service=service, expires=service.end
    )
    return build.place(value, portal.outlet)


def street(code: str, name: str) -> Unit:
    return Unit.objects.create(code=code, name=f"演示区{name}办事处", short_name=name, kind="street")


def test_the_newest_of_the_first_news_column_leads(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.column_page(portal, "tzgg", slug="tz", title="公告")
    build.column_page(portal, "jcdt", slug="jc", title="基层")
    build.place(build.edition(headline="有图的新闻", cover=build.cover()), portal.outlet)
    build.place(build.edition(headline="头条", first_created=build.NOW + timedelta(hours=1)), portal.outlet)
    later = build.NOW + timedelta(hours=2)
    build.place(
        build.edition(headline="公告", type=ItemType.NOTICE, column="tzgg", first_created=later),
        portal.outlet,
    )
    build.place(build.edition(headline="基层", column="jcdt", first_created=later), portal.outlet)
    page = reader.get("/")
    assert words(page, ".lead h2") == "头条"
    assert words(page, ".lead time") == "2026-11-20"
    assert [item.text.strip() for item in soup(page).select(".strip .caption")] == ["有图的新闻"]
    assert soup(page).select_one(".strip img")["alt"] == "志愿者清扫街道"  # type: ignore[index]


def test_a_column_is_what_it_holds(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    for code, title, kind in (
        ("wj", "文件", ItemType.POLICY_DOC),
        ("zn", "指南", ItemType.SERVICE_GUIDE),
        ("gg", "公告", ItemType.PUBLIC_NOTICE),
    ):
        build.column_page(portal, code, slug=code, title=title)
        build.place(build.edition(column=code, type=kind), portal.outlet)
    build.places(1, portal.outlet)
    assert titles(reader.get("/")) == ["新闻", "公告", "文件", "便民服务", "一周便民日历", "办事指南"]


def test_a_sub_office_begins_with_notices_and_says_how_to_reach_it(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.column_page(portal, "gg", slug="gg", title="公告")
    build.place(build.edition(column="gg", type=ItemType.NOTICE), portal.outlet)
    build.places(1, portal.outlet)
    SiteHome.objects.update(kind="office", contact="0772-0000000", address="演示路 1 号")
    page = reader.get("/")
    assert titles(page)[0] == "公告"
    assert "0772-0000000" in words(page, ".contact")
    assert "演示路 1 号" in words(page, ".contact")


@pytest.mark.parametrize("kind", ["portal", "news", "office"])
def test_every_line_of_a_home_page_has_a_date(
    reader: Client, portal: SiteHome, news: ColumnIndex, kind: str
) -> None:
    SiteHome.objects.update(kind=kind)
    build.column_page(portal, "gg", slug="gg", title="公告")
    build.column_page(portal, "bmxx", slug="bm", title="便民")
    build.place(build.edition(column="gg", type=ItemType.NOTICE), portal.outlet)
    build.place(build.edition(cover=build.cover()), portal.outlet)
    notice(portal)
    page = soup(reader.get("/"))
    lines = page.select(".rows li, .strip li, .cards > li, .lead")
    assert len(lines) >= 4
    assert all(line.select_one("time") for line in lines)


def test_an_empty_column_is_not_shown(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    build.column_page(portal, "none", slug="none", title="空栏目")
    build.places(1, portal.outlet)
    page = reader.get("/")
    assert "空栏目" not in titles(page)
    assert "空栏目" in [link.text for link in soup(page).select(".menu a")]


@pytest.mark.parametrize("kind", ["portal", "news", "office"])
def test_a_site_without_outlet_or_column_says_so_calmly(reader: Client, portal: SiteHome, kind: str) -> None:
    SiteHome.objects.update(outlet=None, kind=kind)
    answer = reader.get("/")
    assert answer.status_code == 200
    assert "暂时没有可以显示的内容" in words(answer, ".front .calm")


def test_what_was_signed_as_urgent_stands_above_for_two_days(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    now = timezone.now()
    for headline, hours in (("洪水预警", 1), ("旧预警", 49)):
        value = build.edition(headline=headline, first_created=now - timedelta(hours=hours))
        build.place(value, portal.outlet)
        Item.objects.filter(headline=headline).update(lane=Lane.URGENT)
    assert [link.text for link in soup(reader.get("/")).select(".urgent a")] == ["洪水预警"]


def test_a_reader_chooses_his_street_without_script(reader: Client, portal: SiteHome) -> None:
    build.column_page(portal, "bmxx", slug="bm", title="便民")
    street("tanzhong", "潭中街道")
    street("hedong", "河东街道")
    notice(portal, "潭中停水", area="潭中街道文昌社区")
    notice(portal, "河东停水", area="河东街道")
    notice(portal, "全区停水", area="全区")
    answer = reader.get("/", {"my-street": "tanzhong"})
    assert answer.headers["location"] == "/#my-street"
    assert answer.cookies["street"].value == "tanzhong"
    assert answer.cookies["street"]["httponly"]
    page = reader.get("/")
    assert [link.text for link in soup(page).select(".services h3 a")] == ["潭中停水", "全区停水"]
    assert "Cookie" in page.headers["vary"]
    assert reader.get("/", {"my-street": ""}).cookies["street"].value == ""
    assert len(soup(reader.get("/")).select(".services h3 a")) == 3


def test_a_streets_own_site_shows_what_concerns_it(reader: Client, portal: SiteHome) -> None:
    build.column_page(portal, "bmxx", slug="bm", title="便民")
    unit = street("tanzhong", "潭中街道")
    street("hedong", "河东街道")
    SiteHome.objects.update(kind="office", unit=unit)
    notice(portal, "潭中停水", area="潭中街道")
    notice(portal, "河东停水", area="河东街道")
    page = reader.get("/")
    assert [link.text for link in soup(page).select(".services h3 a")] == ["潭中停水"]
    assert soup(page).select_one("[name=my-street]") is None


def test_the_sites_below_stand_in_the_groups_of_their_outlets(reader: Client, portal: SiteHome) -> None:
    for slug, group in (("tz", "街道"), ("jyj", "部门"), ("hd", "街道")):
        build.site(slug, parent=portal)
        Outlet.objects.filter(slug=slug).update(group=group)
    groups = {
        group.select_one("dt").text: [link.text for link in group.select("a")]  # type: ignore[union-attr]
        for group in soup(reader.get("/")).select(".offices dl > div")
    }
    assert groups == {"街道": ["tz", "hd"], "部门": ["jyj"]}


def test_a_home_page_costs_eight_statements_beyond_its_frame(
    reader: Client,
    portal: SiteHome,
    news: ColumnIndex,
    django_assert_max_num_queries: build.QueryCount,
) -> None:
    build.column_page(portal, "bmxx", slug="bm", title="便民")
    street("tanzhong", "潭中街道")
    build.site("tz", parent=portal)
    for n in range(12):
        notice(portal, f"停水{n}")
    build.places(25, portal.outlet, cover=build.cover())
    reader.get("/")
    with django_assert_max_num_queries(11 + 8):
        assert reader.get("/").status_code == 200
