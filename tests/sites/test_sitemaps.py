"""Sitemaps: each host its own, an item once at its owner, the same statements whatever is listed; robots.txt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from lxml import etree
from wagtail.models import Site

from channels.models import Item
from sites.models import ColumnIndex, SiteHome
from tests.sites import build

NEWS = "http://portal.example/news/"


def listed(reader: Client, path: str) -> dict[str, str]:
    """Addresses with their lastmod."""
    answer = reader.get(path)
    assert answer["Content-Type"] == "application/xml"
    root = etree.fromstring(answer.content)
    return {str(each.findtext("{*}loc")): str(each.findtext("{*}lastmod") or "") for each in root}


def owned(slug: str, **fields: object) -> object:
    return build.edition(slug=slug, canonical_url=f"{NEWS}{slug}/", **fields)


@pytest.fixture
def office(portal: SiteHome, news: ColumnIndex) -> SiteHome:
    office = build.site("tanzhong", parent=portal)
    build.column_page(office, "ywdt", slug="dt", title="动态")
    return office


def test_the_index_names_a_part_for_pages_and_one_for_each_month(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    for slug, month in (("a", 10), ("b", 11)):
        moment = datetime(2026, month, 1, 1, tzinfo=UTC)
        build.place(build.edition(slug=slug, first_created=moment), portal.outlet)
    assert list(listed(reader, "/sitemap.xml")) == [
        f"http://portal.example/sitemap-{n}.xml" for n in ("0", "202611", "202610")
    ]


def test_months_are_those_of_the_district_not_of_greenwich(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.place(owned("a", first_created=datetime(2026, 10, 31, 17, tzinfo=UTC)), portal.outlet)
    assert list(listed(reader, "/sitemap-202611.xml")) == [f"{NEWS}a/"]
    assert reader.get("/sitemap-202610.xml").status_code == 404


def test_a_shared_item_stands_once_at_its_owner(reader: Client, portal: SiteHome, office: SiteHome) -> None:
    build.place(owned("a"), portal.outlet, office.outlet)
    theirs = "http://portal.example/tanzhong/dt/b/"
    build.place(build.edition(slug="b", canonical_url=theirs), portal.outlet, office.outlet)
    found = listed(reader, "/sitemap-202611.xml")
    assert sorted(found) == [f"{NEWS}a/", theirs]
    assert set(found.values()) == {"2026-11-20T09:30:00+08:00"}


def test_what_is_withdrawn_or_lives_on_another_host_is_not_listed(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.place(owned("a"), portal.outlet)
    build.place(build.edition(slug="b", canonical_url="http://other.example/b/"), portal.outlet)
    build.place(owned("gone"), portal.outlet)
    Item.objects.filter(slug="gone").update(withdrawn_at=build.NOW)
    assert list(listed(reader, "/sitemap-202611.xml")) == [f"{NEWS}a/"]


def test_homes_and_columns_are_listed_with_their_newest_change(
    reader: Client, portal: SiteHome, office: SiteHome
) -> None:
    build.place(owned("a"), portal.outlet)
    found = listed(reader, "/sitemap-0.xml")
    assert list(found) == [
        f"http://portal.example/{path}"
        for path in ("", "news/", "sitemap/", "tanzhong/", "tanzhong/dt/", "tanzhong/sitemap/")
    ]
    assert found[NEWS] == found["http://portal.example/"] == "2026-11-20T09:30:00+08:00"


def test_a_site_with_a_host_of_its_own_has_its_own_map(
    reader: Client, portal: SiteHome, office: SiteHome
) -> None:
    Site.objects.create(hostname="tanzhong.example", port=80, root_page=office)
    assert not any("tanzhong" in url for url in listed(reader, "/sitemap-0.xml"))
    own = listed(Client(headers={"host": "tanzhong.example"}), "/sitemap-0.xml")
    assert list(own)[:2] == ["http://tanzhong.example/", "http://tanzhong.example/dt/"]


def test_months_are_kept_for_a_while_and_asked_anew_for_other_sites(reader: Client, portal: SiteHome) -> None:
    build.place(owned("a"), portal.outlet)
    known = list(listed(reader, "/sitemap.xml"))
    build.place(owned("b", first_created=build.NOW - timedelta(days=60)), portal.outlet)
    assert list(listed(reader, "/sitemap.xml")) == known
    build.site("tanzhong", parent=portal)
    assert [*known, "http://portal.example/sitemap-202609.xml"] == list(listed(reader, "/sitemap.xml"))


@pytest.mark.parametrize(
    ("path", "statements"), [("/sitemap.xml", 4), ("/sitemap-0.xml", 7), ("/sitemap-202611.xml", 5)]
)
def test_a_part_costs_the_same_statements_whatever_it_lists(
    reader: Client,
    portal: SiteHome,
    office: SiteHome,
    path: str,
    statements: int,
    django_assert_num_queries: build.QueryCount,
) -> None:
    build.places(2, portal.outlet)
    reader.get(path)
    build.places(5, portal.outlet, office.outlet)
    for n in range(3):
        build.column_page(portal, f"c{n}", slug=f"c{n}")
    with django_assert_num_queries(statements):
        assert reader.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/sitemap-202613.xml", "/sitemap-000001.xml", "/sitemap-999912.xml", "/sitemap-1.xml"]
)
def test_what_is_no_month_is_not_found(reader: Client, portal: SiteHome, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_robots_are_shown_the_map_and_kept_from_the_desk(reader: Client, portal: SiteHome) -> None:
    lines = reader.get("/robots.txt").content.decode().splitlines()
    assert "Sitemap: http://portal.example/sitemap.xml" in lines
    assert {f"Disallow: {path}" for path in ("/admin/", "/console/", "/out/", "/find/?")} <= set(lines)
