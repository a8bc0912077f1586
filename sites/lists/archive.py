"""A column's archive: what it has had, month by month, over or not, read along the placement_list index.

That index leads by rank, and nearly everything has rank 0; the few that are pinned up or down are read beside it, so a
month is three short ranges a column, and which months there are is asked in two statements without counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import BooleanField, DateTimeField, Exists, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone

from channels.models import Outlet, Placement
from channels.prepared import Prepared, moment
from sites.lists.listing import Leaf, Place, beside, placed, turn
from sites.lists.months import Month

YEARS = 15
"""How far back the archive's own links go; an older month is found by its address."""
PREPARED_MAX = 512
"""Columns and years that a process keeps the statement of."""
PINNED_MAX = 500
Span = tuple[datetime, datetime]
"""From (inclusive) and to (exclusive)."""
TICK = timedelta(microseconds=1)
"""The databases keep no finer time."""
RANKS = (Q(rank=0), Q(rank__gt=0), Q(rank__lt=0))


@dataclass(frozen=True, slots=True)
class Past:
    """The years and the months of one year that have anything, newest first."""

    years: Sequence[int]
    months: Sequence[Month]


def past(outlet: Outlet, codes: Iterable[str], *, year: int, now: datetime) -> Past:
    """Two statements."""
    chosen, this_year = tuple(sorted(set(codes))), timezone.localtime(now).year
    if not chosen:
        return Past((), ())
    years, months = _years(this_year), _months(year)
    (found,) = _plain(outlet.pk, chosen, year, this_year).run(now)
    pinned = _pinned_moments(outlet, chosen, now)
    has = [
        any_plain or _has(pinned, span) for any_plain, span in zip(found, _spans(years, months), strict=True)
    ]
    return Past(
        [year for year, has_any in zip(years, has, strict=False) if has_any],
        [month for month, has_any in zip(months, has[len(years) :], strict=True) if has_any],
    )


def _years(latest: int) -> Sequence[int]:
    return range(latest, latest - YEARS, -1)


def _months(year: int) -> Sequence[Month]:
    return [Month(year, number) for number in range(12, 0, -1)]


def _spans(years: Iterable[int], months: Iterable[Month]) -> list[Span]:
    return [
        *((Month(year, 1).begin, Month(year + 1, 1).begin) for year in years),
        *((month.begin, month.end) for month in months),
    ]


@lru_cache(maxsize=PREPARED_MAX)
def _plain(outlet: int, codes: tuple[str, ...], year: int, this_year: int) -> Prepared:
    """Span by span, whether there is anything of rank 0. Given the moment; building it costs more than running it."""
    asked = (_any(outlet, codes, span) for span in _spans(_years(this_year), _months(year)))
    return Prepared(Outlet.objects.filter(pk=outlet).order_by().values_list(*asked), moments=1)


def _pinned_moments(outlet: Outlet, codes: Sequence[str], now: datetime) -> list[datetime]:
    """When the few were published that are pinned up or down."""
    first, *others = (part.values_list("published_at", flat=True) for part in pinned(outlet, codes, now))
    return list(first.union(*others, all=True)[:PINNED_MAX])


def pinned(outlet: Outlet, codes: Iterable[str], now: datetime) -> list[QuerySet[Placement]]:
    """The index ranges of what is pinned up or down. Asked for what is not 0, PostgreSQL reads the whole table."""
    return [placed(outlet, code, now).filter(rank) for code in codes for rank in RANKS[1:]]


def _has(moments: Iterable[datetime], span: Span) -> bool:
    return any(span[0] <= at < span[1] for at in moments)


def leaf(
    outlet: Outlet, codes: Iterable[str], month: Month, place: Place, *, size: int, now: datetime
) -> Leaf:
    """One page of a month, newest first, whatever is pinned. Two statements."""
    chosen = sorted(set(codes))
    return turn(lambda place: spans(outlet, chosen, month, place, now), place, size=size, by_rank=False)


def spans(
    outlet: Outlet, codes: Iterable[str], month: Month, place: Place, now: datetime
) -> list[QuerySet[Placement]]:
    """The index ranges of a month beyond a place, nearest first."""
    since, until, here = month.begin, min(now, month.end - TICK), place.cursor
    if here and place.is_older:
        until = min(until, here.published_at)
    elif here:
        since = max(since, here.published_at)
    order = ("-published_at", "-pk") if place.is_older else ("published_at", "pk")
    return [
        placed(outlet, code, until, since=since).filter(beside(place), rank).order_by(*order)
        for code in codes
        for rank in RANKS
    ]


def beyond(place: Place) -> Q:
    """What lies beyond a place in the order of time."""
    here = place.cursor
    if here is None:
        return Q()
    bound = (
        Q(published_at__lte=here.published_at) if place.is_older else Q(published_at__gte=here.published_at)
    )
    return bound & beside(place)


def _any(outlet: int, codes: Sequence[str], span: Span) -> ExpressionWrapper:
    """Whether the columns have anything of rank 0 in a span of time, before `moment(0)`."""
    until = Least(Value(span[1] - TICK), Value(moment(0)), output_field=DateTimeField())
    parts = [Exists(placed(outlet, code, until, since=span[0]).filter(rank=0)) for code in codes]
    condition = Q(parts[0])
    for part in parts[1:]:
        condition |= Q(part)
    return ExpressionWrapper(condition, output_field=BooleanField())
