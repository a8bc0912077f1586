"""Every test starts from an empty tree and a clean cache (Wagtail keeps site addresses there)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from wagtail.models import Page, Site

from sites.models import ColumnIndex, SiteHome
from tests.sites import build


@pytest.fixture(autouse=True)
def _empty_tree(db: None) -> Iterator[None]:
    cache.clear()
    Site.objects.all().delete()
    root = Page.objects.get(depth=1)
    for page in root.get_children():
        page.delete()
    yield
    cache.clear()


@pytest.fixture
def portal() -> SiteHome:
    """A portal at portal.example, the default site."""
    return build.site(
        "portal", parent=Page.objects.get(depth=1), hostname="portal.example", is_default=True, kind="portal"
    )


@pytest.fixture
def news(portal: SiteHome) -> ColumnIndex:
    """The portal's column /news/, collecting ywdt."""
    return build.column_page(portal, "ywdt")
