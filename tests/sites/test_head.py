"""What every page says of itself in its head: tags, the link for chat programs, the canonical address, JSON-LD."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from channels.edition import Correction, ItemType, ServiceFacts
from sites import linked, meta
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, tags, words


def graph(answer: Any) -> dict[str, dict[str, Any]]:
    """The nodes of a page's JSON-LD by their types."""
    script = soup(answer).select_one("script[type='application/ld+json']")
    nodes = json.loads(script.text)["@graph"] if script else []
    return {node["@type"]: node for node in nodes}


def properties(answer: Any) -> dict[str, str]:
    return {str(tag["property"]): str(tag["content"]) for tag in soup(answer).select("meta[property]")}


def canonical(answer: Any) -> str:
    link = soup(answer).select_one("link[rel=canonical]")
    return str(link["href"]) if link else ""


def test_a_home_page_names_the_site_its_search_and_its_publisher(reader: Client, portal: SiteHome) -> None:
    found = graph(reader.get("/"))
    search = found["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert search == "http://portal.example/find/?q={search_term_string}"
    assert found["GovernmentOrganization"]["name"] == "城中区演示单位"


def test_an_item_says_where_it_stands_and_what_it_is(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition(cover=build.cover())
    build.place(value, portal.outlet)
    answer = reader.get(f"/news/{value.slug}/")
    found = graph(answer)
    assert [each["name"] for each in found["BreadcrumbList"]["itemListElement"]] == [
        "portal 网站全称",
        "新闻",
        value.headline,
    ]
    assert found["NewsArticle"]["headline"] == value.headline
    assert found["NewsArticle"]["datePublished"] == "2026-11-20T09:30:00+08:00"
    card = properties(answer)
    assert (card["og:type"], card["og:title"], card["og:url"]) == (
        "article",
        value.headline,
        value.canonical_url,
    )
    assert card["twitter:card"] == "summary_large_image"
    assert canonical(answer) == value.canonical_url


@pytest.mark.parametrize(
    ("item_type", "node"),
    [
        (ItemType.NEWS, "NewsArticle"),
        (ItemType.POLICY_DOC, "NewsArticle"),
        (ItemType.NOTICE, "SpecialAnnouncement"),
        (ItemType.SERVICE_NOTICE, "SpecialAnnouncement"),
        (ItemType.PUBLIC_NOTICE, "SpecialAnnouncement"),
        (ItemType.SERVICE_GUIDE, "GovernmentService"),
    ],
)
def test_each_type_has_its_word(item_type: ItemType, node: str) -> None:
    service = ServiceFacts(area="文昌路片区") if item_type is ItemType.SERVICE_NOTICE else None
    made = linked.present(linked.item(build.edition(type=item_type, service=service)))
    assert made["@type"] == node
    assert all(made.values())


def test_no_text_breaks_out_of_the_block(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    evil = "</script><script>alert(1)</script><!--\u2028&"
    value = build.edition(headline=evil)
    build.place(value, portal.outlet)
    answer = reader.get(f"/news/{value.slug}/")
    assert graph(answer)["NewsArticle"]["headline"] == evil
    assert b"alert(1)</script>" not in answer.content


def test_tags_are_given_once_and_what_only_looks_like_a_value_is_left_out() -> None:
    given = [("A", "null"), ("B", "<b>粗</b>\n体"), ("B", "二"), ("C", " None "), ("D", "3 < 5")]
    assert meta.tags_of(None, given=given) == [("B", "粗 体"), ("D", "3 < 5")]


def test_the_page_of_a_list_is_its_own_and_other_parameters_make_no_page(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.places(21, portal.outlet)
    older = soup(reader.get("/news/")).select_one("a[rel=next]")
    assert older is not None
    address = f"http://portal.example{older['href']}"
    assert canonical(reader.get(str(older["href"]))) == address
    assert canonical(reader.get("/news/?utm=1")) == "http://portal.example/news/"


@pytest.mark.parametrize("path", ["/none/", "/news/none/"])
def test_an_error_is_no_page_to_be_found(reader: Client, news: ColumnIndex, path: str) -> None:
    answer = reader.get(path)
    assert tags(answer)["robots"] == "noindex"
    assert "SiteIDCode" in tags(answer)
    assert canonical(answer) == ""
    assert properties(answer) == {} == graph(answer)


def test_an_item_without_a_column_page_still_has_the_tags_of_a_column(
    reader: Client, portal: SiteHome
) -> None:
    value = build.edition(column="qita")
    build.place(value, portal.outlet)
    found = tags(reader.get(f"/item/{value.content_id}/"))
    assert {"ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"} <= found.keys()


def test_a_reader_sees_the_corrections_before_the_last_one(
    reader: Client,
    portal: SiteHome,
    news: ColumnIndex,
) -> None:
    value = build.edition(slug="x")
    notes = ["", "时间更正", "时间更正", "地点更正", "电话更正"]
    for note in notes:
        said = Correction(note=note, major=True, at=build.NOW) if note else None
        build.place(build.replace(value, correction=said), portal.outlet)
    answer = reader.get("/news/x/")
    assert "电话更正" in words(answer, ".correction")
    listed = [item.text.split()[-1] for item in soup(answer).select(".corrections li")]
    assert listed == ["地点更正", "时间更正"]


def test_a_first_edition_asks_for_no_history(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    value = build.edition()
    build.place(value, portal.outlet)
    assert soup(reader.get(f"/news/{value.slug}/")).select(".corrections") == []
