"""Rules of JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.feedcheck.dates import rfc3339
from tests.feedcheck.values import duplicates, html, is_web, title

TOP = {
    "version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon",
    "authors", "language", "expired", "hubs", "items",
}  # fmt: skip
ITEM = {
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image",
    "date_published", "date_modified", "authors", "tags", "language", "attachments",
}  # fmt: skip


def found(document: bytes) -> Iterator[str]:
    try:
        feed = json.loads(document.decode("utf-8"), object_pairs_hook=_once)
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    if not isinstance(feed, dict) or feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "feed: not JSON Feed 1.1"
        return
    if _nulls(feed):
        yield "feed: null value"
    yield from _keys("feed", feed, TOP)
    if not isinstance(feed.get("title"), str) or not isinstance(feed.get("items"), list):
        yield "feed: title or items are missing"
        return
    yield from _addresses("feed", feed, ("home_page_url", "feed_url", "next_url"))
    if "feed_url" not in feed or feed.get("next_url") == feed["feed_url"]:
        yield "feed: it does not name itself, or as its next page"
    yield from _authors("feed", feed)
    for hub in feed.get("hubs", []):
        if set(hub) != {"type", "url"} or not is_web(hub.get("url")):
            yield "feed: hub without type or address"
    for item in feed["items"]:
        yield from _item(item)
    yield from duplicates("feed: id", (item.get("id") for item in feed["items"]))


def _item(item: dict[str, Any]) -> Iterator[str]:
    place = f"item {item.get('id')}"
    yield from _keys(place, item, ITEM)
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield f"{place}: id is no string"
    if not isinstance(item.get("content_html", item.get("content_text")), str):
        yield f"{place}: neither HTML nor text"
    yield from html(place, item.get("content_html", ""))
    yield from title(place, item.get("title", ""))
    yield from _addresses(place, item, ("url", "external_url", "image"))
    yield from _authors(place, item)
    for name in ("date_published", "date_modified"):
        if name in item and rfc3339(item[name]) is None:
            yield f"{place}: {name} is no date"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", [])):
        yield f"{place}: tag is no text"
    for file in item.get("attachments", []):
        yield from _addresses(place, file, ("url",))
        if "url" not in file or not isinstance(file.get("mime_type"), str):
            yield f"{place}: attachment without address or type"
        if not isinstance(file.get("size_in_bytes", 1), int):
            yield f"{place}: size is no number"


def _authors(place: str, value: dict[str, Any]) -> Iterator[str]:
    for author in value.get("authors", []):
        if not isinstance(author, dict) or not author.get("name"):
            yield f"{place}: author without name"


def _keys(place: str, value: dict[str, Any], known: set[str]) -> Iterator[str]:
    for name in value:
        if name not in known and not name.startswith("_"):
            yield f"{place}: unknown property {name}"


def _addresses(place: str, value: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if name in value and not is_web(value[name]):
            yield f"{place}: {name} is not absolute"


def _nulls(value: Any) -> bool:
    match value:
        case dict():
            return any(map(_nulls, value.values()))
        case list():
            return any(map(_nulls, value))
    return value is None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a property is there twice")
    return found
