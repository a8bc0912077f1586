"""A clock that can be put forward, so that reviews, tokens and quotas can be tried without waiting."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


class Clock:
    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Unix seconds, as far ahead as it was put."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def today(self) -> date:
        return day_of(self.now())

    def day(self) -> str:
        """The day by which quotas are counted."""
        return self.today().isoformat()

    def month(self) -> str:
        return self.day()[:7]


def day_of(moment: float) -> date:
    """The day in China of a moment in Unix seconds."""
    return datetime.fromtimestamp(moment, UTC).astimezone(CHINA).date()


def shown(moment: float) -> str:
    """Unix seconds as people here read them."""
    return datetime.fromtimestamp(moment, CHINA).strftime("%Y-%m-%d %H:%M")
