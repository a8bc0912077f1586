"""What ends by itself: reviews and mass sends, when their time comes on the sandbox's clock."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

from channels.sandbox.clock import Clock


class Agenda:
    """Calls `work(appid, key)` for a job that is due, by a timer once it is started, and by `run_due`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._work: dict[str, Callable[[str, str], None]] = {}
        self._dues: list[tuple[float, int, str, str, str]] = []
        self._numbers = count()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def does(self, kind: str, work: Callable[[str, str], None]) -> None:
        """What ends the jobs of a kind."""
        self._work[kind] = work

    def at(self, moment: float, kind: str, appid: str, key: str) -> None:
        """A job ends at `moment`, Unix seconds of the sandbox's clock."""
        heapq.heappush(self._dues, (moment, next(self._numbers), kind, appid, key))
        self._arm()

    def run_due(self) -> None:
        """Everything whose time has come, in order."""
        now = self._clock.now()
        while self._dues and self._dues[0][0] <= now:
            _, _, kind, appid, key = heapq.heappop(self._dues)
            self._work[kind](appid, key)
        self._arm()

    def start(self) -> None:
        """From here on by itself, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self.run_due()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._loop = None

    def clear(self) -> None:
        self._dues.clear()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._loop is not None and self._dues:
            wait = max(0.0, self._dues[0][0] - self._clock.now())
            self._timer = self._loop.call_later(wait, self.run_due)
