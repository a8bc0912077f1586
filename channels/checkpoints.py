"""Checkpoints in the database: an adapter's only memory, committed before a method returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Greatest

from channels.errors import ConfigError
from channels.models import CallCount, CheckpointEntry
from channels.sealing import Seal

T = TypeVar("T")

SHARED = "shared"
SEALED = "sealed"
_VALUE = "value"


class RunsInDatabaseThread(Protocol):
    """Runs blocking database work for the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


class DatabaseCheckpoint:
    """The Checkpoint of one placement and generation; everything but its plain entries belongs to the whole outlet."""

    def __init__(self, outlet_id: int, scope: str, run: RunsInDatabaseThread) -> None:
        self._outlet_id = outlet_id
        self._scope = scope
        self._run = run

    async def get(self, name: str, *, shared: bool = False) -> str | None:
        return await self._run(lambda: self._read(name, SHARED if shared else self._scope))

    async def put(self, name: str, value: str, *, shared: bool = False) -> None:
        await self._run(lambda: self._write(name, value, SHARED if shared else self._scope))

    async def sealed(self, name: str) -> str | None:
        return await self._run(lambda: _opened(self._read(name, SEALED)))

    async def swap(self, name: str, value: str, *, before: str | None) -> bool:
        return await self._run(lambda: self._swap(name, value, before))

    async def spend(self, call: str, *, day: str, limit: int, keep: int = 0) -> bool:
        return await self._run(lambda: self._spend(call, day, limit - keep, keep))

    async def give_back(self, call: str, *, day: str) -> None:
        await self._run(lambda: self._give_back(call, day))

    async def left(self, call: str, *, day: str, limit: int) -> int:
        return await self._run(lambda: self._left(call, day, limit))

    async def exhaust(self, call: str, *, day: str, limit: int) -> None:
        await self._run(lambda: self._exhaust(call, day, limit))

    def _entries(self, name: str, scope: str) -> QuerySet[CheckpointEntry]:
        return CheckpointEntry.objects.filter(outlet_id=self._outlet_id, scope=scope, name=name)

    def _read(self, name: str, scope: str) -> str | None:
        return self._entries(name, scope).values_list("value", flat=True).first()

    def _write(self, name: str, value: str, scope: str) -> None:
        CheckpointEntry.objects.update_or_create(
            outlet_id=self._outlet_id, scope=scope, name=name, defaults={"value": value}
        )

    def _swap(self, name: str, value: str, before: str | None) -> bool:
        closed = Seal(settings.OUTLET_KEYS).close({_VALUE: value})
        held = self._read(name, SEALED)
        if held is None:
            if before is not None:
                return False
            _, made = CheckpointEntry.objects.get_or_create(
                outlet_id=self._outlet_id, scope=SEALED, name=name, defaults={"value": closed}
            )
            return made
        if _opened(held) != before:
            return False
        # The sealed text is different at every writing: that it is the one just read proves that nobody came between.
        return self._entries(name, SEALED).filter(value=held).update(value=closed) == 1

    def _counts(self, call: str, day: str) -> QuerySet[CallCount]:
        return CallCount.objects.filter(outlet_id=self._outlet_id, call=call, day=day)

    def _counted(self, call: str, day: str) -> QuerySet[CallCount]:
        return _counted(self._outlet_id, call, day)

    def _spend(self, call: str, day: str, allowed: int, keep: int) -> bool:
        rows = self._counted(call, day)
        free = rows.filter(used__lt=Coalesce(F("limit") - keep, allowed))
        return free.update(used=F("used") + 1) == 1

    def _give_back(self, call: str, day: str) -> None:
        self._counts(call, day).filter(used__gt=0).update(used=F("used") - 1)

    def _left(self, call: str, day: str, limit: int) -> int:
        row = self._counts(call, day).first()
        stated = row.limit if row else _stated(self._outlet_id, call)
        return max(0, (limit if stated is None else stated) - (row.used if row else 0))

    def _exhaust(self, call: str, day: str, limit: int) -> None:
        self._counted(call, day).update(used=Greatest(F("used"), Coalesce(F("limit"), limit)))


def _stated(outlet_id: int, call: str) -> int | None:
    """The limit that the outlet has stated last."""
    rows = CallCount.objects.filter(outlet_id=outlet_id, call=call).order_by("-day")
    return rows.values_list("limit", flat=True).first()


def _counted(outlet_id: int, call: str, day: str) -> QuerySet[CallCount]:
    """The day's row, made on its first call."""
    rows = CallCount.objects.filter(outlet_id=outlet_id, call=call, day=day)
    if not rows.exists():
        limit = _stated(outlet_id, call)
        CallCount.objects.get_or_create(outlet_id=outlet_id, call=call, day=day, defaults={"limit": limit})
    return rows


def learn_quota(outlet_id: int, call: str, *, day: str, limit: int, used: int) -> None:
    """Believe the outlet about a daily limit, and about calls that others make in its name. Never lowers a count."""
    _counted(outlet_id, call, day).update(limit=limit, used=Greatest(F("used"), used))


def forget_sealed(outlet_id: int) -> None:
    """Forget what an adapter can always make anew (tokens), and with it that it was refused."""
    CheckpointEntry.objects.filter(outlet_id=outlet_id, scope=SEALED).delete()


def _opened(held: str | None) -> str | None:
    """A sealed value that no key opens any more is as good as none: whoever needs it makes it anew."""
    if held is None:
        return None
    try:
        return Seal(settings.OUTLET_KEYS).open(held).get(_VALUE)
    except ConfigError:
        return None
