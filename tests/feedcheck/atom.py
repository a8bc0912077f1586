"""Rules of Atom feeds and entry documents (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from tests.feedcheck.dates import rfc3339
from tests.feedcheck.links import feed_links, links, tombstones
from tests.feedcheck.values import (
    ATOM,
    PAGING,
    TOMBSTONES,
    counted,
    duplicates,
    enclosure,
    html,
    is_iri,
    title,
)

ONE = [f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated"]


def found(root: etree._Element) -> Iterator[str]:
    if root.tag == f"{ATOM}entry":
        yield from _entry(root, author=False)
    elif root.tag == f"{ATOM}feed":
        yield from _feed(root)
    else:
        yield f"root: {root.tag} is no feed"


def _feed(root: etree._Element) -> Iterator[str]:
    yield from _construct("feed", root)
    yield from counted("feed", root, (), [f"{ATOM}subtitle"])
    yield from feed_links("feed", root)
    author = root.find(f"{ATOM}author") is not None
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        yield from _entry(entry, author=author)
    yield from duplicates("feed: id", (entry.findtext(f"{ATOM}id") for entry in entries))
    living = {entry.findtext(f"{ATOM}id", ""): _updated(entry) for entry in entries}
    updated = _updated(root)
    moments = [moment for moment in living.values() if moment]
    if updated and moments and max(moments) > updated:
        yield "feed: older than its newest entry"
    if moments != sorted(moments, reverse=True):
        yield "feed: not the newest change first"
    yield from tombstones("feed", root, {k: v for k, v in living.items() if v}, updated)
    tags = [child.tag for child in root]
    if entries and any(
        tag not in {f"{ATOM}entry", f"{TOMBSTONES}deleted-entry"}
        for tag in tags[tags.index(f"{ATOM}entry") :]
    ):
        yield "feed: its own properties stand behind entries"


def _entry(entry: etree._Element, *, author: bool) -> Iterator[str]:
    place = f"entry {entry.findtext(f'{ATOM}id')}"
    yield from _construct(place, entry)
    yield from counted(place, entry, (), [f"{ATOM}{name}" for name in ("published", "content", "summary")])
    yield from links(place, entry)
    relations = {link.get("rel", "alternate") for link in entry.findall(f"{ATOM}link")}
    if PAGING & relations:
        yield f"{place}: paging link in an entry"
    content = entry.find(f"{ATOM}content")
    if content is None and "alternate" not in relations:
        yield f"{place}: neither content nor a page"
    if content is None and not entry.findtext(f"{ATOM}summary"):
        yield f"{place}: no text at all"
    if not author and entry.find(f"{ATOM}author") is None:
        yield f"{place}: nobody is named as author"
    published = entry.findtext(f"{ATOM}published")
    if published is not None:
        first, last = rfc3339(published), _updated(entry)
        if first is None or (last and first > last):
            yield f"{place}: published is no date or after updated"
    if content is not None:
        if content.get("type") != "html":
            yield f"{place}: content is not HTML"
        yield from html(place, content.text or "")
    yield from _parts(place, entry)


def _parts(place: str, entry: etree._Element) -> Iterator[str]:
    for link in entry.findall(f"{ATOM}link"):
        if link.get("rel") == "enclosure":
            yield from enclosure(place, link.get("href"), link.get("length"), link.get("type"))
    categories = entry.findall(f"{ATOM}category")
    for category in categories:
        if not category.get("term", "").strip() or not is_iri(category.get("scheme")):
            yield f"{place}: category without term or scheme"
    yield from duplicates(f"{place}: category", ((c.get("term"), c.get("scheme")) for c in categories))


def _construct(place: str, element: etree._Element) -> Iterator[str]:
    """What a feed and an entry share."""
    yield from counted(place, element, ONE, ())
    if not is_iri(element.findtext(f"{ATOM}id")):
        yield f"{place}: its id is no IRI"
    if _updated(element) is None:
        yield f"{place}: updated is no date"
    yield from title(place, element.findtext(f"{ATOM}title", ""))
    for author in element.findall(f"{ATOM}author"):
        if not author.findtext(f"{ATOM}name", "").strip():
            yield f"{place}: author without name"


def _updated(element: etree._Element) -> datetime | None:
    return rfc3339(element.findtext(f"{ATOM}updated"))
