"""Entries -> pages for collectors that cut HTML between marks (EmpireCMS, DedeCMS, PHPCMS), in UTF-8 and GBK.

The marks are a promise: webmasters type them into their systems once. Each is on its page exactly once, because no
text of an item can hold a comment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from channels import markup
from channels.formats.extracts import creator
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone, ascii_url
from channels.formats.html import AssetUrl, article_html
from channels.formats.typed import SHANGHAI


@dataclass(frozen=True, slots=True)
class Collector:
    """The pages in one encoding. An entry's `url` has to be the address of its `article` page in the same one."""

    KEY: str
    LABEL: str
    encoding: str

    @property
    def CONTENT_TYPE(self) -> str:  # noqa: N802
        return f"text/html; charset={self.encoding}"

    def entry(self, entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:  # noqa: ARG002
        """One line of the list."""
        title = _line(entry.edition.headline)
        # PHPCMS finds no link whose text begins like this, and takes tags out of it.
        title = f"<b>{title}</b>" if title.startswith(("a", "A", "/")) else title
        day = entry.published.astimezone(SHANGHAI).strftime("%Y-%m-%d")
        return self._encoded(
            f'<li><a href="{escape(ascii_url(entry.url))}">{title}</a> <span>{day}</span></li>\n'
        )

    def document(
        self,
        head: FeedHead,
        entries: Sequence[bytes],
        tombstones: Sequence[Tombstone],  # noqa: ARG002
        *,
        updated: datetime,  # noqa: ARG002
    ) -> bytes:
        """The list page, without withdrawn items; the next page is linked behind the list."""
        following = f'<p><a rel="next" href="{escape(ascii_url(head.next_url))}">下一页</a></p>\n'
        before = f"<h1>{_line(head.title)}</h1>\n<!--list-start-->\n<ul>\n"
        after = f"</ul>\n<!--list-end-->\n{following if head.next_url else ''}"
        return b"".join(
            (self._top(head.title), self._encoded(before), *entries, self._encoded(after), _BOTTOM)
        )

    def article(self, entry: FeedEntry, *, asset_url: AssetUrl) -> bytes:
        """The page of one item: title, source, author, time and text, each between its marks."""
        edition = entry.edition
        at = entry.published.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        parts = [
            f"<h1>{_marked('title', _line(edition.headline))}</h1>",
            f"<p>来源：{_marked('source', _line(edition.source))}",
            f"作者：{_marked('author', _line(creator(edition)))}",
            f"时间：{_marked('date', at)}</p>",
            f"<div>{_marked('content', article_html(edition, asset_url))}</div>\n",
        ]
        return b"".join((self._top(edition.headline), self._encoded("\n".join(parts)), _BOTTOM))

    def _top(self, title: str) -> bytes:
        return self._encoded(
            '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n'
            f'<meta http-equiv="Content-Type" content="{self.CONTENT_TYPE}">\n<meta name="robots" content="noindex">\n'
            f"<title>{_line(title)}</title>\n</head>\n<body>\n"
        )

    def _encoded(self, html: str) -> bytes:
        return markup.xml_text(html).encode(self.encoding, "xmlcharrefreplace")


UTF8 = Collector(KEY="list.html", LABEL="网页列表（供采集，UTF-8 编码）", encoding="utf-8")
GBK = Collector(KEY="list.gbk.html", LABEL="网页列表（供采集，GBK 编码）", encoding="gbk")

_BOTTOM = b"</body>\n</html>\n"


def _marked(name: str, html: str) -> str:
    return f"<!--{name}-start-->{html}<!--{name}-end-->"


def _line(text: str) -> str:
    return escape(" ".join(markup.xml_text(text).split()), quote=False)
