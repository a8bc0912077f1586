"""A sheet as PDF: the pages of sites.posters.layout drawn by fpdf2, the font embedded with the characters that are used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sites.posters import layout
from sites.posters.layout import BOTTOM, HEIGHT, MARGIN, PAGES_MAX, PT, WIDTH, Mark, Rule, Words
from sites.posters.sheet import Sheet
from sites.shortlinks import qr

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "poster"
QR_SIDE, SMALL_QR_SIDE = 38.0, 22.0
"""Millimetres with the quiet zone; scanners want 20 from a hand's distance."""
BESIDE = layout.INNER - QR_SIDE - 6
"""What is left beside the QR code."""
BAR_HEIGHT, BAR_MODULE = 10.0, 0.33
"""Millimetres; 0.33 is the module that office printers and window scanners manage at ease."""
BOLD = 0.028
"""The outline of bold text as a share of its size: one font is enough, it weighs 8 MB."""


def pdf(sheet: Sheet, *, font: Path, at: datetime) -> bytes:
    """The same bytes for the same sheet, font and `at`, which the document says it was made."""
    from fpdf import FPDF

    paper = FPDF(format="A4")
    paper.set_creation_date(at)
    paper.set_title(sheet.title)
    paper.set_lang("zh-CN")
    paper.set_auto_page_break(False)
    paper.set_margin(0)
    paper.add_font(FONT, "", font)
    paper.set_font(FONT, size=10)
    pages = layout.pages(sheet, _measure(paper))
    shown = pages[:PAGES_MAX]
    for number, page in enumerate(shown, 1):
        paper.add_page()
        for mark in page.marks:
            _draw(paper, mark)
        if number == 1:
            _foot(paper, sheet)
        _small_print(paper, sheet, number, len(shown), is_cut=layout.cut_off(pages))
    return bytes(paper.output())


def _measure(paper: FPDF) -> layout.Width:
    """Text is set without kerning, so a line is as wide as its characters."""
    known: dict[str, float] = {}
    paper.set_font_size(100)

    def width(text: str, size: float) -> float:
        for char in text:
            if char not in known:
                paper.set_font_size(100)
                known[char] = paper.get_string_width(char) / 100
        return sum(known[char] for char in text) * size

    return width


def _draw(paper: FPDF, mark: Mark) -> None:
    if isinstance(mark, Rule):
        paper.set_line_width(mark.weight)
        paper.line(mark.x1, mark.y1, mark.x2, mark.y2)
    else:
        _write(paper, mark)


def _write(paper: FPDF, words: Words) -> None:
    paper.set_font_size(words.size)
    if not words.is_bold:
        paper.text(words.x, words.y, words.text)
        return
    with paper.local_context(text_mode="FILL_STROKE", line_width=words.size * PT * BOLD):
        paper.text(words.x, words.y, words.text)


def _foot(paper: FPDF, sheet: Sheet) -> None:
    """Who says so, and the way to what holds now."""
    top = HEIGHT - BOTTOM - layout.foot_of(sheet) + 3
    paper.set_line_width(0.8)
    paper.line(MARGIN, top, WIDTH - MARGIN, top)
    left = WIDTH - MARGIN - QR_SIDE
    _matrix(paper, qr.modules(sheet.address), left, top + 2, QR_SIDE)
    y = top + 8
    if any(sheet.contact):
        _write(paper, _fitted(paper, "：".join(sheet.contact), y + 1, 16, is_bold=True))
        y += 9
    for line in sheet.credit:
        _write(paper, _fitted(paper, line, y, 11))
        y += 5.6
    _write(paper, Words(MARGIN, y + 1, "手机扫一扫，查看最新内容；以扫码所见为准", 11, is_bold=True))
    if sheet.bar:
        _bars(paper, sheet.bar, MARGIN, y + 3.5)


def _fitted(paper: FPDF, text: str, y: float, size: float, *, is_bold: bool = False) -> Words:
    """One line beside the QR code, as much smaller as it has to be."""
    paper.set_font_size(size)
    return Words(MARGIN, y, text, size * min(1.0, BESIDE / paper.get_string_width(text)), is_bold)


def _small_print(paper: FPDF, sheet: Sheet, number: int, count: int, *, is_cut: bool) -> None:
    """The last line of every page; on those that follow the first, a code of their own: sheets get separated."""
    base = HEIGHT - BOTTOM + 3
    if number > 1:
        _matrix(
            paper,
            qr.modules(sheet.address),
            WIDTH - MARGIN - SMALL_QR_SIDE,
            base - SMALL_QR_SIDE - 3,
            SMALL_QR_SIDE,
        )
        _write(paper, Words(MARGIN, base - 6, f"{sheet.title[:30]}（以扫码所见为准）", 9))
    if is_cut and number == count:
        _write(
            paper, Words(MARGIN, base - 11, "内容较长，此处未全部印出，全文请扫码查看。", 11, is_bold=True)
        )
    _write(paper, Words(MARGIN, base + 2, f"网址：{sheet.printed}", 11))
    label = f"第 {number} 页，共 {count} 页"
    paper.set_font_size(9)
    _write(paper, Words(WIDTH - MARGIN - paper.get_string_width(label), base + 2, label, 9))


def _matrix(paper: FPDF, rows: Sequence[Sequence[bool]], x: float, y: float, side: float) -> None:
    """Runs of dark modules as bars, so that no hair line shows between them."""
    module = side / (len(rows) + 2 * qr.QUIET_ZONE)
    for down, row in enumerate(rows):
        run = 0
        for across, dark in enumerate([*row, False]):
            if dark:
                run += 1
            elif run:
                left = x + (qr.QUIET_ZONE + across - run) * module
                paper.rect(left, y + (qr.QUIET_ZONE + down) * module, run * module, module, style="F")
                run = 0


def _bars(paper: FPDF, text: str, x: float, y: float) -> None:
    """Code128 with its text below. No quiet zone to the left is needed: there is the margin."""
    from barcode.codex import Code128

    (pattern,) = Code128(text).build()
    module = min(BAR_MODULE, BESIDE / len(pattern))
    run = 0
    for place, bit in enumerate([*pattern, "0"]):
        if bit == "1":
            run += 1
        elif run:
            paper.rect(x + (place - run) * module, y, run * module, BAR_HEIGHT, style="F")
            run = 0
    _write(paper, Words(x, y + BAR_HEIGHT + 3.4, text, 9))
