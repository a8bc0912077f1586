"""What a poster says: an edition without all that paper cannot show. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from channels import markup
from channels.edition import (
    Attachment,
    Block,
    Edition,
    Heading,
    Image,
    ItemList,
    ItemType,
    Paragraph,
    Quote,
    Table,
)
from channels.formats.typed import chinese_day, fact_rows, local_time, spelled_out

CONTACTS = ("咨询电话", "异议电话")
"""Lines that are printed large: whoever stands before the paper calls."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of running text. `level`: 0 text, 1 heading; `mark` stands before it, as a number does."""

    text: str
    level: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first row is its head where `has_head`."""

    rows: tuple[tuple[str, ...], ...]
    has_head: bool
    caption: str = ""


Part = Passage | Grid


@dataclass(frozen=True, slots=True)
class Sheet:
    """`address` is what the QR code holds, `printed` what people type; `bar` is empty where no window scans it.
    `contact` is a label and a value, both empty for none."""

    title: str
    notice: str
    rows: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    contact: tuple[str, ...]
    credit: tuple[str, ...]
    address: str
    printed: str
    bar: str
    is_urgent: bool


def sheet(edition: Edition, *, address: str, printed: str, code: str, notice: str = "") -> Sheet:
    """`notice` stands above the title: that it is over, or a preview."""
    rows = fact_rows(edition)
    contact = next((row for row in rows if row[0] in CONTACTS), ("", ""))
    return Sheet(
        title=_flat(edition.headline),
        notice=notice,
        rows=tuple((label, _flat(value)) for label, value in rows if (label, value) != contact),
        parts=tuple(_parts(edition)),
        contact=tuple(map(_flat, contact)),
        credit=_credit(edition),
        address=address,
        printed=printed,
        bar=_bar(edition, code),
        is_urgent=edition.type == ItemType.SERVICE_NOTICE,
    )


def _credit(edition: Edition) -> tuple[str, ...]:
    issued = chinese_day(edition.issued_on) if edition.issued_on else local_time(edition.first_created)
    return (
        f"发布单位：{edition.issuer.name}",
        f"发布日期：{issued}",
        f"版本：第 {edition.version} 版（{local_time(edition.version_created)} 签发）",
    )


def _bar(edition: Edition, code: str) -> str:
    """What a window's scanner reads: the guide's own number where the scanner can show it, else the short code."""
    if edition.guide is None:
        return ""
    number = edition.guide.code
    return number if number and number.isascii() and number.isprintable() and len(number) <= 40 else code


def _parts(edition: Edition) -> Iterator[Part]:
    if edition.correction:
        yield Passage(f"更正说明（{local_time(edition.correction.at)}）：{_flat(edition.correction.note)}")
    body = spelled_out(edition).body
    for block in body:
        yield from _of(block)
    pictures = sum(isinstance(block, Image) for block in body)
    files = sum(isinstance(block, Attachment) for block in body)
    counted = [f"图片 {pictures} 张"] * bool(pictures) + [f"附件 {files} 个"] * bool(files)
    if counted:
        yield Passage(f"（另有{'、'.join(counted)}，请扫码查看。）")


def _of(block: Block) -> Iterator[Part]:
    match block:
        case Paragraph():
            for text in filter(None, markup.plain(block.html).split("\n")):
                yield Passage(_flat(text))
        case Heading():
            yield Passage(_flat(block.text), level=1)
        case Quote():
            yield Passage(_flat(block.text))
        case ItemList():
            for number, item in enumerate(block.items, 1):
                yield Passage(_flat(markup.plain(item)), mark=f"{number}." if block.ordered else "·")
        case Table() if block.rows:
            rows = tuple(tuple(markup.xml_text(cell) for cell in row) for row in block.rows)
            yield Grid(rows, block.header_row, block.caption)


def _flat(text: str) -> str:
    return " ".join(markup.xml_text(text).split())
