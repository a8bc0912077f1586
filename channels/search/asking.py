"""What is asked of the index, in the words of neither database: how deep to look, under which conditions, what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import Any, ClassVar, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from channels import bulk
from channels.search.words import Phrase

SHANGHAI = ZoneInfo("Asia/Shanghai")
TICKS = 1024
"""Places in one second."""


class Depth(IntEnum):
    """How far into an item one looks; each takes in those before it."""

    TITLE = 0
    SUMMARY = 1
    WHOLE = 2

    @property
    def mark(self) -> str:
        """What the tokens of this part of the index begin with; no token of a text has such a character."""
        return ("^", "~", "")[self]

    def phrase(self, phrase: Phrase) -> Phrase:
        """As this part of the index is asked for it."""
        return (phrase.in_title() if self is Depth.TITLE else phrase).marked(self.mark)


class TooCostly(RuntimeError):
    """The database was told to give up on a query."""

    SECONDS: ClassVar[float] = 2.0


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that fits: its place in time, its item, its title as it stands in the index."""

    place: int
    content_id: UUID
    title: str

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        return cls(int(row[0]), bulk.read_key(row[1]), str(row[2]))


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over the entry (e) and its item (i); `bounds` are comparisons with the entry's place; `known` is left out."""

    sql: str
    values: tuple[Any, ...]
    bounds: tuple[tuple[str, int], ...] = ()
    known: tuple[int, ...] = ()

    def without(self, hits: Iterable[Hit]) -> Condition:
        """The same for whoever has these hits: none is looked up again."""
        return replace(self, known=tuple(hit.place for hit in hits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader narrows a search down by. Codes and slugs are compared as they are; unknown ones find nothing.

    since, until: days in Liuzhou, both inclusive. outlet: the slug of one hosted site. is_over: what is past its
    validity is listed too.
    """

    item_type: str = ""
    column: str = ""
    unit: str = ""
    street: str = ""
    outlet: str = ""
    since: date | None = None
    until: date | None = None
    has_attachment: bool | None = None
    is_over: bool = False


_SHOWN = """EXISTS (SELECT 1 FROM syndication_placement p JOIN syndication_outlet o ON o.id = p.outlet_id
WHERE p.item_id = e.item_id AND p.desired_id IS NOT NULL AND o.channel = 'hosted' AND o.retired_at IS NULL"""


@dataclass(slots=True)
class _Where:
    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, sql: str, *values: Any) -> None:
        self.parts.append(sql)
        self.values += values


def condition(filters: Filters, now: datetime) -> Condition:
    """Only what the public may read: current, not withdrawn, wanted at a hosted site that is in service."""
    where = _Where()
    where.add("i.withdrawn_at IS NULL AND i.current_id = e.record_id")
    if not filters.is_over:
        where.add("(i.expires_at IS NULL OR i.expires_at > %s)", _moment(now))
    for column, wanted in (
        ("i.item_type", filters.item_type),
        ("i.column_code", filters.column),
        ("i.issuer_code", filters.unit),
    ):
        if wanted:
            where.add(f"{column} = %s", wanted)
    if filters.has_attachment is not None:
        where.add("e.has_attachment" if filters.has_attachment else "NOT e.has_attachment")
    if filters.street:
        where.add(
            "EXISTS (SELECT 1 FROM syndication_itemtag t WHERE t.item_id = e.item_id AND t.tag = %s)",
            filters.street,
        )
    if filters.outlet:
        where.add(f"{_SHOWN} AND o.slug = %s)", filters.outlet)
    else:
        where.add(f"{_SHOWN})")
    bounds = [(">=", _begin(filters.since))] if filters.since else []
    if filters.until and filters.until < date.max:
        bounds.append(("<", _begin(filters.until + timedelta(days=1))))
    return Condition(" AND ".join(where.parts), tuple(where.values), tuple(bounds))


def latest(condition: Condition, limit: int) -> list[Hit]:
    """The newest entries that fit, whatever they say."""
    bounds = "".join(f" AND e.id {sign} {place}" for sign, place in condition.bounds)
    with connection.cursor() as cursor:
        # No outside text in here but parameters: the bounds are numbers.
        cursor.execute(
            "SELECT e.id, e.item_id, e.title FROM search_index_entry e"  # noqa: S608
            " JOIN syndication_item i ON i.content_id = e.item_id"
            f" WHERE {condition.sql}{bounds} ORDER BY e.id DESC LIMIT %s",
            [*condition.values, limit],
        )
        return [Hit.from_row(row) for row in cursor.fetchall()]


def place_of(published: datetime, content_id: UUID) -> int:
    """Where an entry stands in time; two items of one second stand beside each other in an order of their own."""
    return int(published.timestamp()) * TICKS + content_id.int % TICKS


def _begin(day: date) -> int:
    return int(datetime.combine(day, time(), SHANGHAI).timestamp()) * TICKS


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)
