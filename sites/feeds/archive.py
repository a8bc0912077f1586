"""Archives of feeds (RFC 5005): by month of the last change, in Beijing time, linked from the newest back to the first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from channels.formats.typed import SHANGHAI
from sites.feeds import addresses
from sites.feeds.selection import Selection
from sites.feeds.variants import Variant
from sites.feeds.window import Between, edge

_NAME = re.compile(r"(?P<name>.+)/archive/(?P<year>20\d{2})-(?P<month>0[1-9]|1[0-2])")
ENTRIES_MAX = 2000
"""Of one document; what a busier month holds beyond is reached by paging."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of Beijing's calendar."""

    begin: datetime

    @classmethod
    def of(cls, moment: datetime) -> Self:
        local = moment.astimezone(SHANGHAI)
        return cls(local.replace(day=1, hour=0, minute=0, second=0, microsecond=0))

    @property
    def span(self) -> Between:
        """From its first moment (inclusive) to the next month's (exclusive)."""
        return self.begin, Month.of(self.begin + timedelta(days=32)).begin

    def __str__(self) -> str:
        return f"{self.begin:%Y-%m}"


def split(name: str) -> tuple[str, Month | None]:
    """The feed's name and the month that the address asks for, None for the feed itself."""
    found = _NAME.fullmatch(name)
    if found is None:
        return name, None
    begin = datetime(int(found["year"]), int(found["month"]), 1, tzinfo=SHANGHAI)
    return found["name"], Month(begin)


def url(name: str, variant: Variant, moment: datetime) -> str:
    """Of the archive that holds what changed last at that moment."""
    return addresses.feed_url(f"{name}/archive/{Month.of(moment)}", variant.key)


def neighbours(selection: Selection, month: Month, now: datetime) -> tuple[datetime | None, datetime | None]:
    """A moment in the nearest earlier and in the nearest later month that has an archive."""
    begin, end = month.span
    return (
        edge(selection, now, (BEGINNING, begin), newest=True),
        edge(selection, now, (end, END), newest=False),
    )
