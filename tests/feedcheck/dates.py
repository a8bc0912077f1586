"""Dates as the formats want them: None for a text that is none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# Named zones are read in different ways: CST is Chicago to most.
_RFC822 = re.compile(rf"({'|'.join(_DAYS)}), \d\d ({_MONTHS}) \d{{4}} \d\d:\d\d:\d\d [+-]\d{{4}}")


def rfc3339(text: str | None) -> datetime | None:
    if text is None or not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def rfc822(text: str | None) -> datetime | None:
    match = _RFC822.fullmatch(text or "")
    if match is None:
        return None
    try:
        moment = parsedate_to_datetime(match[0])
    except ValueError:
        return None
    return moment if _DAYS[moment.weekday()] == match[1] else None
