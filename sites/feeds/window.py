"""Window: which items one page of a feed shows and buries, by keys alone. No edition is read here.

Ordered by the last change, not by publication: a correction of an old item has to reach subscribers too. Every kind that
a selection names is a condition; the rarest one drives, code by code along its index, so that a page costs the same
whatever the archive holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from channels.models import Item, ItemTag, Outlet, Placement
from channels.prepared import Prepared, moment
from channels.pulling.counting import Contents
from sites.feeds.selection import Selection
from sites.lists.moments import from_micros, micros

SHOWN_CHANNELS = ("feed", "hosted")
"""The channels whose outlets the public reads here."""
MOURNING = timedelta(days=90)
"""How long a tombstone stays: longer than any subscriber's holiday."""
TOMBSTONES_MAX = 200
PREPARED_MAX = 512
"""Selections whose first page a process keeps the statements of."""
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""`updated` of a feed that has never had an item."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item in a feed. `changed` is its last change there."""

    item: UUID
    edition: int | None
    published: datetime
    changed: datetime
    until: datetime | None

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.changed, self.item


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two lines: the next page begins after it."""

    changed: datetime
    item: UUID

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises ValueError for anything that `str` did not make."""
        moment, _, item = text.partition(".")
        return cls(from_micros(int(moment)), UUID(hex=item))

    def __str__(self) -> str:
        return f"{micros(self.changed)}.{self.item.hex}"


@dataclass(frozen=True, slots=True)
class Window:
    """`changed` is the last change of all that is shown, `until` when the page changes by itself next.

    `older` is the cursor of the next page, None on the last one.
    """

    shown: Sequence[Line]
    buried: Sequence[Line]
    changed: datetime
    until: datetime | None
    older: Cursor | None

    def contents(self, *, buried: bool) -> Contents:
        """What whoever has the page has: editions, and (where the page tells it) that the buried ones are gone."""
        gone = [(line.item, None) for line in self.buried] if buried else []
        return (*((line.item, line.edition) for line in self.shown), *gone)

    @property
    def keys(self) -> tuple[Any, ...]:
        """What the page's bytes depend on, besides the feed's own settings."""
        lines = [(line.item.hex, line.edition, line.changed) for line in (*self.shown, *self.buried)]
        return (lines, len(self.shown), str(self.older))


def window(
    selection: Selection,
    now: datetime,
    *,
    before: Cursor | None = None,
    between: Between | None = None,
    limit: int | None = None,
) -> Window:
    """One page of what `selection` shows, `limit` lines instead of its own size.

    `between` keeps to the lines that changed in a span of time (an archive).
    """
    size = limit or selection.size
    found, buried = (
        _first_page(selection, size, now)
        if before is None and between is None
        else (_newest(_rows(_Question(selection, now, before, between).living(), size + 1), size + 1), [])
    )
    page = found[:size]
    older = Cursor(*page[-1].order) if len(found) > size else None
    ends = [line.until for line in page if line.until]
    changes = [line.changed for line in (*page, *buried)]
    return Window(
        shown=[line for line in page if line.until is None or line.until > now],
        buried=_standing(buried, page),
        # An item whose validity ends leaves without a change of its row: the feed changed at that moment.
        changed=max([BEGINNING, *changes, *(end for end in ends if end <= now)]),
        until=min(
            [end for end in ends if end > now] + [line.changed + MOURNING for line in buried], default=None
        ),
        older=older,
    )


def _first_page(selection: Selection, size: int, now: datetime) -> tuple[list[Line], list[Line]]:
    """What is shown, one more than `size`, and what is buried: the page that is read anew after every change."""
    living, buried = _prepared(selection, size + 1)
    return (
        _newest((statement.run(now) for statement in living), size + 1),
        _newest((statement.run(now - MOURNING) for statement in buried), TOMBSTONES_MAX),
    )


@lru_cache(maxsize=PREPARED_MAX)
def _prepared(selection: Selection, limit: int) -> tuple[list[Prepared], list[Prepared]]:
    """Living (given the moment) and buried (given the beginning of the mourning)."""
    asked = _Question(selection, moment(0), None, None, since=moment(0))
    return (
        [Prepared(rows[:limit], moments=1) for rows in asked.living()],
        [Prepared(rows[:TOMBSTONES_MAX], moments=1) for rows in asked.buried()],
    )


def line_of(selection: Selection, item: UUID, now: datetime) -> Line | None:
    """One item of what `selection` shows, however old; its edition is None where it was taken back within 90 days."""
    asked = _Question(selection, now, None, None)
    key = "item_id" if selection.outlet else "pk"
    for rows in asked.living():
        if found := rows.filter(**{key: item}).first():
            return Line(*found)
    for rows in asked.buried():
        if found := rows.filter(**{key: item}).first():
            return replace(Line(*found), edition=None)
    return None


