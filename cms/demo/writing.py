"""What the items of the demo district are written in: short builders for blocks, facts and dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Block = tuple[str, Any]
"""Kind and plain value; cms.demo.load turns pictures and documents into library files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoItem:
    """`days_ago`: when it was first published. `facts`: fields of its type; times as (days from today, hour).

    `streets` and `topics` are codes, `interprets` the keys of the documents that an interpretation explains.
    """

    key: str
    item_type: str
    place: tuple[str, str]
    column: str
    unit: str
    title: str
    summary: str
    days_ago: int
    blocks: tuple[Block, ...]
    keywords: str = ""
    cover: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    streets: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    interprets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A date, counted from the day of loading."""

    offset: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document of the demo by its key."""

    key: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A material of a guide; `form` is the title of its empty form."""

    name: str
    kind: str = ""
    copies: int | None = None
    note: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of a guide and its answer."""

    question: str
    answer: str


def p(text: str) -> Block:
    return ("paragraph", f"<p>{text}</p>")


def h(text: str) -> Block:
    return ("heading", text)


def picture(seed: int, alt: str, caption: str) -> Block:
    return ("picture", (seed, alt, caption))


def table(caption: str, *rows: tuple[str, ...]) -> Block:
    return ("table", (caption, rows))


def listed(*items: str, ordered: bool = True) -> Block:
    return ("list", (items, ordered))
