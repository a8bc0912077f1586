"""What old systems collect: the compatible RSS, the pages with marks and the flat array, in UTF-8 and GBK."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape
from typing import Any

import feedparser
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings

from channels.edition import Correction, Edition
from channels.formats import collector, flat, legacy
from channels.formats.feed import Content, Tombstone
from tests.channels.feeding import (
    AT,
    HEAD,
    address,
    entries_of,
    entry,
    feed,
    hostile_editions,
    hostile_lists,
    plain_lists,
)
from tests.channels.stage import URI, sample
from tests.feedcheck import legacy_problems, problems
from tests.feedcheck.legacy import collected, listed

STONE = Tombstone(uri="urn:uuid:1", when=AT, url="http://hub.example/i/1/")
ODD = "A & B：囍—€😀\x0b的通知"


@settings(max_examples=30)
@given(plain_lists)
def test_old_collectors_read_any_text_in_both_encodings(found: list[Edition]) -> None:
    # Real items have addresses of their own, which is how these systems know them apart.
    entries = [replace(one, url=f"{one.url}{n}/") for n, one in enumerate(entries_of(found))]
    utf8, gbk = feed(legacy.UTF8, entries), feed(legacy.GBK, entries)

    assert legacy_problems(utf8) == legacy_problems(gbk) == []
    assert problems(utf8, legacy.UTF8.CONTENT_TYPE) == problems(gbk, legacy.GBK.CONTENT_TYPE) == []
    assert told(utf8) == told(gbk)


def told(document: bytes) -> tuple[Any, ...]:
    """What a reader finds."""
    read = feedparser.parse(document)
    assert read.encoding in {"utf-8", "gbk"}
    return (
        read.feed.title,
        [
            (one.id, one.title, one.link, one.summary, one.get("published"), one.get("author"))
            for one in read.entries
        ],
    )


def test_what_gbk_lacks_is_written_as_a_reference() -> None:
    document = feed(legacy.GBK, [entry(sample(headline=ODD))])

    assert document.startswith(b'<?xml version="1.0" encoding="gbk"?>')
    assert "囍—&#8364;&#128512;的通知".encode("gbk") in document
    assert feedparser.parse(document).entries[0].title == ODD.replace("\x0b", "")


@pytest.mark.parametrize("form", [legacy.UTF8, legacy.GBK], ids=lambda form: form.KEY)
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_there_are_always_two_items(form: legacy.Legacy, count: int) -> None:
    entries = [entry(sample(uri=f"{URI[:-1]}{n}"), url=f"http://hub.example/czjd/{n}/") for n in range(count)]

    document = feed(form, entries, [STONE])

    items = collected(document)
    assert legacy_problems(document) == []
    assert [item.link for item in items[:count]] == [one.url for one in entries]
    assert len(items) == max(2, count), "and no withdrawn one: it would become an article"
    assert all("城中街道" in item.title for item in items[count:])
    assert document == feed(form, entries), "what stands for missing items never changes"


def test_an_address_that_collectors_would_spoil_is_replaced_by_the_permanent_one() -> None:
    edition = sample()
    document = feed(legacy.UTF8, [entry(edition, url="http://hub.example/show?a=1&b=2")])

    assert collected(document)[0].link == edition.permalink


def test_the_compatible_feed_has_the_short_text_and_the_correction() -> None:
    edition = sample(summary="A < B", correction=Correction(note="有误", major=True, at=AT))

    full = feedparser.parse(feed(legacy.UTF8, [entry(edition)])).entries[0]
    short = feedparser.parse(feed(legacy.UTF8, [entry(edition)], content=Content.SUMMARY)).entries[0]

    assert full.summary == "A &lt; B"
    assert short.summary == "更正说明：有误<br />A &lt; B"


# ---- flat


@settings(max_examples=30)
@given(hostile_lists)
def test_the_flat_array_holds_strings_alone(found: list[Edition]) -> None:
    items = json.loads(feed(flat, entries_of(found), [STONE]))

    for item in items:
        assert list(item) == [
            *("id", "title", "url", "date", "summary", "image", "source"),
            *("type", "status"),
        ]
        assert all(isinstance(value, str) for value in item.values())


def test_the_flat_array_has_the_dates_of_beijing() -> None:
    [item] = json.loads(feed(flat, [entry(sample())]))

    assert item["date"] == "2026-11-23 09:30"
    assert item["image"].startswith("http://hub.example/assets/")


# ---- collected pages

FORMS = pytest.mark.parametrize("form", [collector.UTF8, collector.GBK], ids=lambda form: form.KEY)


def between(page: str, name: str) -> str:
    """What a collector cuts out; the marks are there once."""
    assert page.count(f"<!--{name}-start-->") == page.count(f"<!--{name}-end-->") == 1
    return page.partition(f"<!--{name}-start-->")[2].partition(f"<!--{name}-end-->")[0]


@FORMS
@settings(max_examples=20)
@given(found=hostile_lists)
def test_a_list_page_has_a_plain_link_for_each_item(form: collector.Collector, found: list[Edition]) -> None:
    entries = entries_of(found)

    document = feed(form, entries, [STONE]).decode(form.encoding)

    assert f"text/html; charset={form.encoding}" in document
    links = BeautifulSoup(between(document, "list"), "html.parser")("a")
    assert [link["href"] for link in links] == [one.url for one in entries]
    assert [span.get_text() for span in BeautifulSoup(document, "html.parser")("span")] == [
        "2026-11-23"
    ] * len(links)
    assert f'href="{HEAD.next_url}"' in document


@FORMS
@pytest.mark.parametrize("title", ["A & B", "a", "/一", "<一>", "通知"])
def test_a_collector_finds_every_title_of_a_list(form: collector.Collector, title: str) -> None:
    page = feed(form, [entry(sample(headline=title))] * 2).decode(form.encoding)

    assert [(address, unescape(text)) for address, text in listed(page)] == [
        ("http://hub.example/czjd/x/", title)
    ] * 2


@FORMS
@settings(max_examples=20)
@given(edition=hostile_editions)
def test_an_article_page_has_each_mark_once(form: collector.Collector, edition: Edition) -> None:
    page = form.article(entry(edition), asset_url=address)

    document = page.decode(form.encoding)
    parts = {name: between(document, name) for name in ("title", "source", "author", "date", "content")}

    assert parts["date"] == "2026-11-23 09:30:00"
    assert "查看原文" in parts["content"]
    assert not BeautifulSoup(document, "html.parser").find(["script", "iframe"])


def test_an_article_page_says_the_same_in_both_encodings() -> None:
    one = entry(sample(headline=ODD))
    pages = [
        BeautifulSoup(form.article(one, asset_url=address).decode(form.encoding), "html.parser")
        for form in (collector.UTF8, collector.GBK)
    ]

    [in_utf8, in_gbk] = [page.body.get_text() for page in pages if page.body]
    assert in_utf8 == in_gbk
    assert "A & B：囍—€😀的通知" in in_gbk
