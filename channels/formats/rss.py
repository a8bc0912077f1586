"""Entries -> RSS 2.0 with content:encoded, dc:creator, atom links and tombstones.

No RSS reader takes an item away because of a tombstone: a withdrawn item also becomes an item of the same guid that
says so, and a reader that keeps the newest text of each guid shows that instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

from lxml import etree

from channels.formats.atom import bury
from channels.formats.elements import ATOM, HISTORY, HUB, TOMBSTONES, add, cut, history, link, marks, splice
from channels.formats.extracts import creator, digest, enclosures, opening, terms
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone, ascii_url, rfc3339
from channels.formats.html import AssetUrl, article_html
from channels.formats.typed import SHANGHAI

KEY = "rss"
LABEL = "RSS 2.0"
CONTENT_TYPE = "application/rss+xml; charset=utf-8"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"

WITHDRAWN_TITLE = "【已撤回】该信息已由发布单位撤回"
WITHDRAWN_TEXT = "该信息已撤回，请停止转载，并删除已转载的内容。"

# A stored fragment relies on these prefixes: none may be taken away or renamed while one is kept.
_NAMESPACES = {
    "atom": ATOM,
    "content": CONTENT,
    "dc": DC,
    "media": MEDIA,
    "at": TOMBSTONES,
    "fh": HISTORY,
    "ts": HUB,
}


def entry(entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:
    """`<item>…</item>`, UTF-8."""
    root = etree.Element("rss", nsmap=_NAMESPACES)
    _fill(add(root, "item"), entry, content, asset_url)
    return cut(root)


def document(
    head: FeedHead, entries: Sequence[bytes], tombstones: Sequence[Tombstone], *, updated: datetime
) -> bytes:
    """The feed document, UTF-8, tombstones last."""
    stones = etree.Element("rss", nsmap=_NAMESPACES)
    for stone in tombstones:
        _withdrawn(stones, stone)
    for stone in tombstones:
        bury(stones, stone)
    fragments = [*entries, cut(stones)] if tombstones else entries
    return splice(_head(head, updated), fragments, closing=b"</channel></rss>")


def rfc822(moment: datetime) -> str:
    """Beijing time with a numeric zone; the letters CST mean Chicago to most readers."""
    return format_datetime(moment.astimezone(SHANGHAI).replace(microsecond=0))


def as_html(text: str) -> str:
    """Plain text for a `description`, which readers take for HTML."""
    return escape(text, quote=False).replace("\n", "<br>")


def _head(head: FeedHead, updated: datetime) -> etree._Element:
    root = etree.Element("rss", nsmap=_NAMESPACES)
    root.set("version", "2.0")
    channel = add(root, "channel")
    add(channel, "title", head.title)
    add(channel, "link", ascii_url(head.home_url))
    add(channel, "description", head.subtitle or head.title)
    add(channel, "language", head.language.lower())
    add(channel, "lastBuildDate", rfc822(max(head.updated, updated)))
    link(channel, "self", head.self_url, type="application/rss+xml")
    history(channel, head)
    return root


def _fill(item: etree._Element, entry: FeedEntry, content: Content, asset_url: AssetUrl) -> None:
    edition = entry.edition
    add(item, "title", edition.headline)
    add(item, "link", ascii_url(entry.url))
    add(item, "guid", edition.uri, isPermaLink="false")
    add(item, "pubDate", rfc822(entry.published))
    add(item, f"{{{ATOM}}}updated", rfc3339(entry.changed))
    if author := creator(edition):
        add(item, f"{{{DC}}}creator", author)
    for term in terms(edition):
        add(item, "category", term.name, domain=term.scheme)
    if content is Content.FULL:
        add(item, "description", as_html(opening(edition)))
        add(item, f"{{{CONTENT}}}encoded", article_html(edition, asset_url))
    else:
        add(item, "description", as_html(digest(edition)))
    _files(item, entry, asset_url)
    marks(item, entry)


def _files(item: etree._Element, entry: FeedEntry, asset_url: AssetUrl) -> None:
    """RSS allows one enclosure an item; the other files are links in the body."""
    for file in enclosures(entry.edition, asset_url)[:1]:
        add(item, "enclosure", url=file.url, length=str(file.length), type=file.content_type)
    if cover := entry.edition.cover:
        add(item, f"{{{MEDIA}}}thumbnail", url=ascii_url(asset_url(cover.asset)))


def _withdrawn(parent: etree._Element, stone: Tombstone) -> None:
    item = add(parent, "item")
    add(item, "title", WITHDRAWN_TITLE)
    if stone.url:
        add(item, "link", ascii_url(stone.url))
    add(item, "guid", stone.uri, isPermaLink="false")
    add(item, "pubDate", rfc822(stone.when))
    add(item, f"{{{ATOM}}}updated", rfc3339(stone.when))
    add(item, "description", WITHDRAWN_TEXT)
