"""Editions -> RSS 2.0 with content:encoded, dc:creator, atom links and tombstones.

Bare `title`, `link` and `description` without attributes in every item: old Chinese systems (DedeCMS 5.7) read them
with regular expressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from channels import markup
from channels.edition import Edition
from channels.formats.atom import ATOM, HUB, TOMBSTONES
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
from channels.formats.html import SHANGHAI, AssetUrl, article_html
from channels.formats.text import body_text

CONTENT_TYPE = "application/rss+xml; charset=utf-8"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
DESCRIPTION_CHARS = 200
"""How much of the body stands for a missing summary."""

_NAMESPACES = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA, "at": TOMBSTONES, "ts": HUB}


def feed(
    head: FeedHead,
    entries: Sequence[FeedEntry],
    tombstones: Sequence[Tombstone] = (),
    *,
    asset_url: AssetUrl,
) -> bytes:
    """The feed document, UTF-8. The same values give the same bytes."""
    root = etree.Element("rss", nsmap=_NAMESPACES)
    root.set("version", "2.0")
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", head.title)
    _add(channel, "link", ascii_url(head.home_url))
    _add(channel, "description", head.subtitle or head.title)
    _add(channel, "language", head.language.lower())
    _add(channel, "lastBuildDate", rfc822(last_change(head, entries, tombstones)))
    _link(channel, "self", head.self_url, type="application/rss+xml")
    for rel, url in (("hub", head.hub_url), ("next", head.next_url), ("previous", head.previous_url)):
        if url:
            _link(channel, rel, url)
    for entry in entries:
        _item(channel, entry, asset_url)
    for stone in standing(entries, tombstones):
        etree.SubElement(channel, f"{{{TOMBSTONES}}}deleted-entry", ref=stone.uri, when=rfc3339(stone.when))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def rfc822(moment: datetime) -> str:
    """Beijing time with a numeric zone; the letters CST mean Chicago to most readers."""
    return format_datetime(moment.astimezone(SHANGHAI).replace(microsecond=0))


def _item(channel: etree._Element, entry: FeedEntry, asset_url: AssetUrl) -> None:
    edition = entry.edition
    item = etree.SubElement(channel, "item")
    _add(item, "title", edition.headline)
    _add(item, "link", ascii_url(entry.url))
    _add(item, "guid", edition.uri).set("isPermaLink", "false")
    _add(item, "pubDate", rfc822(entry.published))
    _add(item, f"{{{ATOM}}}updated", rfc3339(max(entry.updated, entry.published)))
    _add(item, f"{{{DC}}}creator", edition.source or edition.issuer.name)
    for subject in edition.subjects:
        _add(item, "category", subject.name).set("domain", f"urn:tongsheng:{markup.xml_text(subject.scheme)}")
    _add(item, "description", edition.summary or _opening(edition))
    encoded = _add(item, f"{{{CONTENT}}}encoded")
    encoded.text = markup.xml_text(article_html(edition, asset_url))
    _files(item, edition, asset_url)
    _add(item, f"{{{HUB}}}version", str(edition.version))


def _files(item: etree._Element, edition: Edition, asset_url: AssetUrl) -> None:
    """RSS allows one enclosure an item; the other files are links in the body."""
    for file in enclosures(edition, asset_url)[:1]:
        etree.SubElement(
            item, "enclosure", url=ascii_url(file.url), length=str(file.length), type=file.content_type
        )
    if edition.cover:
        etree.SubElement(item, f"{{{MEDIA}}}thumbnail", url=ascii_url(asset_url(edition.cover.asset)))


def _opening(edition: Edition) -> str:
    text = " ".join(body_text(edition).split())
    return text if len(text) <= DESCRIPTION_CHARS else f"{text[:DESCRIPTION_CHARS]}…"


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, name)
    if text:
        element.text = markup.xml_text(text)
    return element


def _link(parent: etree._Element, rel: str, href: str, **attributes: str) -> None:
    link = etree.SubElement(parent, f"{{{ATOM}}}link", rel=rel, href=ascii_url(href))
    for name, value in attributes.items():
        link.set(name, value)
