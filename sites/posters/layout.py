"""Where everything stands on the paper: pages of strips, in millimetres from the top left. Pure; fonts are a function.

The text is as large as it can be on one page. What does not fit at the smallest size goes on overleaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sites.posters.breaking import INDENT, balanced, lines
from sites.posters.sheet import Grid, Part, Sheet

WIDTH, HEIGHT = 210.0, 297.0
MARGIN = 18.0
TOP, BOTTOM = 16.0, 14.0
INNER = WIDTH - 2 * MARGIN
FOOT, BAR_FOOT, SMALL_FOOT = 48.0, 61.0, 28.0
"""Millimetres kept free for the codes: on a first page, on one with a bar code, on those that follow."""
PT = 25.4 / 72
LEADING = 1.5
SIZES = (28.0, 25.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.5, 11.5)
"""Points of the text."""
PAGED_SIZE = 12.5
"""Points where it does not fit on one page anyway: then it may as well be read at ease."""
TITLES = (
    (1, (52.0, 46.0, 40.0, 35.0)),
    (2, (46.0, 40.0, 34.0, 30.0)),
    (3, (34.0, 30.0, 26.0)),
    (5, (22.0, 18.0)),
)
"""Lines, and the points at which the title is tried in so many: rather smaller in one than large in two."""
PAGES_MAX = 12
"""What is longer belongs on the screen: the last page says so."""
PAD = 1.6

Width = Callable[[str, float], float]
"""Millimetres that a text takes at a size in points."""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; `x` of its left edge, `y` of its base line."""

    x: float
    y: float
    text: str
    size: float
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: float = 0.3


Mark = Words | Rule


@dataclass(frozen=True, slots=True)
class Strip:
    """Marks that stay together, relative to the strip's top; `height` with the space below it.

    `leads`: a heading, never the last one on a page.
    """

    marks: tuple[Mark, ...]
    height: float
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    marks: tuple[Mark, ...]
    used: float


def pages(sheet: Sheet, width: Width) -> list[Page]:
    head = _head(sheet, width)
    foot = foot_of(sheet)
    for size in SIZES:
        strips = [*head, *_body(sheet, size, width)]
        if sum(strip.height for strip in strips) <= HEIGHT - TOP - BOTTOM - foot:
            return _paged(strips, foot)
    return _paged([*head, *_body(sheet, PAGED_SIZE, width)], foot)


def foot_of(sheet: Sheet) -> float:
    return BAR_FOOT if sheet.bar else FOOT


def cut_off(sheet_pages: Sequence[Page]) -> bool:
    """Whether there was more than a poster takes."""
    return len(sheet_pages) > PAGES_MAX


def _paged(strips: Sequence[Strip], first_foot: float) -> list[Page]:
    done: list[Page] = []
    marks: list[Mark] = []
    y = TOP
    for place, strip in enumerate(strips):
        foot = SMALL_FOOT if done else first_foot
        following = strips[place + 1].height if strip.leads and place + 1 < len(strips) else 0.0
        if marks and y + strip.height + following > HEIGHT - BOTTOM - foot:
            done.append(Page(tuple(marks), y))
            marks, y = [], TOP
        marks += [_moved(mark, y) for mark in strip.marks]
        y += strip.height
    return [*done, Page(tuple(marks), y)]


def _moved(mark: Mark, down: float) -> Mark:
    if isinstance(mark, Words):
        return Words(mark.x, mark.y + down, mark.text, mark.size, mark.is_bold)
    return Rule(mark.x1, mark.y1 + down, mark.x2, mark.y2 + down, mark.weight)


def _head(sheet: Sheet, width: Width) -> list[Strip]:
    notice = _text(sheet.notice, 20.0, width, is_bold=True, centred=True) if sheet.notice else []
    size = _title_size(sheet.title, width)
    broken = "\n".join(balanced(sheet.title, INNER, lambda piece: width(piece, size)))
    title = _text(broken, size, width, is_bold=True, centred=True, leading=1.3)
    rule = Strip((Rule(MARGIN, 2.5, WIDTH - MARGIN, 2.5, 0.8),), 8.0)
    return [*notice, *title, rule]


def _title_size(title: str, width: Width) -> float:
    for most, sizes in TITLES:
        for size in sizes:
            if len(lines(title, INNER, lambda piece, size=size: width(piece, size))) <= most:  # type: ignore[misc]
                return size
    return TITLES[-1][1][-1]


