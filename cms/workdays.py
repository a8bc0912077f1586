"""Working-day arithmetic: weekdays, less the days off, plus the weekends that are worked (调休). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What differs from plain weeks. `unknown`: years whose holidays nobody has told yet."""

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    unknown: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        if day in self.on:
            return True
        return day.weekday() < SATURDAY and day not in self.off


def after(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a term of `days` (from 1) working days; the day on which it begins does not count."""
    day = start
    while days > 0:
        day += ONE_DAY
        days -= calendar.is_workday(day)
    return day


def left(today: date, due: date, calendar: Calendar) -> int:
    """Working days after `today` up to and including `due`; below zero: how many have passed since."""
    first, last = sorted((today, due))
    span = (last - first).days
    count = sum(calendar.is_workday(first + ONE_DAY * n) for n in range(1, span + 1))
    return count if due >= today else -count


def between(first: date, last: date, calendar: Calendar) -> int:
    """Working days from `first` to `last`, both included; 0 when they are the wrong way round."""
    return sum(calendar.is_workday(first + ONE_DAY * n) for n in range((last - first).days + 1))
