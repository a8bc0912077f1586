"""Blocks of an edition as HTML with inline styles: relative sizes, no heights, nothing wider than a phone.

The styles are written down with the elements, because the platform knows no style sheet; they count to the length of the
article, so they are few and short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from channels.adapters.wechat_mp.article.links import Links
from channels.adapters.wechat_mp.article.text import as_html, is_rtl
from channels.edition import (
    Attachment,
    Block,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Quote,
    ServiceFacts,
    Table,
)

PHONE_COLUMNS = 4
"""A table with more columns cannot be read on a phone; its rows become cards."""
LONG_CELL = 24
"""Characters over which a cell would squeeze its neighbours to one character a line; the columns are then of one width."""
CHINA = ZoneInfo("Asia/Shanghai")
STYLES = {
    "article": "line-height:1.75;word-break:break-word",
    "paragraph": "margin:0 0 1em;text-indent:2em",
    "heading": "margin:1.4em 0 .7em;padding-left:.5em;border-left:4px solid #a61b1b;font-size:1.1em;line-height:1.4",
    "figure": "margin:1em 0;text-align:center",
    "image": "max-width:100%",
    "code": "width:9em;max-width:60%",
    "caption": "margin:.4em 0;color:#666;font-size:.85em;line-height:1.5;text-align:center",
    "table": "width:100%;border-collapse:collapse;font-size:.88em;line-height:1.5;text-align:left",
    "even": "width:100%;border-collapse:collapse;font-size:.88em;line-height:1.5;text-align:left;table-layout:fixed",
    "cell": "border:1px solid #ccc;padding:.4em",
    "head": "border:1px solid #ccc;padding:.4em;background-color:#f4f1ec;text-align:left",
    "card": "margin:0 0 .8em;padding:.6em .8em;border:1px solid #ccc",
    "list": "margin:0 0 1em;padding-left:1.6em",
    "quote": "margin:1em 0;padding:.6em 1em;border-left:4px solid #ccc;color:#444",
    "byline": "margin:.4em 0 0;color:#666;font-size:.85em;text-align:right",
    "note": "margin:0 0 1em;padding:.6em .8em;border:1px solid #a61b1b;color:#a61b1b",
    "box": "margin:0 0 1em;padding:.6em .8em;background-color:#f4f1ec",
    "closing": "margin:2em 0 0;padding-top:.8em;border-top:1px solid #ccc;color:#666;font-size:.85em;line-height:1.6",
    "line": "margin:0",
    "address": "margin:0;word-break:break-all",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One block as HTML. `notes`: addresses mentioned up to its end; `marked`, `bare`: its own links (see Links)."""

    html: str
    notes: int
    marked: int
    bare: int


def element(tag: str, style: str, inner: str) -> str:
    """An element in one of STYLES; one that begins in a script from right to left runs that way."""
    direction = ";direction:rtl" if is_rtl(inner) else ""
    return f'<{tag} style="{STYLES[style]}{direction}">{inner}</{tag}>'


def block_html(block: Block, links: Links) -> str:
    match block:
        case Paragraph():
            return element("p", "paragraph", links.inline(block.html))
        case Heading():
            return element(f"h{min(max(block.level, 2), 4)}", "heading", as_html(block.text))
        case Image():
            return figure(f"asset:{block.asset.sha256}", "image", block.alt, block.caption)
        case Table():
            return "".join(_cards(block)) if is_wide(block) else _table(block)
        case ItemList():
            items = "".join(f"<li>{links.inline(item)}</li>" for item in block.items)
            return element("ol" if block.ordered else "ul", "list", items)
        case Quote():
            by = element("p", "byline", f"——{as_html(block.attribution)}") if block.attribution else ""
            return element("blockquote", "quote", as_html(block.text) + by)
        case Attachment():
            return element(
                "section", "box", f"附件：{as_html((block.title or block.asset.name).removeprefix('附件：'))}"
            )


def figure(source: str, style: str, alt: str, caption: str) -> str:
    below = element("p", "caption", as_html(caption)) if caption else ""
    picture = f'<img style="{STYLES[style]}" src="{source}" alt="{as_html(alt).replace("<br>", " ")}">'
    return f'<section style="{STYLES["figure"]}">{picture}{below}</section>'


def is_wide(table: Table) -> bool:
    return columns(table) > PHONE_COLUMNS


def columns(table: Table) -> int:
    return max((len(row) for row in table.rows), default=0)


def _table(table: Table) -> str:
    caption = element("p", "caption", as_html(table.caption)) if table.caption else ""
    rows = "".join(
        "<tr>" + "".join(_cell(table, row, column, text) for column, text in enumerate(cells)) + "</tr>"
        for row, cells in enumerate(table.rows)
    )
    style = "even" if any(len(cell) > LONG_CELL for cells in table.rows for cell in cells) else "table"
    grid = f'<table style="{STYLES[style]}"><tbody>{rows}</tbody></table>'
    return f'<section style="{STYLES["figure"]}">{caption}{grid}</section>'


def _cell(table: Table, row: int, column: int, text: str) -> str:
    is_header = (table.header_row and row == 0) or (table.header_column and column == 0)
    return element("th", "head", as_html(text)) if is_header else element("td", "cell", as_html(text))


def _cards(table: Table) -> Iterator[str]:
    """One box per row: the header of the row as its title, each cell with the name of its column, empty cells left out."""
    if table.caption:
        yield element("p", "caption", as_html(table.caption))
    named = table.header_row and len(table.rows) > 1
    names = table.rows[0] if named else ()
    for row in table.rows[1 if named else 0 :]:
        lines = list(_card(row, names, title=table.header_column))
        if lines:
            yield element("section", "card", "<br>".join(lines))


def _card(row: tuple[str, ...], names: tuple[str, ...], *, title: bool) -> Iterator[str]:
    for column, text in enumerate(row):
        if not (value := as_html(text)):
            continue
        if title and column == 0:
            yield f"<strong>{value}</strong>"
        else:
            name = as_html(names[column]) if column < len(names) else ""
            yield f"<strong>{name or f'第{column + 1}列'}</strong>：{value}"


def service_html(service: ServiceFacts) -> str:
    lines = [line("影响范围", service.area)]
    if service.start or service.end:
        ends = [_moment(moment) for moment in (service.start, service.end) if moment]
        lines.append(line("时间", " 至 ".join(ends)))
    if service.deadline:
        lines.append(line("截止时间", _moment(service.deadline)))
    lines.append(line("咨询电话", service.contact))
    return element("section", "box", "".join(lines))


def line(label: str, text: str) -> str:
    return element("p", "line", f"<strong>{label}</strong>：{as_html(text)}") if text else ""


def _moment(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
