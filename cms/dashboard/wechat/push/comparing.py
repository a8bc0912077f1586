"""What is different between two editions of an item, for a person who has to choose. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from channels.edition import Edition
from channels.formats import text as plain


@dataclass(frozen=True, slots=True)
class Part:
    """`lines` are (sign, text) with sign "-", "+" or " "; none when both editions say the same."""

    label: str
    lines: Sequence[tuple[str, str]]


def compare(held: Edition, newest: Edition) -> list[Part]:
    return [
        Part("标题", _changes([held.headline], [newest.headline])),
        Part("摘要", _changes([held.summary], [newest.summary])),
        Part("正文", _changes(_body(held), _body(newest))),
    ]


def _body(edition: Edition) -> list[str]:
    return [line for line in plain.article_text(edition).splitlines() if line.strip()]


def _changes(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    if before == after:
        return []
    lines = difflib.unified_diff(before, after, lineterm="", n=1)
    return [(line[0], line[1:]) for line in lines if not line.startswith(("---", "+++", "@@"))]
