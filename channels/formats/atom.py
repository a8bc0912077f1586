"""Editions -> Atom 1.0 (RFC 4287), with tombstones (RFC 6721) and paging (RFC 5005).

An entry also says which edition it shows, in an element of our own namespace: the hub's read-back relies on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from channels import markup
from channels.edition import Edition
from channels.formats.feed import (
    FeedEntry,
    FeedHead,
    Tombstone,
    ascii_url,
    enclosures,
    last_change,
    rfc3339,
    standing,
)
from channels.formats.html import AssetUrl, article_html

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
ENTRY_CONTENT_TYPE = "application/atom+xml; type=entry; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
HUB = "urn:tongsheng:feed:1"
_NAMESPACES: Any = {None: ATOM, "at": TOMBSTONES, "ts": HUB}


def feed(
    head: FeedHead,
    entries: Sequence[FeedEntry],
    tombstones: Sequence[Tombstone] = (),
    *,
    asset_url: AssetUrl,
) -> bytes:
    """The feed document, UTF-8. The same values give the same bytes."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NAMESPACES)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", head.language)
    _add(root, "id", head.uri)
    _add(root, "title", head.title)
    if head.subtitle:
        _add(root, "subtitle", head.subtitle)
    _add(root, "updated", rfc3339(last_change(head, entries, tombstones)))
    _add(_add(root, "author"), "name", head.author)
    _link(root, "self", head.self_url, type="application/atom+xml")
    _link(root, "alternate", head.home_url, type="text/html")
    for rel, url in (("hub", head.hub_url), ("next", head.next_url), ("previous", head.previous_url)):
        if url:
            _link(root, rel, url)
    for entry in entries:
        _fill(_add(root, "entry"), entry, asset_url)
    for stone in standing(entries, tombstones):
        _bury(root, stone)
    return _document(root)


def entry_document(entry: FeedEntry, *, asset_url: AssetUrl) -> bytes:
    """One entry as a document of its own, UTF-8."""
    root = etree.Element(f"{{{ATOM}}}entry", nsmap=_NAMESPACES)
    _fill(root, entry, asset_url)
    return _document(root)


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
    if root.tag not in {f"{{{ATOM}}}feed", f"{{{ATOM}}}entry"}:
        raise ValueError("not an Atom document")
    versions: dict[str, int | None] = {}
    for entry in root.iter(f"{{{ATOM}}}entry"):
        number = entry.findtext(f"{{{HUB}}}version", "")
        versions[entry.findtext(f"{{{ATOM}}}id", "")] = int(number) if number.isdigit() else None
    buried = frozenset(stone.get("ref", "") for stone in root.iter(f"{{{TOMBSTONES}}}deleted-entry"))
    return Listing(versions, buried)


def _fill(element: etree._Element, entry: FeedEntry, asset_url: AssetUrl) -> None:
    edition = entry.edition
    _add(element, "id", edition.uri)
    _add(element, "title", edition.headline)
    _add(element, "published", rfc3339(entry.published))
    _add(element, "updated", rfc3339(max(entry.updated, entry.published)))
    _add(_add(element, "author"), "name", edition.source or edition.issuer.name)
    _link(element, "alternate", entry.url, type="text/html")
    if edition.canonical_url != entry.url:
        _link(element, "canonical", edition.canonical_url)
    for file in enclosures(edition, asset_url):
        _link(
            element, "enclosure", file.url, type=file.content_type, length=str(file.length), title=file.title
        )
    _categorise(element, edition)
    if edition.summary:
        _add(element, "summary", edition.summary)
    _add(element, "content", article_html(edition, asset_url)).set("type", "html")
    etree.SubElement(element, f"{{{HUB}}}version").text = str(edition.version)


def _categorise(element: etree._Element, edition: Edition) -> None:
    for subject in edition.subjects:
        category = _add(element, "category")
        category.set("term", markup.xml_text(subject.code))
        category.set("scheme", f"urn:tongsheng:{markup.xml_text(subject.scheme)}")
        category.set("label", markup.xml_text(subject.name))


def _bury(root: etree._Element, stone: Tombstone) -> None:
    element = etree.SubElement(
        root, f"{{{TOMBSTONES}}}deleted-entry", ref=stone.uri, when=rfc3339(stone.when)
    )
    if stone.comment:
        etree.SubElement(element, f"{{{TOMBSTONES}}}comment").text = markup.xml_text(stone.comment)


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    if text:
        element.text = markup.xml_text(text)
    return element


def _link(parent: etree._Element, rel: str, href: str, **attributes: str) -> None:
    link = _add(parent, "link")
    link.set("rel", rel)
    link.set("href", ascii_url(href))
    for name, value in attributes.items():
        link.set(name, markup.xml_text(value))


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
