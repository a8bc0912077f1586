"""What a page that is not in memory costs the database: a fixed number of statements, whatever the hub holds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels.edition import Edition
from sites.models import ColumnIndex, SiteHome
from tests.sites import build

pytestmark = pytest.mark.django_db
ITEM, COLUMN, HOME = 10, 14, 18
"""Statements; the goal for an item is 12. A site below another one costs one more, an item of another site one more."""


def statements(reader: Client, path: str) -> int:
    """Of the second look: the first one fills the memory of the sites' addresses. None of them begins a transaction."""
    reader.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert reader.get(path).status_code == 200
    return len(seen)


@pytest.fixture
def value(portal: SiteHome, news: ColumnIndex) -> Edition:
    value = build.edition()
    build.place(value, portal.outlet)
    return value


def grown(portal: SiteHome) -> None:
    """More sites, columns and items than before."""
    for number in range(4):
        office = build.site(f"office{number}", parent=portal)
        build.column_page(office, "ywdt")
        build.column_page(portal, "tzgg", slug=f"c{number}", title=f"栏目{number}")
    build.places(40, portal.outlet)


def test_every_page_costs_a_fixed_number_of_statements(
    reader: Client, portal: SiteHome, value: Edition
) -> None:
    budgets = {f"/news/{value.slug}/": ITEM, "/news/": COLUMN, "/": HOME}
    assert {path: statements(reader, path) for path in budgets} == budgets
    grown(portal)
    assert {path: statements(reader, path) for path in budgets} == budgets


def test_a_shared_item_below_the_portals_path_stays_within_the_goal(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    office = build.site("office", parent=portal)
    build.column_page(office, "ywdt")
    shared = build.edition()
    build.place(shared, portal.outlet, office.outlet)
    assert statements(reader, f"/office/news/{shared.slug}/") == ITEM + 2 <= 12
