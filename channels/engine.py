"""The streaming dispatcher: claims due placements as slots free up and makes the outlets as desired.

One event loop makes the calls, the calling thread does the database work. Results are written as they come, each
right after its effect; nothing waits for the slowest outlet. The only place that calls an adapter, and the only one
that catches every exception.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import lru_cache, partial
from time import monotonic

from asgiref.sync import async_to_sync
from django.utils import timezone

from channels import claiming, settling
from channels.assets import StoredAssets
from channels.checkpoints import DatabaseCheckpoint
from channels.contract import Adapter, AssetReader, Http, Rendering
from channels.database import in_database_thread
from channels.edition import Edition
from channels.errors import ChannelError, Misbehaved, OutcomeUnknown
from channels.models import Operation
from channels.recording import Result, record
from channels.registry import adapter_for
from channels.settling import Change
from channels.work import Work

logger = logging.getLogger(__name__)

SLOTS = 200
REFILL = 50
FLUSH_SECONDS = 0.02
TICK = 0.25
"""Seconds between looks for new due placements while calls are under way."""

HttpFactory = Callable[[], AbstractAsyncContextManager[Http]]


def call_timeout() -> float:
    """Seconds for one call with all its steps: it ends well before the lease does."""
    return claiming.lease_time().total_seconds() * 2 / 3


class Dispatcher:
    """Settles what is due, until nothing is. Several may run at once, in one process or many."""

    def __init__(
        self,
        *,
        http: HttpFactory,
        assets: AssetReader | None = None,
        now: Callable[[], datetime] = timezone.now,
        jitter: Callable[[], float] = random.random,
        slots: int = SLOTS,
    ) -> None:
        self._http_factory = http
        self._assets = assets or StoredAssets()
        self._now = now
        self._jitter = jitter
        self._slots = slots
        self._claimed_at = 0.0
        self._renderings: dict[tuple[int, str, str], tuple[Rendering, str]] = {}

    def run(self) -> int:
        """Returns how many calls were made. Call it from a thread without an event loop."""
        return async_to_sync(self._run)()

    async def _run(self) -> int:
        calls = 0
        flights = _Flights()
        async with contextlib.AsyncExitStack() as stack:
            http: Http | None = None
            while True:
                more = await self._claim(flights) if self._may_claim(flights) else ()
                for work in more or ():
                    # Most runs find nothing to do, and a hub without outlets never needs the client.
                    if http is None:
                        http = await stack.enter_async_context(self._http_factory())
                    flights.start(self._perform(work, http), work.outlet.pk)
                    calls += 1
                if more is None and not flights.under_way and not flights.landed:
                    return calls
                if flights.under_way and not more:
                    await flights.some_landed(TICK)
                if batch := flights.take():
                    await in_database_thread(partial(record, batch, self._now()))

    def _may_claim(self, flights: _Flights) -> bool:
        """A good handful at a time; but whatever is free after a tick, or hanging calls would hold up all others."""
        free = self._slots - len(flights.under_way)
        return free >= min(REFILL, self._slots) or (free > 0 and monotonic() - self._claimed_at >= TICK)

    async def _claim(self, flights: _Flights) -> tuple[Work, ...] | None:
        """Calls to start; None when nothing at all is due.

        At most half of the slots at a time: one half is under way while the database works for the other.
        """
        self._claimed_at = monotonic()
        busy = Counter(flights.under_way.values())
        limit = min(self._slots - len(flights.under_way), (self._slots + 1) // 2)
        found = await in_database_thread(partial(claiming.claim, limit, busy=busy, now=self._now()))
        return None if found.empty else found.work

    async def _perform(self, work: Work, http: Http) -> Result:
        """One call and what follows from it. Never raises."""
        digest = ""
        try:
            adapter = adapter_for(work.outlet, http=http, assets=self._assets)
            if work.operation == Operation.DELIVER:
                rendering, digest = self._rendering(work, adapter)
                if self._is_there_already(work, digest):
                    return Result(
                        work=work,
                        change=settling.unchanged(work.before, work.capabilities, self._now()),
                        rendering_sha256=digest,
                    )
                change = await self._deliver(work, adapter, rendering)
            elif work.operation == Operation.WITHDRAW:
                change = await self._withdraw(work, adapter)
            else:
                change = await self._verify(work, adapter)
        except ChannelError as error:
            return self._failed(work, error, digest)
        except TimeoutError:
            late = OutcomeUnknown("终端长时间没有应答，系统将自动核对", code="timeout")
            return self._failed(work, late, digest)
        except Exception as error:
            logger.exception("outlet %s: %s failed unexpectedly", work.outlet.slug, work.operation)
            return self._surprised(work, error, digest)
        return Result(work=work, change=change, rendering_sha256=digest)

    async def _deliver(self, work: Work, adapter: Adapter, rendering: Rendering) -> Change:
        async with asyncio.timeout(call_timeout()):
            receipt = await adapter.deliver(
                rendering,
                previous=work.before.receipt if work.before.actual is not None else None,
                token=work.token,
                checkpoint=self._checkpoint(work),
            )
        return settling.delivered(work.before, receipt, work.capabilities, self._now())

    async def _withdraw(self, work: Work, adapter: Adapter) -> Change:
        async with asyncio.timeout(call_timeout()):
            receipt = await adapter.withdraw(
                work.receipt, reason=work.reason, checkpoint=self._checkpoint(work)
            )
        return settling.withdrawn(work.before, receipt, work.capabilities, self._now())

    async def _verify(self, work: Work, adapter: Adapter) -> Change:
        async with asyncio.timeout(call_timeout()):
            seen = await adapter.verify(work.receipt, checkpoint=self._checkpoint(work))
        return settling.observed(work.before, seen, work.capabilities, self._now())

    def _checkpoint(self, work: Work) -> DatabaseCheckpoint:
        return DatabaseCheckpoint(work.outlet.pk, work.token, in_database_thread)

    def _rendering(self, work: Work, adapter: Adapter) -> tuple[Rendering, str]:
        """Rendered once for all outlets of a channel with the same profile."""
        assert work.edition is not None
        key = (work.edition.id, work.outlet.channel, adapter.profile())
        known = self._renderings.get(key)
        if known is None:
            rendering = adapter.render(_edition(work.document))
            known = self._renderings[key] = (rendering, rendering.sha256)
        return known

    def _is_there_already(self, work: Work, digest: str) -> bool:
        before = work.before
        return (
            before.actual is not None
            and before.receipt is not None
            and not before.doubt
            and not before.pending
            and not work.capabilities.shown_at_commit
            and digest == work.rendering_sha256
        )

    def _failed(self, work: Work, error: ChannelError, digest: str) -> Result:
        change = settling.failed(
            work.before, work.operation, error, work.capabilities, self._now(), jitter=self._jitter()
        )
        return Result(work=work, change=change, rendering_sha256=digest, error=error)

    def _surprised(self, work: Work, error: Exception, digest: str) -> Result:
        """A defect of ours: nobody knows whether the call was applied."""
        known = Misbehaved("系统内部错误，已记录，请联系技术人员", code=type(error).__name__)
        return self._failed(work, known, digest)


class _Flights:
    """The calls under way, and the results that have come in since the last look."""

    def __init__(self) -> None:
        self.under_way: dict[asyncio.Task[Result], int] = {}
        self.landed: list[Result] = []
        self._arrival = asyncio.Event()
        self._all_landed = asyncio.Event()

    def start(self, call: Coroutine[None, None, Result], outlet_id: int) -> None:
        task = asyncio.create_task(call)
        self.under_way[task] = outlet_id
        self._all_landed.clear()
        task.add_done_callback(self._land)

    async def some_landed(self, timeout: float) -> None:
        """Until a result is in, and unless a good handful is, a moment longer for those right behind it.

        At most `timeout` seconds. Calls that hang never land: whoever waited for all would wait at every look.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._arrival.wait()
            if len(self.landed) < REFILL:
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._all_landed.wait()

    def take(self) -> list[Result]:
        self._arrival.clear()
        taken, self.landed = self.landed, []
        return taken

    def _land(self, task: asyncio.Task[Result]) -> None:
        del self.under_way[task]
        self.landed.append(task.result())
        self._arrival.set()
        if not self.under_way:
            self._all_landed.set()


@lru_cache(maxsize=64)
def _edition(document: str) -> Edition:
    return Edition.from_json(document)
