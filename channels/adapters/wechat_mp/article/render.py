"""Edition -> article: title, digest and self-contained HTML with inline styles that a phone shows well.

Pictures are addressed as `asset:<sha256>` until they are uploaded. Sizes are relative and no height is fixed, so the
text can be read at 1.4 times the font size (关怀模式).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import css_inline
import lxml.html
import nh3

from channels.contract import Rendering
from channels.edition import (
    Attachment,
    Block,
    Edition,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Quote,
    ServiceFacts,
    Table,
)
from channels.errors import Unrepresentable

TITLE_MAX = 32
DIGEST_MAX = 128
AUTHOR_MAX = 16
CONTENT_MAX_CHARS = 19_999
CONTENT_MAX_BYTES = 1_000_000
"""Stated on the draft/add page (2026-11): under 20,000 characters and under 1 MB, tags and styles included."""
PHONE_COLUMNS = 4
"""A table with more columns cannot be read on a phone; its rows become cards."""
LINKABLE_HOSTS = frozenset({"mp.weixin.qq.com"})
CHINA = ZoneInfo("Asia/Shanghai")

CSS = """
.a{line-height:1.75;word-break:break-word}
.p{margin:0 0 1em;text-indent:2em}
.h{margin:1.4em 0 .7em;padding-left:.5em;border-left:4px solid #a61b1b;font-size:1.1em;line-height:1.4}
.f{margin:1em 0;text-align:center}
.i{max-width:100%}
.b{margin:.4em 0 0;color:#666;font-size:.85em;text-align:right}
.c{margin:.4em 0;color:#666;font-size:.85em;line-height:1.5;text-align:center}
.t{width:100%;border-collapse:collapse;font-size:.88em;line-height:1.5}
.d{border:1px solid #ccc;padding:.4em;text-align:left}
.e{border:1px solid #ccc;padding:.4em;background-color:#f4f1ec;text-align:left}
.k{margin:0 0 .8em;padding:.6em .8em;border:1px solid #ccc}
.l{margin:0 0 1em;padding-left:1.6em}
.q{margin:1em 0;padding:.6em 1em;border-left:4px solid #ccc;color:#444}
.n{margin:0 0 1em;padding:.6em .8em;border:1px solid #a61b1b;color:#a61b1b}
.s{margin:0 0 1em;padding:.6em .8em;background-color:#f4f1ec}
.r{margin:2em 0 0;padding-top:.8em;border-top:1px solid #ccc;color:#666;font-size:.85em;line-height:1.6}
.z{margin:0}
"""
INLINE_TAGS = {"strong", "b", "em", "i", "u", "s", "a", "br", "sub", "sup"}
TAGS = INLINE_TAGS | {
    "section", "p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "img",
}  # fmt: skip
STYLES = set(re.findall(r"[{;]([a-z-]+):", CSS))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_BR = re.compile(r"\r\n|\r|\n")


class Footnotes:
    """Collects the addresses of links that the platform would make dead text."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def number(self, url: str) -> int:
        if url not in self.urls:
            self.urls.append(url)
        return self.urls.index(url) + 1


def render(edition: Edition, *, default_author: str) -> Rendering:
    """Raises Unrepresentable when title or digest are over the limit or no block of the body fits."""
    if len(edition.headline) > TITLE_MAX:
        raise Unrepresentable(
            f"标题 {len(edition.headline)} 字，超过微信上限 {TITLE_MAX} 字，请缩短标题后重新签发"
        )
    if len(edition.summary) > DIGEST_MAX:
        raise Unrepresentable(
            f"摘要 {len(edition.summary)} 字，超过微信上限 {DIGEST_MAX} 字，请缩短摘要后重新签发"
        )
    if not edition.body:
        raise Unrepresentable("正文为空，请填写正文后重新签发")
    kept = blocks_that_fit(edition)
    cover = cover_of(edition)
    payload: dict[str, Any] = {
        "title": _text(edition.headline),
        "author": author_of(edition, default_author),
        "digest": _text(edition.summary),
        "content": content(edition, kept),
        "content_source_url": edition.permalink,
        "cover": {"sha256": cover.asset.sha256, "focal": list(cover.asset.focal or (0.5, 0.5))}
        if cover
        else None,
    }
    shown = [cover.asset] if cover else []
    shown += [block.asset for block in edition.body[:kept] if isinstance(block, Image)]
    assets = tuple({asset.sha256: asset for asset in shown}.values())
    return Rendering(uri=edition.uri, version=edition.version, payload=payload, assets=assets)


def cover_of(edition: Edition) -> Image | None:
    """The cover, or else the first picture of the body."""
    return edition.cover or next((block for block in edition.body if isinstance(block, Image)), None)


def author_of(edition: Edition, default_author: str) -> str:
    """Who is named above the article; empty when nothing fits the platform's 16 characters."""
    names = (_text(edition.by), _text(default_author))
    return next((name for name in names if name and len(name) <= AUTHOR_MAX), "")


def blocks_that_fit(edition: Edition) -> int:
    """How many blocks from the start an article can hold; all of them in nearly every case."""
    if _fits(content(edition, len(edition.body))):
        return len(edition.body)
    low, high = 0, len(edition.body) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _fits(content(edition, middle)) else (low, middle - 1)
    if low == 0:
        raise Unrepresentable("正文第一段就超过微信的长度上限，请分段或精简后重新签发")
    return low


def content(edition: Edition, count: int) -> str:
    """The article's HTML with the first `count` blocks of the body, and a pointer to the full text if some are left."""
    notes = Footnotes()
    parts = ['<section class="a">']
    if edition.correction:
        parts.append(f'<section class="n">更正：{_html(edition.correction.note)}</section>')
    parts += [_line("发文字号", alt.value) for alt in edition.alt_ids if alt.role == "doc_number"]
    if edition.service:
        parts.append(_service(edition.service))
    parts += [_block(block, notes) for block in edition.body[:count]]
    if count < len(edition.body):
        parts.append('<section class="n">本文较长，此处为节选。请点击文末“阅读原文”查看全文。</section>')
    parts.append(_closing(edition, notes))
    parts.append("</section>")
    return _finished("".join(parts))


def _fits(html: str) -> bool:
    return len(html) <= CONTENT_MAX_CHARS and len(html.encode()) < CONTENT_MAX_BYTES


def _finished(html: str) -> str:
    """Styles inlined, then everything outside the list of allowed tags, attributes and styles taken out."""
    inlined = css_inline.inline_fragment(html, CSS, load_remote_stylesheets=False)
    return nh3.clean(
        inlined,
        tags=TAGS,
        attributes={
            "*": {"style"},
            "img": {"src", "alt"},
            "a": {"href"},
            "td": {"colspan"},
            "th": {"colspan"},
        },
        url_schemes={"http", "https", "asset"},
        filter_style_properties=STYLES,
        link_rel=None,
    )


def _block(block: Block, notes: Footnotes) -> str:
    match block:
        case Paragraph():
            return f'<p class="p">{_inline(block.html, notes)}</p>'
        case Heading():
            return f'<h{block.level} class="h">{_html(block.text)}</h{block.level}>'
        case Image():
            return _figure(block)
        case Table():
            return _table(block)
        case ItemList():
            tag = "ol" if block.ordered else "ul"
            items = "".join(f"<li>{_inline(item, notes)}</li>" for item in block.items)
            return f'<{tag} class="l">{items}</{tag}>'
        case Quote():
            by = f'<p class="b">——{_html(block.attribution)}</p>' if block.attribution else ""
            return f'<blockquote class="q">{_html(block.text)}{by}</blockquote>'
        case Attachment():
            return f'<section class="s">附件：{_html(block.title or block.asset.name)}</section>'


def _figure(image: Image) -> str:
    caption = f'<p class="c">{_html(image.caption)}</p>' if image.caption else ""
    return (
        f'<section class="f"><img class="i" src="asset:{image.asset.sha256}" alt="{_html(image.alt)}">'
        f"{caption}</section>"
    )


def _table(table: Table) -> str:
    caption = f'<p class="c">{_html(table.caption)}</p>' if table.caption else ""
    if table.header_row and len(table.rows) > 1 and len(table.rows[0]) > PHONE_COLUMNS:
        return f'<section class="f">{caption}</section>{"".join(_cards(table))}'
    rows = "".join(
        "<tr>" + "".join(_cell(table, row, column, text) for column, text in enumerate(cells)) + "</tr>"
        for row, cells in enumerate(table.rows)
    )
    return f'<section class="f">{caption}<table class="t"><tbody>{rows}</tbody></table></section>'


def _cell(table: Table, row: int, column: int, text: str) -> str:
    is_header = (table.header_row and row == 0) or (table.header_column and column == 0)
    return f'<th class="e">{_html(text)}</th>' if is_header else f'<td class="d">{_html(text)}</td>'


def _cards(table: Table) -> Iterator[str]:
    """One box per row, each cell with the name of its column; empty cells left out."""
    names = table.rows[0]
    for row in table.rows[1:]:
        lines = "".join(
            f'<p class="z"><strong>{_html(name)}</strong>：{_html(text)}</p>'
            for name, text in zip(names, row, strict=True)
            if text.strip()
        )
        yield f'<section class="k">{lines}</section>'


def _service(service: ServiceFacts) -> str:
    lines = [_line("影响范围", service.area)]
    if service.start or service.end:
        ends = [_moment(moment) for moment in (service.start, service.end) if moment]
        lines.append(_line("时间", " 至 ".join(ends)))
    if service.deadline:
        lines.append(_line("截止时间", _moment(service.deadline)))
    lines.append(_line("咨询电话", service.contact))
    return f'<section class="s">{"".join(lines)}</section>'


def _line(label: str, text: str) -> str:
    return f'<p class="z"><strong>{label}</strong>：{_html(text)}</p>' if text else ""


def _closing(edition: Edition, notes: Footnotes) -> str:
    """Where it comes from and who answers for it; addresses as text, because links would be dead."""
    lines = [f"[{number}] {_html(url)}" for number, url in enumerate(notes.urls, start=1)]
    if any(isinstance(block, Attachment) for block in edition.body):
        lines.append(f"附件下载：点击文末“阅读原文”，或访问 {_html(edition.permalink)}")
    signatures = (("来源", edition.source), ("作者", edition.by), ("编辑", edition.editor))
    lines += [f"{label}：{_html(name)}" for label, name in signatures if name]
    if edition.issuer.name and edition.issuer.name != edition.source:
        lines.append(f"发布单位：{_html(edition.issuer.name)}")
    return '<section class="r">' + "".join(f'<p class="z">{line}</p>' for line in lines) + "</section>"


def _inline(html: str, notes: Footnotes) -> str:
    """Sanitised inline HTML with dead links turned into text and a footnote."""
    clean = nh3.clean(_CONTROL.sub("", html), tags=INLINE_TAGS, attributes={"a": {"href"}}, link_rel=None)
    if "<a" not in clean:
        return clean
    root = lxml.html.fragment_fromstring(clean, create_parent="div")
    for link in list(root.iter("a")):
        _unwrap(link, notes)
    inner: str = lxml.html.tostring(root, encoding="unicode")
    return inner.removeprefix("<div>").removesuffix("</div>")


def _unwrap(link: lxml.html.HtmlElement, notes: Footnotes) -> None:
    url = link.get("href", "").strip()
    parts = urlsplit(url)
    if parts.scheme in {"http", "https"} and parts.hostname in LINKABLE_HOSTS:
        return
    if parts.scheme in {"http", "https"} and link.text_content().strip() != url:
        mark = lxml.html.Element("sup")
        mark.text = f"[{notes.number(url)}]"
        link.append(mark)
    link.drop_tag()


def _moment(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _text(text: str) -> str:
    return _CONTROL.sub("", text).strip()


def _html(text: str) -> str:
    """Plain text as HTML; its line breaks stay."""
    return _BR.sub("<br>", escape(_text(text)))
