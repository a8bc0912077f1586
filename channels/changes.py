"""The log of changes: what pullers follow, and what tells served documents that they are old.

A change is noted in the transaction that makes it and numbered in one of its own right after; whoever reads the log
numbers first what a killed process has left. So the numbers have no gap, never wait for a signature, and a number is
never seen before a lower one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F
from django.utils import timezone

from channels.models import Change, Counter, Item
from channels.prepared import Prepared

CHANGES, STRUCTURE, RESTARTED = "changes", "structure", "restarted"
NOTICE = "tongsheng_changes"
"""The PostgreSQL channel on which a change tells the processes that serve documents."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """How far the hub is: the last number of the log, and how often its sites, columns and outlets have changed."""

    sequence: int
    structure: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is of the log: its numbers run from 1 to `last`. `restarted` differs when they have begun anew."""

    last: int
    restarted: int


def note(items: Iterable[UUID], *, now: datetime) -> None:
    """Something about these items has changed at some outlet; inside the caller's transaction."""
    for some in _batched(items):
        rows = Item.objects.filter(pk__in=some).values_list("pk", "current_id", "withdrawn_at")
        Change.objects.bulk_create(
            Change(item_id=pk, edition_id=None if withdrawn else current, at=now)
            for pk, current, withdrawn in rows
        )
    _tell()
    transaction.on_commit(number, robust=True)


def touch() -> None:
    """A site, column, unit or outlet has changed: documents made before may say something else now."""
    _rise(STRUCTURE, 1)
    _tell()


@transaction.atomic
def number() -> int:
    """Give the changes that have none their numbers, in the order they were noted; returns the last one given out."""
    last = _locked(CHANGES)
    waiting = list(Change.objects.filter(sequence=None).order_by("pk").only("pk"))
    for count, change in enumerate(waiting, start=1):
        change.sequence = last + count
    if waiting:
        Change.objects.bulk_update(waiting, ["sequence"], batch_size=500)
        _rise(CHANGES, len(waiting))
    return last + len(waiting)


def stamp() -> Stamp:
    """How far the hub is now. Numbers first what nobody has numbered."""
    held = _counted()
    return Stamp(sequence=held.get(CHANGES, 0), structure=held.get(STRUCTURE, 0))


def extent() -> Extent:
    """How far the log goes now. Numbers first what nobody has numbered."""
    held = _counted()
    return Extent(last=held.get(CHANGES, 0), restarted=held.get(RESTARTED, 0))


@transaction.atomic
def restart(*, now: datetime) -> None:
    """After a restore of the database: numbers that were given out once will be given out again for something else.

    Whoever follows the log reads it from the beginning then. The moment itself is kept: a backup that is restored
    twice must not look like the log that followed the first time.
    """
    Counter.objects.update_or_create(name=RESTARTED, defaults={"value": int(now.timestamp())})
    touch()


def restructured_at() -> datetime | None:
    """When a site, column, unit or outlet changed last; None for never."""
    return Counter.objects.filter(name=STRUCTURE).values_list("at", flat=True).first()


def _counted() -> dict[str, int]:
    rows = list(_counters().run())
    if any(late for *_, late in rows) or (not rows and Change.objects.filter(sequence=None).exists()):
        number()
        rows = list(_counters().run())
    return {name: value for name, value, _ in rows}


@cache
def _counters() -> Prepared:
    """(name, value, whether a change waits for its number) of every counter."""
    waiting = Exists(Change.objects.filter(sequence=None))
    return Prepared(Counter.objects.values_list("name", "value", waiting))


def _locked(name: str) -> int:
    locked = Counter.objects.select_for_update().filter(name=name)
    found = locked.first()
    if found is None:
        Counter.objects.get_or_create(name=name)
        found = locked.get()
    return int(found.value)


def _rise(name: str, by: int) -> None:
    rows = Counter.objects.filter(name=name)
    risen = {"value": F("value") + by, "at": timezone.now()}
    if not rows.update(**risen):
        Counter.objects.get_or_create(name=name)
        rows.update(**risen)


def _batched(items: Iterable[UUID]) -> Iterator[list[UUID]]:
    """500 at a time: a database takes only so many parameters in a statement."""
    left = iter(items)
    while some := list(islice(left, 500)):
        yield some


def _tell() -> None:
    """PostgreSQL tells listeners at commit; SQLite's write-ahead log says the same by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [NOTICE])
