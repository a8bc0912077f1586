"""Old addresses: of a column that was renamed, moved or taken down, and of everything below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page

from sites.models import ColumnIndex, SiteHome
from tests.sites import build


@pytest.fixture
def rename(django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[[Page, str], None]:
    """As the desk does it: the page is published with another slug."""

    def renamed(page: Page, slug: str) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            page.slug = slug
            page.save_revision().publish()

    return renamed


def test_a_renamed_column_and_all_below_it_lead_on(
    reader: Client, portal: SiteHome, news: ColumnIndex, rename: Callable[[Page, str], None]
) -> None:
    shared = build.edition()
    build.place(shared, portal.outlet)
    rename(news, "xinwen")
    for old, new in (
        ("/news/", "/xinwen/"),
        (f"/news/{shared.slug}/", f"/xinwen/{shared.slug}/"),
        ("/news/2026-11/?before=0.1.1", "/xinwen/2026-11/?before=0.1.1"),
    ):
        answer = reader.get(old)
        assert (answer.status_code, answer.headers["location"]) == (301, new)
    assert reader.get(f"/xinwen/{shared.slug}/").status_code == 200


def test_a_column_moved_to_another_site_leads_there(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    office = build.site("office", parent=portal)
    news.move(office, pos="last-child")
    assert reader.get("/news/20261120-abcdef/").headers["location"] == "/office/news/20261120-abcdef/"


def test_a_renamed_site_takes_its_calendar_along(
    reader: Client, portal: SiteHome, rename: Callable[[Page, str], None]
) -> None:
    office = build.site("office", parent=portal)
    rename(office, "jiedao")
    assert reader.get("/office/service/calendar/").headers["location"] == "/jiedao/service/calendar/"


def test_an_item_of_a_column_that_was_taken_down_is_found_at_its_site(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    other = build.column_page(portal, "ywdt", slug="yw", title="要闻")
    value = build.edition()
    build.place(value, portal.outlet)
    news.delete()
    answer = reader.get(f"/news/{value.slug}/")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/{other.slug}/{value.slug}/")


def test_what_never_was_stays_unfound(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    for path in (
        "/none/",
        "/none/20261120-abcdef/",
        "/news/nothing/",
        "/a/b/c/d/e/f/g/h/",
        "/x%00/y/",
        "//evil.example/x/",
    ):
        assert reader.get(path).status_code == 404, path
