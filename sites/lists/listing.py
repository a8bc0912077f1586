"""What a site shows, newest first: placements of its outlet, read by keyset along the placement_list index.

Each (column, part of the keyset) is one short index range; they are united in one statement, so a column that
collects several codes, and a home page with many columns, cost two statements whatever they hold. What is wanted shows
at once, paused outlet or not: the channel says `shown_at_commit`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from channels.edition import Edition, ItemType
from channels.models import Outlet, Placement
from sites.items.validity import Validity
from sites.lists.moments import from_micros, micros
from sites.media import pictures

NEWEST_FIRST = ("-rank", "-published_at", "-pk")
OLDEST_FIRST = ("rank", "published_at", "pk")


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in a list: a row that was shown."""

    rank: int
    published_at: datetime
    pk: int

    @classmethod
    def after(cls, placement: Placement) -> Self:
        return cls(placement.rank, placement.published_at, placement.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for anything that `str` did not make."""
        rank, moment, pk = (int(part) for part in text.split("."))
        if abs(rank) >= 2**31 or abs(pk) >= 2**63:
            raise ValueError(f"no such row: {text}")
        return cls(rank, from_micros(moment), pk)

    def __str__(self) -> str:
        return f"{self.rank}.{micros(self.published_at)}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    placement: Placement
    edition: Edition
    url: str = ""
    state: Validity | None = None

    @property
    def card(self) -> tuple[str, str] | None:
        """(address, CSS classes) of the cover as a small picture."""
        cover = self.edition.cover
        return (
            (pictures.url(cover.asset, pictures.CARD), pictures.focal_class(cover.asset)) if cover else None
        )

    @property
    def srcset(self) -> str:
        """The cover in the two sizes that a home page uses; empty for a picture that is small itself."""
        cover = self.edition.cover
        sizes = (
            {pictures.url(cover.asset, width): width for width in (pictures.CARD, pictures.LEAD)}
            if cover
            else {}
        )
        return ", ".join(f"{url} {width}w" for url, width in sizes.items()) if len(sizes) > 1 else ""

    @property
    def mark(self) -> Validity | None:
        """The state as lists show it: what is running is no news."""
        return None if self.state in {Validity.RUNNING, Validity.UPCOMING} else self.state

    @property
    def is_service(self) -> bool:
        return self.edition.type == ItemType.SERVICE_NOTICE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: below (`older`) or above a row; without a row, at the top."""

    cursor: Cursor | None = None
    is_older: bool = True

    @classmethod
    def asked(cls, before: str, after: str) -> Self:
        """What `?before=` and `?after=` say. Raises ValueError for anything that no page has linked to."""
        if before and after:
            raise ValueError("two places")
        return cls(Cursor.parse(before or after), is_older=bool(before)) if before or after else cls()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list. `newer` and `older` are the rows that the neighbouring pages begin at, None for no page.

    `is_top`: there is nothing above, so the first page shows it all; the reader is sent there.
    """

    rows: Sequence[Row]
    newer: Cursor | None = None
    older: Cursor | None = None
    is_top: bool = False


Ranges = Callable[[Place], Sequence[QuerySet[Placement]]]
"""The index ranges of all that lies beyond a place, nearest first."""
Key = tuple[int, Any, int, str]
"""(rank, published_at as the database gives it, pk, column): enough to choose rows before any edition is read."""


def newest(outlet: Outlet, groups: Sequence[Iterable[str]], *, limit: int, now: datetime) -> list[list[Row]]:
    """For each group of column codes its first `limit` rows. Two statements in all."""
    wanted = sorted({code for group in groups for code in group})
    ranges = [part for code in wanted for part in _ranges(outlet, code, Place(), now)]
    keys = sorted(_keys(ranges, limit), reverse=True)
    chosen = [[pk for *_, pk, code in keys if code in set(group)][:limit] for group in groups]
    rows = read({pk for group in chosen for pk in group})
    return [[rows[pk] for pk in group if pk in rows] for group in chosen]


def leaf(outlet: Outlet, codes: Iterable[str], place: Place, *, size: int, now: datetime) -> Leaf:
    """One page of what the columns show. Two statements."""
    chosen = sorted(set(codes))

    def ranges(place: Place) -> Sequence[QuerySet[Placement]]:
        return [part for code in chosen for part in _ranges(outlet, code, place, now)]

    return turn(ranges, place, size=size)


def turn(ranges: Ranges, place: Place, *, size: int, by_rank: bool = True) -> Leaf:
    """The page at `place`, and whether there are pages beside it. `by_rank`: what is pinned comes first."""
    keys = sorted(_keys(ranges(place), size + 1), key=lambda key: key[0 if by_rank else 1 : 3], reverse=True)
    more = len(keys) > size
    nearest = keys[:size] if place.is_older else keys[-size:]
    found = read({key[2] for key in nearest})
    rows = [found[key[2]] for key in nearest if key[2] in found]
    ends = [Cursor.after(row.placement) for row in (rows[0], rows[-1])] if rows else [None, None]
    if place.cursor is None:
        return Leaf(rows, older=ends[1] if more else None)
    if place.is_older:
        return Leaf(rows, newer=ends[0], older=ends[1] if more else None)
    return Leaf(rows, newer=ends[0] if more else None, older=ends[1], is_top=not more)


def placed(
    outlet: Outlet | int, code: str, until: datetime | Combinable, *, since: datetime | None = None
) -> QuerySet[Placement]:
    """What the outlet has in a column, over or not, published from `since` up to `until`.

    One bound at either end: of two SQLite takes the first to the index, and walks through all between it and the other.
    """
    rows = Placement.objects.filter(
        outlet=outlet, column_code=code, desired__isnull=False, published_at__lte=until
    )
    return rows.filter(published_at__gte=since) if since else rows


def beside(place: Place) -> Q:
    """What of the rows at the moment of a place, and beyond it, is not the place itself or before it."""
    here = place.cursor
    if here is None:
        return Q()
    if place.is_older:
        return Q(published_at__lt=here.published_at) | Q(pk__lt=here.pk)
    return Q(published_at__gt=here.published_at) | Q(pk__gt=here.pk)


def _ranges(outlet: Outlet, code: str, place: Place, now: datetime) -> list[QuerySet[Placement]]:
    """The index ranges of what a column shows beyond a place, nearest first."""
    here = place.cursor
    valid = Q(visible_until=None) | Q(visible_until__gt=now)
    shown = placed(outlet, code, now).filter(valid)
    if here is None:
        return [shown.order_by(*NEWEST_FIRST)]
    if place.is_older:
        same = placed(outlet, code, min(now, here.published_at))
        parts = same.filter(valid, beside(place), rank=here.rank), shown.filter(rank__lt=here.rank)
        return [part.order_by(*NEWEST_FIRST) for part in parts]
    same = placed(outlet, code, now, since=here.published_at)
    parts = same.filter(valid, beside(place), rank=here.rank), shown.filter(rank__gt=here.rank)
    return [part.order_by(*OLDEST_FIRST) for part in parts]


def read(keys: Collection[int]) -> dict[int, Row]:
    """The rows of these placements, without addresses. One statement."""
    found = Placement.objects.filter(pk__in=keys).select_related("desired")
    return {
        placement.pk: Row(placement, placement.desired.edition()) for placement in found if placement.desired
    }


def _keys(ranges: Sequence[QuerySet[Placement]], limit: int) -> list[Key]:
    """The first `limit` of every range. SQLite takes no LIMIT inside a compound, hence the sub-selects (Django refuses)."""
    if not ranges:
        return []
    columns = ("rank", "published_at", "pk", "column_code")
    compiled = [part[:limit].values_list(*columns).query.sql_with_params() for part in ranges]
    # No outside text in here: Django made every part, the values travel as parameters.
    parts = (f"SELECT * FROM ({sql}) AS part{n}" for n, (sql, _) in enumerate(compiled))  # noqa: S608
    parameters = [value for _, values in compiled for value in values]
    with connections[ranges[0].db].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return list(cursor.fetchall())
