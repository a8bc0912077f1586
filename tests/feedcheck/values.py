"""Addresses, HTML and XML children: rules that several formats share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
HISTORY = "{http://purl.org/syndication/history/1.0}"

FORBIDDEN_TAGS = {
    "script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "applet", "frame",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel"}
PAGING = {"first", "last", "next", "previous", "prev-archive", "next-archive", "current"}
RELATIONS = PAGING | {"alternate", "enclosure", "related", "self", "via", "hub", "license", "replies"}


def is_iri(text: str | None) -> bool:
    return bool(re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", text or ""))


def is_web(text: str | None) -> bool:
    """An absolute http or https address in ASCII."""
    text = text or ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return is_iri(text) and text.isascii() and parts.scheme in {"http", "https"} and bool(parts.hostname)


def html(place: str, text: str) -> Iterator[str]:
    """What is dangerous or of no use in a reader's page."""
    soup = BeautifulSoup(f"{text}\n", "html.parser")
    for tag in soup.find_all(True):
        if tag.name in FORBIDDEN_TAGS:
            yield f"{place}: <{tag.name}> in the HTML"
        if any(name.startswith("on") for name in tag.attrs):
            yield f"{place}: event attribute in the HTML"
        if "mso-" in str(tag.get("style", "")):
            yield f"{place}: Word's styles in the HTML"
        for address in _addresses(tag):
            if not re.match(rf"({'|'.join(SCHEMES)}):\S", address, re.IGNORECASE):
                yield f"{place}: address {address!r} in the HTML is relative or dangerous"


def _addresses(tag: Tag) -> Iterator[str]:
    for name in ("href", "src", "poster"):
        if name in tag.attrs:
            yield str(tag[name])
    for candidate in str(tag.get("srcset", "")).split(","):
        if candidate.strip():
            yield candidate.split()[0]


def title(place: str, text: str) -> Iterator[str]:
    if re.search(r"&(amp|lt|gt|quot|#\d+);", text):
        yield f"{place}: title escaped twice"
    if re.search(r"</?(b|i|em|strong|a|p|br|span|font)\b[^>]*>", text):
        yield f"{place}: title holds markup"


def counted(
    place: str, parent: etree._Element, one: Iterable[str], at_most_one: Iterable[str]
) -> Iterator[str]:
    for name in one:
        if len(parent.findall(name)) != 1:
            yield f"{place}: not exactly one {name}"
    for name in at_most_one:
        if len(parent.findall(name)) > 1:
            yield f"{place}: more than one {name}"


def duplicates(place: str, values: Iterable[object]) -> Iterator[str]:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            yield f"{place}: {value} is there twice"
        seen.add(value)


def enclosure(place: str, url: str | None, length: str | None, type_: str | None) -> Iterator[str]:
    if not is_web(url):
        yield f"{place}: enclosure without absolute address"
    if not re.fullmatch(r"[1-9]\d*", length or ""):
        yield f"{place}: enclosure without its length in bytes"
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", type_ or ""):
        yield f"{place}: enclosure without media type"
