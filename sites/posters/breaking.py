"""Breaking Chinese text into lines: anywhere but before closing marks, after opening ones, and inside words and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

Measure = Callable[[str], float]
"""Width of a text, in the unit of the width that it is broken to."""

INDENT = "\u3000"
"""A blank as wide as a character: a paragraph begins with two of them."""
NOT_FIRST = frozenset("，。、；：！？）》」』】〕”’…—·%％℃,.;:!?)]}")
NOT_LAST = frozenset("（《「『【〔“‘([{￥¥$")
_PIECE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.,:/@_+~\-]*|\s+|.", re.DOTALL)


def lines(text: str, width: float, measure: Measure) -> list[str]:
    """At least one line; a word wider than `width` is cut. Line breaks of the text are kept."""
    return [line for part in text.split("\n") for line in _broken(part, width, measure)]


def balanced(text: str, width: float, measure: Measure) -> list[str]:
    """As few lines as `lines` makes, broken before a bracket or into about the same length: for headlines."""
    fewest = lines(text, width, measure)
    head, bracket, tail = text.rpartition("（")
    apart = lines(f"{head}\n{bracket}{tail}", width, measure) if head else []
    if len(apart) == len(fewest):
        return apart
    for share in range(50, 100, 2):
        narrow = lines(text, width * share / 100, measure)
        if len(narrow) == len(fewest):
            return narrow
    return fewest


def _broken(text: str, width: float, measure: Measure) -> list[str]:
    done: list[str] = []
    line: list[str] = []
    used = 0.0
    for piece in _pieces(text, width, measure):
        size = measure(piece)
        if line and used + size > width:
            carried = _carried(line, piece)
            done.append("".join(line).rstrip())
            line, used = carried, measure("".join(carried))
            if used + size > width:  # a long word: rather a mark out of place than a line out of the paper
                done.append("".join(line))
                line, used = [], 0.0
        if line or not piece.isspace() or INDENT in piece:
            line.append(piece)
            used += size
    return [*done, "".join(line).rstrip()]


def _carried(line: list[str], piece: str) -> list[str]:
    """What has to go down with `piece`; taken off `line`, of which something is always left."""
    carried: list[str] = []
    while len(line) > 1 and ((carried or [piece])[0][0] in NOT_FIRST or line[-1][-1] in NOT_LAST):
        carried.insert(0, line.pop())
    return carried


def _pieces(text: str, width: float, measure: Measure) -> list[str]:
    """Single characters and whole words; words that fit no line as single characters."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        pieces += [piece] if measure(piece) <= width else list(piece)
    return pieces