def _body(sheet: Sheet, size: float, width: Width) -> list[Strip]:
    large = min(size + 2, SIZES[0]) if sheet.is_urgent else size
    strips = _labelled(sheet.rows, large, width)
    if sheet.rows:
        strips.append(Strip((), size * PT * 0.5))
    for part in sheet.parts:
        strips += _part(part, size, width)
    return strips


def _part(part: Part, size: float, width: Width) -> list[Strip]:
    if isinstance(part, Grid):
        return _grid(part, min(size, 14.0), width)
    if part.level:
        return [
            Strip(strip.marks, strip.height, leads=True)
            for strip in _text(part.text, size, width, is_bold=True)
        ]
    if part.mark:
        return _text(part.text, size, width, indent=width("12. ", size), mark=part.mark)
    return _text(f"{INDENT * 2}{part.text}", size, width)


def _text(
    text: str,
    size: float,
    width: Width,
    *,
    is_bold: bool = False,
    centred: bool = False,
    indent: float = 0.0,
    mark: str = "",
    leading: float = LEADING,
) -> list[Strip]:
    """A paragraph, a strip a line, with a third of a line below; less between the lines of a list."""
    step = size * PT * leading
    strips = []
    broken = lines(text, INNER - indent, lambda piece: width(piece, size))
    for number, line in enumerate(broken, 1):
        left = MARGIN + indent + ((INNER - indent - width(line, size)) / 2 if centred else 0.0)
        marks: list[Mark] = [Words(left, size * PT * 1.1, line, size, is_bold)]
        if mark and number == 1:
            marks.append(Words(MARGIN, size * PT * 1.1, mark, size))
        strips.append(
            Strip(tuple(marks), step + (step / (8 if mark else 3) if number == len(broken) else 0.0))
        )
    return strips


def _labelled(rows: Iterable[tuple[str, str]], size: float, width: Width) -> list[Strip]:
    """Label and value, the labels in a column of their own."""
    rows = list(rows)
    column = max((width(f"{label}：", size) for label, _ in rows), default=0.0)
    step = size * PT * LEADING
    strips = []
    for label, value in rows:
        broken = lines(value, INNER - column, lambda piece: width(piece, size))
        marks = [Words(MARGIN, size * PT * 1.1, f"{label}：", size)]
        marks += [
            Words(MARGIN + column, size * PT * 1.1 + step * number, line, size, is_bold=True)
            for number, line in enumerate(broken)
        ]
        strips.append(Strip(tuple(marks), step * len(broken) + step * 0.2))
    return strips


def _grid(grid: Grid, size: float, width: Width) -> list[Strip]:
    widths = _columns(grid, size, width)
    strips = _text(grid.caption, size, width, centred=True) if grid.caption else []
    for number, row in enumerate(grid.rows):
        strips.append(
            _grid_row(row, widths, size, width, is_head=grid.has_head and number == 0, is_first=number == 0)
        )
    return [*strips, Strip((), size * PT)]


def _grid_row(
    row: Sequence[str], widths: Sequence[float], size: float, width: Width, *, is_head: bool, is_first: bool
) -> Strip:
    step = size * PT * 1.35
    cells = [
        lines(cell, column - 2 * PAD, lambda piece: width(piece, size))
        for cell, column in zip(row, widths, strict=True)
    ]
    height = max(len(cell) for cell in cells) * step + 2 * PAD
    marks: list[Mark] = [Rule(MARGIN, height, MARGIN + sum(widths), height)]
    marks += [Rule(MARGIN, 0.0, MARGIN + sum(widths), 0.0)] * is_first
    x = MARGIN
    for cell, column in zip(cells, widths, strict=True):
        marks.append(Rule(x, 0.0, x, height))
        marks += [
            Words(x + PAD, PAD + size * PT + step * number, line, size, is_head)
            for number, line in enumerate(cell)
        ]
        x += column
    marks.append(Rule(x, 0.0, x, height))
    return Strip(tuple(marks), height, leads=is_head)


def _columns(grid: Grid, size: float, width: Width) -> list[float]:
    """Shares of the paper by what stands in the columns; none so small that it holds less than two characters."""
    least = 2 * size * PT + 2 * PAD
    wanted = [
        max(least, min(INNER / 2, max(width(cell, size) for cell in column) + 2 * PAD + 0.5))
        for column in zip(*grid.rows, strict=True)
    ]
    spare = INNER - sum(wanted)
    if spare >= 0:
        return [column + spare * column / sum(wanted) for column in wanted]
    room = INNER - least * len(wanted)
    if room <= 0:
        return [INNER / len(wanted)] * len(wanted)
    beyond = sum(wanted) - least * len(wanted)
    return [least + (column - least) * room / beyond for column in wanted]
