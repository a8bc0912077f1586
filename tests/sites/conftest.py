"""A tree with nothing in it, a portal, and somebody who reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from wagtail.models import Site

from sites.models import ColumnIndex, SiteHome
from tests.sites import build


@pytest.fixture(autouse=True)
def _empty_tree(db: None) -> None:
    """Wagtail's migrations leave a welcome page and a Site."""
    Site.objects.all().delete()
    for page in build.root().get_children():
        page.delete()


@pytest.fixture
def portal() -> SiteHome:
    """A portal at portal.example, the default site."""
    return build.site("portal", hostname="portal.example", is_default=True, kind="portal")


@pytest.fixture
def news(portal: SiteHome) -> ColumnIndex:
    """The portal's column /news/, collecting ywdt."""
    return build.column_page(portal, "ywdt")


@pytest.fixture
def reader() -> Client:
    """A browser at portal.example."""
    return Client(headers={"host": "portal.example"})


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Django closes a connection in the middle of a transaction when a request ends; here that is the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
