"""Edition -> article: title, digest and self-contained HTML with inline styles that a phone shows well.

Pictures are addressed as `asset:<sha256>`, QR codes as `qr:<sha256 of the address>`, until they are uploaded. Sizes are
relative and no height is fixed, so the text can be read at 1.4 times the font size (关怀模式).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

from channels.adapters.wechat_mp.article import report
from channels.adapters.wechat_mp.article.blocks import STYLES, Piece, block_html, element, line, service_html
from channels.adapters.wechat_mp.article.closing import closing_html
from channels.adapters.wechat_mp.article.links import Links, Policy, code_name, policy_of
from channels.adapters.wechat_mp.article.text import as_html, plain
from channels.contract import Rendering
from channels.edition import Edition, Heading, Image
from channels.errors import Unrepresentable
from channels.formats.typed import NUMBERS, fact_rows

TITLE_MAX = 32
DIGEST_MAX = 128
AUTHOR_MAX = 16
CONTENT_MAX_CHARS = 19_999
"""Stated on the draft/add page (2026-11): under 20,000 characters and under 1 MB, tags and styles included. So many
characters are never more than 80,000 bytes."""
ADDRESS_ROOM = 110
"""Characters by which the platform's address of a picture may be longer than ours of 70; samples have up to 150."""
MORE = element("section", "note", "本文较长，此处为节选。请点击文末“阅读原文”查看全文。")


@dataclass(frozen=True, slots=True)
class Style:
    """How one account shows its articles; all that a rendering depends on beside the edition.

    author: named above an article whose own author is missing or too long.
    """

    author: str = ""
    links: Policy = Policy.FOOTNOTE

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Self:
        """From an outlet's options `author` and `links`."""
        return cls(author=options.get("author", "").strip(), links=policy_of(options))


class Layout:
    """The pieces of one edition, so that any number of them from the start can be put together."""

    def __init__(self, edition: Edition, style: Style) -> None:
        self.edition = edition
        self._links = Links(style.links)
        self._head = f'<section style="{STYLES["article"]}">{_head(edition)}'
        self.pieces = [self._piece(index) for index in range(len(edition.body))]

    def _piece(self, index: int) -> Piece:
        links = self._links
        marked, bare = links.marked, links.bare
        html = block_html(self.edition.body[index], links)
        return Piece(html, len(links.numbers), links.marked - marked, links.bare - bare)

    def content(self, count: int) -> str:
        """The article's HTML with the first `count` blocks, and a pointer to the full text if some are left."""
        return "".join([self._head, *(piece.html for piece in self.pieces[:count]), self._foot(count)])

    def fitting(self) -> int:
        """How many blocks from the start an article can hold; all of them in nearly every case. Raises Unrepresentable."""
        ends = list(accumulate((_room(piece.html) for piece in self.pieces), initial=len(self._head)))
        low, high = 0, len(self.pieces)
        if ends[high] + _room(self._foot(high)) <= CONTENT_MAX_CHARS:
            return high
        while low < high:
            middle = (low + high + 1) // 2
            fits = ends[middle] + _room(self._foot(middle)) <= CONTENT_MAX_CHARS
            low, high = (middle, high) if fits else (low, middle - 1)
        while low and isinstance(self.edition.body[low - 1], Heading):  # a heading of nothing
            low -= 1
        if low == 0:
            raise Unrepresentable("正文第一段就超过微信的长度上限，请分段或精简后重新签发")
        return low

    def addresses(self, count: int) -> list[str]:
        """Every address that the first `count` blocks may show as a QR code."""
        return [*self._numbers(count), plain(self.edition.origin_url), self.edition.permalink]

    def _foot(self, count: int) -> str:
        more = MORE if count < len(self.pieces) else ""
        return f"{more}{closing_html(self.edition, self._numbers(count), self._links.policy)}</section>"

    def _numbers(self, count: int) -> dict[str, int]:
        notes = self.pieces[count - 1].notes if count else 0
        return dict(list(self._links.numbers.items())[:notes])


def render(edition: Edition, style: Style) -> Rendering:
    """Raises Unrepresentable when title or digest are over the limit or no block of the body fits."""
    _limit("标题", edition.headline, TITLE_MAX)
    _limit("摘要", edition.summary, DIGEST_MAX)
    if not plain(edition.headline):
        raise Unrepresentable("标题为空，请填写标题后重新签发")
    if not edition.body:
        raise Unrepresentable("正文为空，请填写正文后重新签发")
    layout = Layout(edition, style)
    kept = layout.fitting()
    html = layout.content(kept)
    cover = cover_of(edition)
    author = author_of(edition, style)
    payload: dict[str, Any] = {
        "title": plain(edition.headline),
        "author": author,
        "digest": plain(edition.summary),
        "content": html,
        "content_source_url": edition.permalink,
        "cover": {"sha256": cover.asset.sha256, "focal": list(cover.asset.focal or (0.5, 0.5))}
        if cover
        else None,
        "qr": _codes(html, layout.addresses(kept)),
    }
    shown = [cover.asset] if cover else []
    shown += [block.asset for block in edition.body[:kept] if isinstance(block, Image)]
    return Rendering(
        uri=edition.uri,
        version=edition.version,
        payload=payload,
        assets=tuple({asset.sha256: asset for asset in shown}.values()),
        alterations=report.alterations(edition, layout.pieces[:kept], author, style.links),
    )


def cover_of(edition: Edition) -> Image | None:
    """The cover, or else the first picture of the body."""
    return edition.cover or next((block for block in edition.body if isinstance(block, Image)), None)


def author_of(edition: Edition, style: Style) -> str:
    """Who is named above the article; empty when nothing fits the platform's 16 characters."""
    names = (plain(edition.by), plain(style.author))
    return next((name for name in names if name and len(name) <= AUTHOR_MAX), "")


def _room(html: str) -> int:
    """Characters that a part of an article may have when its pictures are uploaded."""
    return len(html) + ADDRESS_ROOM * html.count("<img ")


def _limit(place: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise Unrepresentable(f"{place} {len(text)} 字，超过微信上限 {limit} 字，请缩短{place}后重新签发")


def _head(edition: Edition) -> str:
    parts = []
    if edition.correction:
        parts.append(element("section", "note", f"更正：{as_html(edition.correction.note)}"))
    if not edition.policy:
        parts += [line(NUMBERS[alt.role], alt.value) for alt in edition.alt_ids if alt.role in NUMBERS]
    if edition.service:
        parts.append(service_html(edition.service))
    elif rows := fact_rows(edition):
        parts.append(element("section", "box", "".join(line(label, value) for label, value in rows)))
    return "".join(parts)


def _codes(html: str, addresses: list[str]) -> list[dict[str, str]]:
    if 'src="qr:' not in html:
        return []
    names = {code_name(url): url for url in addresses}
    return [{"sha256": name, "url": url} for name, url in names.items() if f'src="qr:{name}"' in html]
