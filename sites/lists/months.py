"""Month: a month of the local calendar, as archives and calendars name it in their addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from django.utils import timezone

NAME = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the local calendar."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for what is no month, as `2026-13`."""
        found = NAME.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None

    @classmethod
    def of(cls, moment: datetime) -> Self:
        local = timezone.localtime(moment)
        return cls(local.year, local.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def label(self) -> str:
        return f"{self.year}年{self.number}月"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def begin(self) -> datetime:
        """Inclusive."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return self.later().begin

    def later(self, months: int = 1) -> Month:
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    def weeks(self) -> list[list[date]]:
        """Whole weeks from Monday to Sunday; the first and the last reach into the neighbouring months."""
        monday = self.first - timedelta(days=self.first.weekday())
        weeks = []
        while monday < self.later().first:
            weeks.append([monday + timedelta(days=n) for n in range(7)])
            monday += timedelta(days=7)
        return weeks


def midnight(day: date) -> datetime:
    """When a local day begins."""
    return timezone.make_aware(datetime.combine(day, time()))
