"""How often codes were scanned: sums over ScanDay, a fixed number of statements whatever the register holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from channels.models import Item
from sites.shortlinks import places
from sites.shortlinks.models import ScanDay

ITEMS_SHOWN = 100
ROWS_MAX = 50_000
"""Lines of a spreadsheet; what is more is asked for by a shorter period."""
HEAD = ("日期", "短码", "稿件", "来源", "次数")


@dataclass(frozen=True, slots=True)
class Period:
    """Days of Beijing's calendar, both included."""

    first: date
    last: date

    @classmethod
    def ending(cls, today: date, days: int) -> Period:
        return cls(today - timedelta(days=days - 1), today)

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Totals:
    """`by_place` as (name, times), most first; `by_day` has every day, also those without a scan."""

    times: int
    by_place: list[tuple[str, int]]
    by_day: list[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class ItemScans:
    item: Item
    code: str
    times: int


def rows(period: Period, item: Item | None = None) -> QuerySet[ScanDay]:
    found = ScanDay.objects.filter(day__range=(period.first, period.last))
    return found.filter(link__item=item) if item else found


def totals(scans: QuerySet[ScanDay], period: Period) -> Totals:
    """Two statements, and one for the names of outlets."""
    by_place = dict(scans.values_list("place").annotate(sum=Sum("times")))
    by_day = dict(scans.values_list("day").annotate(sum=Sum("times")))
    named = places.names(set(by_place))
    return Totals(
        times=sum(by_place.values()),
        by_place=sorted(
            ((named[place], times) for place, times in by_place.items()), key=lambda row: -row[1]
        ),
        by_day=[(day, by_day.get(day, 0)) for day in period.days()],
    )


def most_scanned(scans: QuerySet[ScanDay]) -> list[ItemScans]:
    """Two statements."""
    summed = scans.values_list("link", "link__item").annotate(sum=Sum("times")).order_by("-sum", "link")
    best = list(summed[:ITEMS_SHOWN])
    items = Item.objects.in_bulk([item for _, item, _ in best])
    return [ItemScans(items[item], code, times) for code, item, times in best]


def lines(scans: QuerySet[ScanDay]) -> Iterator[tuple[object, ...]]:
    """By day, as HEAD says. Two statements."""
    found = scans.order_by("day", "link", "place")[:ROWS_MAX]
    counted = list(found.values_list("day", "link", "link__item__headline", "place", "times"))
    named = places.names({place for _, _, _, place, _ in counted})
    for day, code, headline, place, times in counted:
        yield day.isoformat(), code, headline, named[place], times
