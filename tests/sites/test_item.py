"""The item page: from the edition that is wanted at the site, never from the live page."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from sites.models import ColumnIndex, SiteHome
from tests.sites import build


def soup(response: object) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")  # type: ignore[attr-defined]


@pytest.fixture
def reader() -> Client:
    return Client(headers={"host": "portal.example"})


def test_an_item_wanted_at_the_site_is_read_in_its_column(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    value = build.edition()
    build.place(value, portal.outlet)
    page = soup(reader.get(f"/news/{value.slug}/"))
    assert page.h1.text == value.headline
    assert page.select_one(".body strong").text == "热烈有序"
