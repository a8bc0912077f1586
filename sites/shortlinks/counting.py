"""Counts scans in memory, so that a reader waits for no write; a thread of its own takes them to the database.

A scan is a link, a place and a day: no address, no cookie, nothing of the browser is kept. A process that is killed
loses the scans of the last seconds (channels/soon.py); nobody's rights hang on them.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest

from channels.soon import Soon
from sites.shortlinks import places
from sites.shortlinks.models import ScanDay

logger = logging.getLogger(__name__)

KEYS_MAX = 10_000
"""Different links, places and days in memory; what more there is within seconds is no readers' doing."""

Key = tuple[str, str, date]
"""Code, place, day."""

_MACHINE = re.compile(
    r"bot|spider|crawl|slurp|fetch|monitor|preview|curl|wget|python|java/|go-http|okhttp|libwww|headless",
    re.I,
)


def is_reader(request: HttpRequest) -> bool:
    """Whether a person has opened the link, as far as a simple rule can tell.

    A machine that calls itself a browser is counted; figures of scans are an indication, no audit.
    """
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return request.method == "GET" and bool(agent) and not _MACHINE.search(agent) and "prefetch" not in ahead


class ScanTally:
    """Scans that are not yet in the database. Any thread may note; one at a time flushes."""

    def __init__(self, write: Callable[[Mapping[Key, int]], None] | None = None) -> None:
        self._counts: Counter[Key] = Counter()
        self._guard = threading.Lock()
        self._flushing = threading.Lock()
        self._write = write or to_database
        self.soon = Soon(self, name="scans")

    def note(self, code: str, place: str, day: date) -> None:
        key = (code, place, day)
        with self._guard:
            if key in self._counts or len(self._counts) < KEYS_MAX:
                self._counts[key] += 1
        self.soon.wake()

    def is_empty(self) -> bool:
        return not self._counts

    def flush(self) -> int:
        """Write what is there; returns how many keys. What cannot be written now is kept for the next time."""
        with self._flushing:
            with self._guard:
                counts, self._counts = self._counts, Counter()
            if not counts:
                return 0
            try:
                self._write(counts)
            except DatabaseError as error:
                logger.warning("scans of %d links not written, trying again: %s", len(counts), error)
                with self._guard:
                    self._counts.update(counts)
                return 0
        return len(counts)


@transaction.atomic
def to_database(counts: Mapping[Key, int]) -> None:
    """The whole batch or nothing."""
    existing = places.known({place for _, place, _ in counts})
    merged: Counter[Key] = Counter()
    for (code, place, day), times in counts.items():
        merged[code, place if place in existing else "", day] += times
    for (code, place, day), times in sorted(merged.items()):
        rows = ScanDay.objects.filter(link_id=code, place=place, day=day)
        if not rows.update(times=F("times") + times):
            ScanDay.objects.get_or_create(link_id=code, place=place, day=day)
            rows.update(times=F("times") + times)


tally = ScanTally()
"""This process's."""
