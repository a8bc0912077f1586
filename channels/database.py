"""Blocking database work for the event loop: on one thread, and patient while the database is locked or away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)
T = TypeVar("T")

PATIENCE = 30.0
"""Seconds for a lock or a restart of the database to pass, beyond SQLite's own 20. Calls under way go on meanwhile."""
PAUSE = 0.5


async def in_database_thread(work: Callable[[], T], /) -> T:
    """Run `work`, a whole transaction that may run twice, on the thread that waits for this event loop.

    Raises what the database said last when it does not come back in time.
    """
    tries = max(1, int(PATIENCE / PAUSE))
    for _ in range(tries - 1):
        try:
            return await sync_to_async(_afresh, thread_sensitive=True)(work)
        except (OperationalError, InterfaceError) as error:
            logger.warning("database not available, trying again: %s", error)
            await asyncio.sleep(PAUSE)
    return await sync_to_async(_afresh, thread_sensitive=True)(work)


def _afresh(work: Callable[[], T]) -> T:
    try:
        return work()
    except (OperationalError, InterfaceError):
        if not connection.in_atomic_block:
            connection.close()
        raise


@contextmanager
def impatient(seconds: float) -> Iterator[None]:
    """Wait for other writers no longer than `seconds` in the transactions inside; then OperationalError."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(seconds * 1000)}ms"])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', '0', false)")
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
