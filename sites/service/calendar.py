"""A calendar of service notices: which days each one touches, and what it says on that day. Pure; days are local."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from sites.service.notices import Notice

LONG = timedelta(days=7)
"""What lasts longer stands at its first and its last day only: a payment season is no event of each day."""
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Mark:
    """A notice on one day; `when` is what it says of the hour."""

    notice: Notice
    when: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day with what is on it; `is_inside`: of the month that is shown."""

    date: date
    marks: Sequence[Mark]
    is_today: bool
    is_inside: bool = True

    @property
    def weekday(self) -> str:
        return f"周{WEEKDAYS[self.date.weekday()]}"


def days(notices: Iterable[Notice], dates: Iterable[date], today: date) -> list[Day]:
    """These dates with their marks, in the order of the notices."""
    marked: dict[date, list[Mark]] = {day: [] for day in dates}
    for notice in notices:
        for day, mark in marks(notice):
            if day in marked:
                marked[day].append(mark)
    return [Day(day, found, day == today) for day, found in marked.items()]


def marks(notice: Notice) -> Iterator[tuple[date, Mark]]:
    """The days of its beginning to its end, and the day of its deadline."""
    facts = notice.facts
    start, end = facts.start, facts.end
    if start or end:
        yield from ((day, Mark(notice, when)) for day, when in _span(start, end))
    if facts.deadline and facts.deadline != end:
        deadline = timezone.localtime(facts.deadline)
        yield deadline.date(), Mark(notice, f"{_clock(deadline)} 截止")


def _span(start: datetime | None, end: datetime | None) -> Iterator[tuple[date, str]]:
    """An end at midnight belongs to the day before."""
    first = timezone.localtime(start) if start else None
    last = timezone.localtime(end) if end else None
    if first is None or last is None:
        if first:
            yield first.date(), f"{_clock(first)} 起"
        elif last:
            yield last.date(), f"{_clock(last)} 结束"
        return
    final = max(first, last - timedelta(microseconds=1)).date()
    if first.date() == final:
        yield final, f"{_clock(first)}—{_clock(last, ends=True)}"
        return
    yield first.date(), f"{_clock(first)} 起"
    if last - first <= LONG:
        for number in range(1, (final - first.date()).days):
            yield first.date() + timedelta(days=number), "全天"
    yield final, f"至 {_clock(last, ends=True)}"


def _clock(moment: datetime, *, ends: bool = False) -> str:
    return "24:00" if ends and not (moment.hour or moment.minute) else f"{moment:%H:%M}"
