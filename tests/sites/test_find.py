"""The public search page: results in pages, help when there is nothing, no script, nothing foreign."""

from __future__ import annotations

import pytest
from django.test import Client

from channels.edition import Correction
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, words

pytestmark = pytest.mark.django_db


def test_a_hit_leads_to_the_item_for_good(news: ColumnIndex, portal: SiteHome, reader: Client) -> None:
    value = build.edition(
        headline="停水通知", correction=Correction(note="改期", major=True, at=build.NOW), summary="明日停水"
    )
    item = build.place(value, portal.outlet)
    response = reader.get("/find/", {"q": " 停水 "})

    (link,) = soup(response).select(".hits a")
    assert (link.get_text(), link["href"]) == ("停水通知", f"http://hub.example/i/{item.pk}/")
    assert "已更正" in words(response, ".hits")
    assert "共 1 条" in words(response, "[role=status]")
    assert soup(response).select_one("#q")["value"] == "停水"  # type: ignore[index]


def test_results_come_in_pages(news: ColumnIndex, portal: SiteHome, reader: Client) -> None:
    build.places(12, portal.outlet)

    first = reader.get("/find/", {"q": "信息"})
    assert len(soup(first).select(".hits li")) == 10
    older = soup(first).select_one("a[rel=next]")
    assert older is not None
    second = reader.get(str(older["href"]))
    assert len(soup(second).select(".hits li")) == 2
    assert soup(second).select_one("a[rel=next]") is None
    assert soup(second).select_one("a[rel=prev]") is not None


def test_nothing_found_helps_on(news: ColumnIndex, portal: SiteHome, reader: Client) -> None:
    build.place(build.edition(headline="招聘公告"), portal.outlet)
    response = reader.get("/find/", {"q": "停水"})

    assert response.status_code == 200
    assert "换用更短的关键词" in words(response, "main")
    assert "招聘公告" in words(response, ".rows")


def test_without_a_word_it_explains(news: ColumnIndex, reader: Client) -> None:
    assert "输入关键词" in words(reader.get("/find/"), "main")


@pytest.mark.parametrize(
    "query",
    [
        {"q": "水" * 5000},
        {"q": "停水", "page": "0"},
        {"q": "停水", "page": "-1"},
        {"q": "停水", "page": "9" * 30},
        {"q": "停水", "page": "²"},
        {"q": "\x00<script>alert(1)</script>"},
        {"q": "%_\\'\""},
    ],
)
def test_any_query_is_answered(news: ColumnIndex, reader: Client, query: dict[str, str]) -> None:
    response = reader.get("/find/", query)

    assert response.status_code == 200
    assert soup(response).select("script") == []
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_hub_without_a_site_has_the_page_all_the_same(reader: Client) -> None:
    assert reader.get("/find/", {"q": "停水"}).status_code == 200
