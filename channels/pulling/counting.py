"""Counts fetches in memory, so that a read waits for no write; a thread of its own takes them to the database.

A process that is killed loses the fetches of the last seconds (channels/soon.py). Nothing is lost for good: the reader comes again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from channels.soon import Soon

logger = logging.getLogger(__name__)

LINES_MAX = 10_000
"""Different fetches in memory; more in a few seconds are no webmaster's, and are not counted."""

Contents = tuple[tuple[UUID, int | None], ...]
"""What a document shows: item and id of its edition, None for an item that it buries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One answer, 200 or 304: both prove that the reader has these bytes."""

    key_id: int
    outlet_id: int
    document: str
    status: int
    etag: str
    sequence: int
    contents: Contents
    at: datetime


@dataclass(slots=True)
class Line:
    """Fetches that differ in nothing but their time: the last of them, and how many."""

    fetch: Fetch
    times: int


class Tally:
    """Fetches that are not yet in the database. Any thread may note; one at a time flushes."""

    def __init__(self, write: Callable[[list[Line]], None] | None = None) -> None:
        self._lines: dict[tuple[int, str, int, str], Line] = {}
        self._guard = threading.Lock()
        self._flushing = threading.Lock()
        self._write = write
        self.soon = Soon(self, name="pulls")

    def note(self, fetch: Fetch) -> None:
        """Microseconds, whatever the database is doing."""
        with self._guard:
            self._add([Line(fetch, 1)])
        self.soon.wake()

    def is_empty(self) -> bool:
        return not self._lines

    def flush(self) -> int:
        """Write what is there; returns how many lines. What cannot be written now is kept for the next time."""
        from django.db import DatabaseError

        with self._flushing:
            with self._guard:
                lines, self._lines = list(self._lines.values()), {}
            if not lines:
                return 0
            try:
                (self._write or _to_database)(lines)
            except DatabaseError as error:
                logger.warning("%d fetches not written, trying again: %s", len(lines), error)
                with self._guard:
                    later, self._lines = list(self._lines.values()), {}
                    self._add([*lines, *later])
                return 0
        return len(lines)

    def _add(self, lines: Iterable[Line]) -> None:
        for line in lines:
            fetch = line.fetch
            key = (fetch.key_id, fetch.document, fetch.status, fetch.etag)
            held = self._lines.get(key)
            if held is not None:
                held.times += line.times
                held.fetch = max(held.fetch, fetch, key=lambda one: one.at)
            elif len(self._lines) < LINES_MAX:
                self._lines[key] = line


tally = Tally()
"""This process's."""


def _to_database(lines: list[Line]) -> None:
    from channels.pulling import flushing

    flushing.write(lines)
