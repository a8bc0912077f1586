"""The distributor: asks callbacks whether they want it, and sends what has changed to those that do.

One event loop makes the calls, the calling thread does the database work. Nothing waits for the slowest subscriber:
results are written as they come, and slots are filled as they fall free.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Protocol

from asgiref.sync import async_to_sync
from django.utils import timezone

from channels.contract import Answer
from channels.database import in_database_thread
from channels.errors import ChannelError, Misbehaved
from sites.serving import documents
from sites.serving.documents import Document, Shelf
from sites.websub import claiming
from sites.websub.calls import Call, Delivery
from sites.websub.looking import look
from sites.websub.recording import Result, record

logger = logging.getLogger(__name__)

SLOTS = 200
CALL_SECONDS = 10.0
"""For a whole call; connecting gets half of it."""
ANSWER_BYTES_MAX = 4096
"""Read of an answer. A challenge is shorter, and more is not looked at."""
TICK, FLUSH_SECONDS = 0.25, 0.02
LOOK_SECONDS = 1.0
"""Between looks at the topics while calls are under way."""
RESOLVERS = 64
"""Threads that ask for addresses: a name server that does not answer holds up nobody else's callback."""


class Caller(Protocol):
    """The part of channels.http.HttpClient that is needed here."""

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10.0,
        max_bytes: int = 10_000,
    ) -> Answer: ...


class _Resolvers(ThreadPoolExecutor):
    """A run does not wait at its end for name servers that still owe an answer."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        super().shutdown(wait=False, cancel_futures=True)


class Distributor:
    """Makes the calls that are due, until none is. Several may run at once, in one process or many."""

    def __init__(
        self,
        *,
        http: Callable[[], AbstractAsyncContextManager[Caller]],
        shelf: Shelf = documents.shelf,
        now: Callable[[], datetime] = timezone.now,
        chance: Callable[[], float] = random.random,
        slots: int = SLOTS,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._http_factory = http
        self._shelf = shelf
        self._now = now
        self._chance = chance
        self._slots = slots
        self._call_seconds = call_seconds
        self._documents: Mapping[str, Document] = {}
        self._looked_at = -LOOK_SECONDS

    def run(self) -> int:
        """Returns how many calls were made. Call it from a thread without an event loop."""
        return async_to_sync(self._run)()

    async def _run(self) -> int:
        asyncio.get_running_loop().set_default_executor(_Resolvers(RESOLVERS))
        made = 0
        flights: dict[asyncio.Task[Answer], Call] = {}
        async with contextlib.AsyncExitStack() as stack:
            http: Caller | None = None
            while True:
                found = await in_database_thread(partial(self._find, self._slots - len(flights)))
                # Most runs find nothing to do, and a hub without subscribers never needs the client.
                if found and http is None:
                    http = await stack.enter_async_context(self._http_factory())
                flights |= {asyncio.create_task(self._make(call, http)): call for call in found}
                made += len(found)
                if not flights:
                    return made
                if landed := await self._landed(flights):
                    await in_database_thread(partial(record, landed, self._now()))

    def _find(self, free: int) -> list[Call]:
        now = self._now()
        if monotonic() - self._looked_at >= LOOK_SECONDS or free == self._slots:
            self._documents = look(self._shelf, now)
            self._looked_at = monotonic()
        calls = claiming.claim_requests(free, now) if free else []
        if free > len(calls):
            calls += claiming.claim_subscriptions(free - len(calls), self._documents, now)
        return calls

    async def _make(self, call: Call, http: Caller | None) -> Answer:
        assert http is not None
        if isinstance(call, Delivery):
            return await http.call(
                "POST",
                call.url,
                headers=call.headers(),
                body=call.body,
                timeout=self._call_seconds,
                max_bytes=ANSWER_BYTES_MAX,
            )
        return await http.call("GET", call.url, timeout=self._call_seconds, max_bytes=ANSWER_BYTES_MAX)

    async def _landed(self, flights: dict[asyncio.Task[Answer], Call]) -> list[Result]:
        """What has come in: after the first one a moment longer, for those right behind it."""
        done, _ = await asyncio.wait(flights, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
        if done:
            await asyncio.sleep(FLUSH_SECONDS)
        landed = [task for task in flights if task.done()]
        return [self._result(task, flights.pop(task)) for task in landed]

    def _result(self, task: asyncio.Task[Answer], call: Call) -> Result:
        error = task.exception()
        if error is None:
            return Result(call, task.result(), None, self._chance())
        if not isinstance(error, ChannelError):
            logger.error("websub: a call failed unexpectedly", exc_info=error)
            error = Misbehaved("系统内部错误，已记录，请联系技术人员", code=type(error).__name__)
        return Result(call, None, error, self._chance())
