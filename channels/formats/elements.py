"""XML of the feeds: elements of clean text, fragments cut out of their root, documents spliced from fragments."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from channels import markup
from channels.formats.extracts import origin
from channels.formats.feed import FeedEntry, FeedHead, ascii_url, rfc3339

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
HUB = "urn:tongsheng:feed:1"


def add(parent: etree._Element, name: str, text: str = "", /, **attributes: str) -> etree._Element:
    """A new last child; what XML cannot hold is left out of the text and the attributes."""
    clean = {attribute: markup.xml_text(value) for attribute, value in attributes.items()}
    element = etree.SubElement(parent, name, clean)
    if text:
        element.text = markup.xml_text(text)
    return element


def link(parent: etree._Element, rel: str, href: str, **attributes: str) -> None:
    add(parent, f"{{{ATOM}}}link", rel=rel, href=ascii_url(href), **attributes)


def history(parent: etree._Element, head: FeedHead) -> None:
    """The neighbouring documents, and whether this one will never change (RFC 5005)."""
    for rel, url in head.relations():
        link(parent, rel, url)
    if head.is_archive:
        add(parent, f"{{{HISTORY}}}archive")


def marks(parent: etree._Element, entry: FeedEntry) -> None:
    """What only the hub's feeds say: edition and change shown, owner's address, source and correction.

    The owner's address is no link of relation `canonical`: validators do not know that one in a feed.
    """
    edition = entry.edition
    add(parent, f"{{{HUB}}}version", str(edition.version))
    if entry.sequence:
        add(parent, f"{{{HUB}}}sequence", str(entry.sequence))
    add(parent, f"{{{HUB}}}canonical", ascii_url(edition.canonical_url))
    if edition.source:
        href = {"href": origin(edition)} if origin(edition) else {}
        add(parent, f"{{{HUB}}}source", edition.source, **href)
    if correction := edition.correction:
        kind = "major" if correction.major else "minor"
        add(parent, f"{{{HUB}}}correction", correction.note, kind=kind, at=rfc3339(correction.at))


def cut(root: etree._Element) -> bytes:
    """The children of `root` as UTF-8. The namespaces that `root` declares are not declared again in them."""
    whole: bytes = etree.tostring(root, encoding="utf-8")
    return whole[whole.index(b">") + 1 : whole.rindex(b"</")]


def splice(
    root: etree._Element, fragments: Iterable[bytes], *, closing: bytes, encoding: str = "utf-8"
) -> bytes:
    """The document of `root` with `fragments`, in the same encoding, before the end tags `closing`.

    The declaration has double quotes: DedeCMS looks for the encoding with a regular expression.
    """
    declared = f'<?xml version="1.0" encoding="{encoding}"?>\n{etree.tostring(root, encoding="unicode")}'
    whole = declared.encode(encoding, "xmlcharrefreplace")
    return b"".join((whole.removesuffix(closing), *fragments, closing))
