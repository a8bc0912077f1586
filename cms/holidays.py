"""The calendar of working days: the State Council's arrangements, and on top of them what the desk has entered.

The arrangements come from the package `chinesecalendar` (each year after they are announced, in November); Guangxi's
三月三 and a year that the package does not know are entered in the admin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cms.models import DayKind, Holiday
from cms.workdays import Calendar

FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""(month, day): 元旦, 劳动节 and 国庆节 by 《全国年节及纪念日放假办法》 (2024); the rest follows the moon."""
LEGAL_DAYS = 13
"""Days off by that rule. A year for which as many have been entered counts as known."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that differs from a plain week; `own`: entered at the desk."""

    date: date
    kind: DayKind
    name: str
    own: bool = False


def calendar(years: Iterable[int]) -> Calendar:
    """One query and, the first time in a process, one import."""
    wanted = frozenset(years)
    days = merged(wanted)
    entered = [day.date.year for day in days if day.own and day.kind == DayKind.OFF]
    known = _package_years() | {year for year in wanted if entered.count(year) >= LEGAL_DAYS}
    return Calendar(
        off=frozenset(day.date for day in days if day.kind == DayKind.OFF),
        on=frozenset(day.date for day in days if day.kind == DayKind.ON),
        unknown=wanted - known,
    )


def around(day: date) -> Calendar:
    """Enough for any term that began last year or ends next year."""
    return calendar((day.year - 1, day.year, day.year + 1))


def merged(years: Iterable[int]) -> list[Day]:
    """By date; what the desk has entered stands in place of the package's word."""
    wanted = frozenset(years)
    days = {day.date: day for year in wanted for day in _defaults(year)}
    for row in Holiday.objects.filter(date__year__in=wanted):
        days[row.date] = Day(row.date, DayKind(row.kind), row.name, own=True)
    return sorted(days.values(), key=lambda day: day.date)


def _defaults(year: int) -> list[Day]:
    from chinese_calendar import constants

    if year not in _package_years():
        return [Day(date(year, month, day), DayKind.OFF, "固定节日") for month, day in FIXED]
    off = [Day(day, DayKind.OFF, _name(name)) for day, name in constants.holidays.items() if day.year == year]
    on = [Day(day, DayKind.ON, _name(name)) for day, name in constants.workdays.items() if day.year == year]
    return off + on


def _package_years() -> frozenset[int]:
    from chinese_calendar import constants

    return frozenset(day.year for day in constants.holidays)


def _name(english: str) -> str:
    from chinese_calendar.constants import Holiday as Named

    return next((str(named.chinese) for named in Named if named.value == english), english)
