"""One office site, two ways to reach it: below the portal's path, and on a host of its own."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Site

from sites.frame import home_for_url
from sites.models import ColumnIndex, SiteHome
from tests import factories
from tests.sites import build
from tests.sites.reading import soup, words


@pytest.fixture
def office(portal: SiteHome, news: ColumnIndex) -> SiteHome:
    """A sub-office below the portal with a column of its own for the same district column."""
    office = build.site("tanzhong", parent=portal, full_name="潭中街道办事处", colour="#0b5394")
    build.column_page(office, "ywdt", slug="dt", title="街道动态")
    return office


def test_below_the_portal_the_office_has_its_own_name_colour_and_menu(
    reader: Client, office: SiteHome
) -> None:
    page = reader.get("/tanzhong/dt/")
    assert words(page, ".masthead .name") == "潭中街道办事处"
    assert soup(page).select_one("link[href='/theme/0b5394.css']") is not None
    assert [(link.text, link["href"]) for link in soup(page).select(".menu a")] == [
        ("首页", "/tanzhong/"),
        ("街道动态", "/tanzhong/dt/"),
    ]
    assert words(page, ".switches .upper") == "portal 网站全称"


def test_an_office_shows_its_own_outlets_items_only(
    reader: Client, portal: SiteHome, office: SiteHome
) -> None:
    build.place(build.edition(headline="只在门户"), portal.outlet)
    shared = build.edition(headline="两处都有")
    build.place(shared, portal.outlet, office.outlet)
    page = reader.get("/tanzhong/dt/")
    assert [(link.text, link["href"]) for link in soup(page).select(".rows a")] == [
        ("两处都有", f"/tanzhong/dt/{shared.slug}/")
    ]
    assert words(reader.get(f"/tanzhong/item/{shared.content_id}/", follow=True), "h1") == "两处都有"


def test_on_its_own_host_the_office_is_at_the_root(office: SiteHome) -> None:
    Site.objects.create(hostname="tanzhong.example", port=80, root_page=office)
    value = build.edition(headline="街道新闻", canonical_url="http://tanzhong.example/dt/x/")
    build.place(value, office.outlet)
    visitor = Client(headers={"host": "tanzhong.example"})
    page = visitor.get("/")
    assert words(page, ".masthead .name") == "潭中街道办事处"
    assert soup(page).select_one(".rows a")["href"] == f"/dt/{value.slug}/"  # type: ignore[index]
    item = visitor.get(f"/item/{value.content_id}/", follow=True)
    assert words(item, "h1") == "街道新闻"
    assert soup(item).select_one("meta[name=SiteDomain]")["content"] == "tanzhong.example"  # type: ignore[index]
    assert soup(item).select_one(".owner") is None


def test_an_office_with_a_host_of_its_own_is_still_read_below_the_portal(
    reader: Client, office: SiteHome
) -> None:
    assert [link["href"] for link in soup(reader.get("/")).select(".offices a")] == ["/tanzhong/"]
    Site.objects.create(hostname="tanzhong.example", port=80, root_page=office)
    assert words(reader.get("/tanzhong/"), ".masthead .name") == "潭中街道办事处"


def test_an_address_belongs_to_the_nearest_site(portal: SiteHome, office: SiteHome) -> None:
    assert home_for_url("http://portal.example/tanzhong/dt/x/") == office
    assert home_for_url("http://portal.example/news/x/") == portal
    assert home_for_url("http://portal.example.evil.example/") is None


def test_a_page_that_is_not_there_keeps_the_offices_frame(reader: Client, office: SiteHome) -> None:
    answer = reader.get("/tanzhong/none/")
    assert answer.status_code == 404
    assert words(answer, ".masthead .name") == "潭中街道办事处"


def test_a_hub_without_any_site_still_answers(reader: Client) -> None:
    answer = reader.get("/none/")
    assert answer.status_code == 404
    assert "页面不存在" in answer.content.decode()


def test_a_column_that_is_not_public_shows_nowhere(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.places(1, portal.outlet)
    news.view_restrictions.create(restriction_type="login")
    page = reader.get("/")
    assert soup(page).select(".menu a[href='/news/'], .rows a") == []
    assert reader.get("/news/").status_code == 302


def test_a_column_behind_a_log_in_is_read_after_it(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.places(1, portal.outlet)
    news.view_restrictions.create(restriction_type="login")
    reader.force_login(factories.make_user())
    assert words(reader.get("/news/"), ".rows a") == "第1条信息"