def edge(selection: Selection, now: datetime, between: Between, *, newest: bool) -> datetime | None:
    """When something changed last (`newest`) or first in a span of time; None where nothing did."""
    ranges = list(_Question(selection, now, None, between).living())
    found = [row[3] for rows in ranges for row in (rows if newest else rows.reverse())[:1]]
    return (max if newest else min)(found, default=None)


_PLACED = Placement.objects.filter(item=OuterRef("pk"), outlet__channel__in=SHOWN_CHANNELS)

Between = tuple[datetime, datetime]
"""From (inclusive) and to (exclusive)."""


@dataclass(frozen=True, slots=True)
class _Question:
    """The statements behind one page: each is one short index range, newest first."""

    selection: Selection
    now: datetime
    before: Cursor | None
    between: Between | None
    since: datetime | None = None
    """From when on the dead are mourned, if not for MOURNING before `now`."""

    def living(self) -> Iterator[QuerySet[Any, Any]]:
        if self.selection.outlet:
            yield self._placements().filter(desired__isnull=False, published_at__lte=self.now)
            return
        public = Exists(_PLACED.filter(desired__isnull=False, outlet__retired_at=None))
        for rows in self._items():
            yield rows.filter(public, withdrawn_at=None, first_published_at__lte=self.now)

    def buried(self) -> Iterator[QuerySet[Any, Any]]:
        since = self.since or self.now - MOURNING
        if self.selection.outlet:
            yield self._placements().filter(desired__isnull=True, desired_at__gt=since)
            return
        for rows in self._items():
            yield rows.filter(Exists(_PLACED), withdrawn_at__isnull=False, changed_at__gt=since)

    def _placements(self) -> QuerySet[Any, Any]:
        """(item, edition, published, changed, until) of one outlet.

        Its key comes from a statement within: by a join PostgreSQL would not see that the index is in order already.
        """
        outlet = Outlet.objects.filter(slug=self.selection.outlet).order_by().values("pk")[:1]
        rows = Placement.objects.filter(self._span("desired_at", "item_id"), outlet=outlet)
        if self.selection.columns:
            rows = rows.filter(column_code__in=self.selection.columns)
        if self.selection.units:
            rows = rows.filter(item__issuer_code__in=self.selection.units)
        if self.selection.types:
            rows = rows.filter(item__item_type__in=self.selection.types)
        if self.selection.tags:
            rows = rows.filter(Exists(_tagged(self.selection.tags, "item_id")))
        return rows.order_by("-desired_at", "-item_id").values_list(
            "item_id", "desired_id", "published_at", "desired_at", "visible_until"
        )

    def _items(self) -> Iterator[QuerySet[Any, Any]]:
        """The same of the whole district, each item once: one range for each code of the kind that drives."""
        chosen = {
            "issuer_code": self.selection.units,
            "column_code": self.selection.columns,
            "item_type": self.selection.types,
        }
        driving = next((field for field, codes in chosen.items() if codes), None)
        rows = Item.objects.filter(self._span("changed_at", "content_id"))
        for field, codes in chosen.items():
            if codes and field != driving:
                rows = rows.filter(**{f"{field}__in": codes})
        if self.selection.tags:
            rows = rows.filter(Exists(_tagged(self.selection.tags, "pk")))
        for code in chosen[driving] if driving else ("",):
            some = rows.filter(**{driving: code}) if driving else rows
            yield some.order_by("-changed_at", "-content_id").values_list(
                "content_id", "current_id", "first_published_at", "changed_at", "expires_at"
            )

    def _span(self, moment: str, key: str) -> Q:
        span = Q()
        if self.before:
            at, item = self.before.changed, self.before.item
            # The first half is the index range, the second cuts it exactly.
            span &= Q(**{f"{moment}__lte": at}) & (Q(**{f"{moment}__lt": at}) | Q(**{f"{key}__lt": item}))
        if self.between:
            span &= Q(**{f"{moment}__gte": self.between[0], f"{moment}__lt": self.between[1]})
        return span


def _tagged(tags: Iterable[str], key: str) -> QuerySet[ItemTag]:
    return ItemTag.objects.filter(item=OuterRef(key), tag__in=list(tags))


def _rows(ranges: Iterable[QuerySet[Any, Any]], limit: int) -> Iterator[Iterable[tuple[Any, ...]]]:
    return (rows[:limit] for rows in ranges)


def _newest(ranges: Iterable[Iterable[tuple[Any, ...]]], limit: int) -> list[Line]:
    lines = (Line(*row) for rows in ranges for row in rows)
    return nlargest(limit, lines, key=lambda line: line.order)


def _standing(buried: Sequence[Line], living: Sequence[Line]) -> list[Line]:
    """One an item, and none for an item that lives again."""
    alive = {line.item for line in living}
    return [line for line in buried if line.item not in alive]


def outlet_of(selection: Selection) -> Outlet | None:
    """The outlet that a selection names, while the public may read it; None also for one that is retired."""
    if not selection.outlet:
        return None
    return Outlet.objects.filter(slug=selection.outlet, channel__in=SHOWN_CHANNELS, retired_at=None).first()
