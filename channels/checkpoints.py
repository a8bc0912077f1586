"""Checkpoints in the database: an adapter's only memory, committed before `put` returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from channels.models import CheckpointEntry

T = TypeVar("T")


class RunsInDatabaseThread(Protocol):
    """Runs blocking database work for the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


class DatabaseCheckpoint:
    """The Checkpoint of one placement and generation; `shared` entries belong to the whole outlet."""

    def __init__(self, outlet_id: int, scope: str, run: RunsInDatabaseThread) -> None:
        self._outlet_id = outlet_id
        self._scope = scope
        self._run = run

    async def get(self, name: str, *, shared: bool = False) -> str | None:
        return await self._run(lambda: self._read(name, shared))

    async def put(self, name: str, value: str, *, shared: bool = False) -> None:
        await self._run(lambda: self._write(name, value, shared))

    def _read(self, name: str, shared: bool) -> str | None:
        entries = CheckpointEntry.objects.filter(
            outlet_id=self._outlet_id, scope="shared" if shared else self._scope, name=name
        )
        return entries.values_list("value", flat=True).first()

    def _write(self, name: str, value: str, shared: bool) -> None:
        CheckpointEntry.objects.update_or_create(
            outlet_id=self._outlet_id,
            scope="shared" if shared else self._scope,
            name=name,
            defaults={"value": value},
        )
