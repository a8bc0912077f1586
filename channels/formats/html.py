"""Edition -> clean semantic HTML. Shared by hosted pages, feeds, posts to receivers and hand-off packages.

Everything is escaped here and inline HTML is sanitised again: an edition may come from an old database.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import TypeAlias
from urllib.parse import urljoin

from channels import markup
from channels.edition import (
    Asset,
    Attachment,
    Block,
    Edition,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Quote,
    Table,
)
from channels.formats.typed import fact_rows, local_time, spelled_out

AssetUrl: TypeAlias = Callable[[Asset], str]
"""Where a reader of this outlet finds a file."""

_RELATIVE = re.compile(r'(?<=<a href=")(?!(?:https?|mailto|tel):)[^"]*', re.IGNORECASE)


def article_html(edition: Edition, asset_url: AssetUrl) -> str:
    """All that belongs below the headline, for readers of other systems: note, facts, body and credit.

    Every link in its text is absolute: elsewhere, a relative one would lead to the reader's own system. The files
    are where `asset_url` says.
    """
    base_url = edition.canonical_url
    parts = [
        correction_html(edition),
        facts_html(edition),
        *(_absolute(block, block_html(block, asset_url), base_url) for block in spelled_out(edition).body),
        credit_html(edition),
    ]
    return "\n".join(part for part in parts if part)


def body_html(edition: Edition, asset_url: AssetUrl) -> str:
    """The body's blocks, one element each, joined by line breaks; lists and tables of typed fields are among them."""
    return "\n".join(block_html(block, asset_url) for block in spelled_out(edition).body)


def block_html(block: Block, asset_url: AssetUrl) -> str:
    """One block as one element."""
    match block:
        case Paragraph():
            return f"<p>{markup.inline(block.html)}</p>"
        case Heading():
            level = min(max(block.level, 2), 4)
            return f"<h{level}>{_text(block.text)}</h{level}>"
        case Image():
            return _figure(block, asset_url)
        case Table():
            return _table(block)
        case ItemList():
            tag = "ol" if block.ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{markup.inline(item)}</li>' for item in block.items)}</{tag}>"
        case Quote():
            return _quote(block)
        case Attachment():
            return _attachment(block, asset_url)


def correction_html(edition: Edition) -> str:
    """The visible note of a corrected edition; empty for an edition without one."""
    if edition.correction is None:
        return ""
    at = local_time(edition.correction.at)
    return f"<p><strong>更正说明</strong>（{at}）：{_text(edition.correction.note)}</p>"


def facts_html(edition: Edition) -> str:
    """The short typed fields as a definition list; empty for an item without any."""
    rows = "".join(f"<dt>{label}</dt><dd>{_text(value)}</dd>" for label, value in fact_rows(edition))
    return f"<dl>{rows}</dl>" if rows else ""


def credit_html(edition: Edition) -> str:
    """The credit line: source, those who answer for it, and the way to the original."""
    parts = [f"{label}：{_text(name)}" for label, name in signatures(edition) if name]
    parts.append(f'<a href="{_attribute(edition.canonical_url)}">查看原文</a>')
    return f"<p>{' '.join(parts)}</p>"


def signatures(edition: Edition) -> list[tuple[str, str]]:
    """(label, name) of those who answer for the item, in the order of the closing lines."""
    return [
        ("来源", edition.source),
        ("作者", edition.by),
        ("责任编辑", edition.editor),
        ("校对", edition.proofreader),
        ("审核", edition.reviewer),
    ]


def size_text(size: int) -> str:
    """Bytes for people: 830 字节, 12 KB, 3.4 MB."""
    if size < 1024:
        return f"{size} 字节"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def _absolute(block: Block, html: str, base_url: str) -> str:
    """`html` of `block` with its links absolute. As it is made here, no text in it looks like a tag."""
    if not isinstance(block, Paragraph | ItemList):
        return html

    def resolved(match: re.Match[str]) -> str:
        try:
            return _attribute(urljoin(base_url, unescape(match[0])))
        except ValueError:
            return _attribute(base_url)

    return _RELATIVE.sub(resolved, html)


def _figure(block: Image, asset_url: AssetUrl) -> str:
    asset = block.asset
    size = f' width="{asset.width}" height="{asset.height}"' if asset.width and asset.height else ""
    picture = f'<img src="{_attribute(asset_url(asset))}" alt="{_attribute(block.alt)}"{size}>'
    caption = f"<figcaption>{_text(block.caption)}</figcaption>" if block.caption else ""
    return f"<figure>{picture}{caption}</figure>"


def _table(block: Table) -> str:
    caption = f"<caption>{_text(block.caption)}</caption>" if block.caption else ""
    rows = list(block.rows)
    head = ""
    if block.header_row and rows:
        cells = "".join(f'<th scope="col">{_cell(cell)}</th>' for cell in rows.pop(0))
        head = f"<thead><tr>{cells}</tr></thead>"
    body = "".join(_row(row, header=block.header_column) for row in rows)
    return f"<table>{caption}{head}<tbody>{body}</tbody></table>"


def _row(row: tuple[str, ...], *, header: bool) -> str:
    cells = [f"<td>{_cell(cell)}</td>" for cell in row]
    if header and row:
        cells[0] = f'<th scope="row">{_cell(row[0])}</th>'
    return f"<tr>{''.join(cells)}</tr>"


def _cell(text: str) -> str:
    return _text(text).replace("\n", "<br>")


def _quote(block: Quote) -> str:
    lines = "<br>".join(_text(line) for line in block.text.splitlines())
    credit = f"<footer>—— {_text(block.attribution)}</footer>" if block.attribution else ""
    return f"<blockquote><p>{lines}</p>{credit}</blockquote>"


def _attachment(block: Attachment, asset_url: AssetUrl) -> str:
    asset = block.asset
    title = _text(block.title or asset.name)
    facts = f"{asset.extension.upper()}，{size_text(asset.size)}"
    return f'<p>附件：<a href="{_attribute(asset_url(asset))}" download>{title}</a>（{facts}）</p>'


def _text(value: str) -> str:
    return escape(markup.xml_text(value), quote=False)


def _attribute(value: str) -> str:
    return escape(markup.xml_text(value), quote=True)
