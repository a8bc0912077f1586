"""Counting fetches: nothing waits for the database, nothing is lost to one that is away, a kill loses seconds."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from channels import soon
from channels.pulling import counting
from channels.pulling.counting import Fetch, Line, Tally
from tests.channels.builders import NOW

FETCH = Fetch(
    key_id=1, outlet_id=1, document="/feeds/a.rss", status=200, etag="e1", sequence=5, contents=(), at=NOW
)


class Book:
    """Stands where the database is; `is_away` makes it refuse."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.is_away = False
        self.written = threading.Event()

    def __call__(self, lines: list[Line]) -> None:
        if self.is_away:
            raise DatabaseError("locked")
        self.lines += lines
        self.written.set()


@pytest.fixture
def book() -> Book:
    return Book()


def test_fetches_that_say_the_same_are_one_line(book: Book) -> None:
    tally = Tally(book)
    for minutes in (1, 3, 2):
        tally.note(replace(FETCH, at=NOW + timedelta(minutes=minutes)))
    tally.note(replace(FETCH, status=304))
    assert tally.flush() == 2
    assert [(line.fetch.status, line.times) for line in book.lines] == [(200, 3), (304, 1)]
    assert book.lines[0].fetch.at == NOW + timedelta(minutes=3)


def test_what_cannot_be_written_is_written_later_with_what_has_come_since(book: Book) -> None:
    tally = Tally(book)
    tally.note(FETCH)
    book.is_away = True
    assert tally.flush() == 0
    tally.note(FETCH)
    book.is_away = False
    assert tally.flush() == 1
    assert [line.times for line in book.lines] == [2]


def test_a_flood_of_addresses_stays_within_the_memory_it_may_have(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "LINES_MAX", 3)
    tally = Tally(book)
    for number in range(5):
        tally.note(replace(FETCH, document=f"/feeds/by/tag/{number}.rss"))
    tally.note(replace(FETCH, document="/feeds/by/tag/0.rss"))
    assert tally.flush() == 3


def test_a_tally_writes_by_itself_and_at_the_end(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soon, "SECONDS", 0.01)
    monkeypatch.setattr(soon.atexit, "register", lambda work: None)
    tally = Tally(book)
    tally.soon.begin()
    tally.note(FETCH)
    assert book.written.wait(30), "the thread never wrote"
    tally.soon.close()
    tally.note(FETCH)
    tally.soon.close()
    assert sum(line.times for line in book.lines) == 2


def test_noting_waits_for_no_write(book: Book) -> None:
    """A reader is answered while a batch hangs in the database."""
    hanging, going_on = threading.Event(), threading.Event()

    def hang(lines: list[Line]) -> None:
        hanging.set()
        going_on.wait(30)

    tally = Tally(hang)
    tally.note(FETCH)
    flush: Any = threading.Thread(target=tally.flush)
    flush.start()
    assert hanging.wait(30)
    tally.note(FETCH)
    going_on.set()
    flush.join()
    assert tally.flush() == 1
