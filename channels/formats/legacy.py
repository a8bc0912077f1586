"""Entries -> RSS 2.0 as the collectors of DedeCMS 5.7 and PHPCMS 9.6 can read it, in UTF-8 and GBK.

Both were read in their sources. DedeCMS takes bare `title`, `link` and `description` with regular expressions and
undoes no references: a link must not hold an ampersand. PHPCMS reads nothing of a channel of a single item. Neither
takes an article twice, renews or removes one: a withdrawn item is just not listed, an item that says so would become
an article there. Nothing is in CDATA, where GBK cannot refer to the characters that it lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from channels.formats.elements import ATOM, add, cut, link, splice
from channels.formats.extracts import creator, digest, opening
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone, ascii_url
from channels.formats.html import AssetUrl
from channels.formats.rss import DC, as_html, rfc822

ITEMS_MIN = 2

# A stored fragment relies on these prefixes: none may be taken away or renamed while one is kept.
_NAMESPACES = {"atom": ATOM, "dc": DC}


@dataclass(frozen=True, slots=True)
class Legacy:
    """The profile in one encoding. The page behind an entry's `url` is what the collector then reads."""

    KEY: str
    LABEL: str
    encoding: str

    @property
    def CONTENT_TYPE(self) -> str:  # noqa: N802
        return f"application/rss+xml; charset={self.encoding}"

    def entry(self, entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:  # noqa: ARG002
        """`<item>…</item>`. Always without the text: these systems read that from the page."""
        edition = entry.edition
        root = etree.Element("rss", nsmap=_NAMESPACES)
        text = digest(edition) if content is Content.SUMMARY else opening(edition)
        url = ascii_url(entry.url)
        _item(
            root,
            title=edition.headline,
            url=url if "&" not in url else ascii_url(edition.permalink),
            text=text,
            guid=edition.uri,
            published=entry.published,
            author=creator(edition),
        )
        return self._encoded(cut(root))

    def document(
        self,
        head: FeedHead,
        entries: Sequence[bytes],
        tombstones: Sequence[Tombstone],  # noqa: ARG002
        *,
        updated: datetime,
    ) -> bytes:
        """The feed document; standing items about the channel fill it up to `ITEMS_MIN`."""
        changed = max(head.updated, updated)
        root = etree.Element("rss", nsmap=_NAMESPACES)
        root.set("version", "2.0")
        channel = add(root, "channel")
        add(channel, "title", head.title)
        add(channel, "link", ascii_url(head.home_url))
        add(channel, "description", head.subtitle or head.title)
        add(channel, "language", head.language.lower())
        add(channel, "lastBuildDate", rfc822(changed))
        link(channel, "self", head.self_url, type="application/rss+xml")
        standing = self._standing(head)[: max(0, ITEMS_MIN - len(entries))]
        return splice(root, [*entries, *standing], closing=b"</channel></rss>", encoding=self.encoding)

    def _encoded(self, fragment: bytes) -> bytes:
        return fragment.decode().encode(self.encoding, "xmlcharrefreplace")

    def _standing(self, head: FeedHead) -> list[bytes]:
        """Items about the channel: without a date, so that nothing in them changes while the channel's name stays."""
        found = []
        for part, title in (("about", f"关于“{head.title}”"), ("subscribe", f"“{head.title}”订阅与转载说明")):
            root = etree.Element("rss", nsmap=_NAMESPACES)
            address = f"{ascii_url(head.home_url)}#{part}"
            _item(root, title=title, url=address, text=head.subtitle or head.title, guid=f"{head.uri}#{part}")
            found.append(self._encoded(cut(root)))
        return found


UTF8 = Legacy(KEY="legacy.rss", LABEL="RSS 兼容版（供织梦、PHPCMS 采集，UTF-8 编码）", encoding="utf-8")
GBK = Legacy(KEY="gbk.rss", LABEL="RSS 兼容版（供织梦、PHPCMS 采集，GBK 编码）", encoding="gbk")


def _item(
    root: etree._Element,
    *,
    title: str,
    url: str,
    text: str,
    guid: str,
    published: datetime | None = None,
    author: str = "",
) -> None:
    item = add(root, "item")
    add(item, "title", title)
    add(item, "link", url)
    add(item, "description", as_html(text))
    add(item, "guid", guid, isPermaLink="false")
    if published:
        add(item, "pubDate", rfc822(published))
    if author:
        add(item, f"{{{DC}}}creator", author)
