"""What ends by itself: reviews and mass sends, when their time comes on the sandbox's clock."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from channels.sandbox.clock import Clock


class Agenda:
    """Calls `work(appid)` when something of that account is due, by a timer once it is started, and by `run_due`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._work: list[Callable[[str], None]] = []
        self._dues: list[tuple[float, str]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def does(self, work: Callable[[str], None]) -> None:
        self._work.append(work)

    def at(self, moment: float, appid: str) -> None:
        """Unix seconds of the sandbox's clock."""
        heapq.heappush(self._dues, (moment, appid))
        self._arm()

    def run_due(self) -> None:
        """Everything whose time has come, oldest first."""
        now, due = self._clock.now(), dict[str, None]()
        while self._dues and self._dues[0][0] <= now:
            due[heapq.heappop(self._dues)[1]] = None
        for appid in due:
            for work in self._work:
                work(appid)
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
