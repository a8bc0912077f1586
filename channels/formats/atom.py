"""Entries -> Atom 1.0 (RFC 4287), with tombstones (RFC 6721), paging and archives (RFC 5005).

An entry also says which edition it shows, in an element of our own namespace: the hub's read-back relies on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from channels.formats.elements import ATOM, HISTORY, HUB, TOMBSTONES, add, cut, history, link, marks, splice
from channels.formats.extracts import creator, digest, enclosures, origin, summary, terms
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone, rfc3339
from channels.formats.html import AssetUrl, article_html

KEY = "atom"
LABEL = "Atom 1.0"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
ENTRY_CONTENT_TYPE = "application/atom+xml; type=entry; charset=utf-8"

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# A stored fragment relies on these prefixes: none may be taken away or renamed while one is kept.
_NAMESPACES: Any = {None: ATOM, "at": TOMBSTONES, "fh": HISTORY, "ts": HUB}


def entry(entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:
    """`<entry>…</entry>`, UTF-8."""
    root = etree.Element(_name("feed"), nsmap=_NAMESPACES)
    _fill(add(root, _name("entry")), entry, content, asset_url)
    return cut(root)


def document(
    head: FeedHead, entries: Sequence[bytes], tombstones: Sequence[Tombstone], *, updated: datetime
) -> bytes:
    """The feed document, UTF-8, tombstones last."""
    stones = etree.Element(_name("feed"), nsmap=_NAMESPACES)
    for stone in tombstones:
        bury(stones, stone)
    fragments = [*entries, cut(stones)] if tombstones else entries
    return splice(_head(head, updated), fragments, closing=b"</feed>")


def entry_document(entry: FeedEntry, *, asset_url: AssetUrl) -> bytes:
    """One entry as a document of its own, UTF-8."""
    root = etree.Element(_name("entry"), nsmap=_NAMESPACES)
    _fill(root, entry, Content.FULL, asset_url)
    return splice(root, (), closing=b"</entry>")


def bury(parent: etree._Element, stone: Tombstone) -> None:
    """A tombstone as the last child of a feed or an RSS channel."""
    element = add(parent, f"{{{TOMBSTONES}}}deleted-entry", ref=stone.uri, when=rfc3339(stone.when))
    if stone.comment:
        add(element, f"{{{TOMBSTONES}}}comment", stone.comment)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed or an entry document shows: edition by item id (None: not said), and the ids it buries."""

    versions: dict[str, int | None]
    buried: frozenset[str]


def listing(document: bytes) -> Listing:
    """What an Atom document of the hub shows. Raises ValueError for anything else."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("not an XML document") from error
    if root.tag not in {_name("feed"), _name("entry")}:
        raise ValueError("not an Atom document")
    versions: dict[str, int | None] = {}
    for entry in root.iter(_name("entry")):
        number = entry.findtext(f"{{{HUB}}}version", "")
        versions[entry.findtext(_name("id"), "")] = int(number) if number.isdigit() else None
    buried = frozenset(stone.get("ref", "") for stone in root.iter(f"{{{TOMBSTONES}}}deleted-entry"))
    return Listing(versions, buried)


def _head(head: FeedHead, updated: datetime) -> etree._Element:
    root = etree.Element(_name("feed"), nsmap=_NAMESPACES)
    root.set(_LANGUAGE, head.language)
    add(root, _name("id"), head.uri)
    add(root, _name("title"), head.title)
    if head.subtitle:
        add(root, _name("subtitle"), head.subtitle)
    add(root, _name("updated"), rfc3339(max(head.updated, updated)))
    add(add(root, _name("author")), _name("name"), head.author)
    link(root, "self", head.self_url, type="application/atom+xml")
    link(root, "alternate", head.home_url, type="text/html")
    history(root, head)
    return root


def _fill(element: etree._Element, entry: FeedEntry, content: Content, asset_url: AssetUrl) -> None:
    edition = entry.edition
    element.set(_LANGUAGE, edition.language)
    add(element, _name("id"), edition.uri)
    add(element, _name("title"), edition.headline)
    add(element, _name("published"), rfc3339(entry.published))
    add(element, _name("updated"), rfc3339(entry.changed))
    if author := creator(edition):
        add(add(element, _name("author")), _name("name"), author)
    link(element, "alternate", entry.url, type="text/html")
    if via := origin(edition):
        link(element, "via", via)
    for file in enclosures(edition, asset_url):
        title = {"title": file.title} if file.title else {}
        link(element, "enclosure", file.url, type=file.content_type, length=str(file.length), **title)
    for term in terms(edition):
        add(element, _name("category"), term=term.code, scheme=term.scheme, label=term.name)
    if content is Content.FULL:
        if short := summary(edition):
            add(element, _name("summary"), short)
        add(element, _name("content"), article_html(edition, asset_url), type="html")
    else:
        add(element, _name("summary"), digest(edition))
    marks(element, entry)


def _name(tag: str) -> str:
    return f"{{{ATOM}}}{tag}"
