"""Daily quotas by call, counted by China's midnight, and the ten resets a month."""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.articles import ApiError
from channels.sandbox.clock import Clock
from channels.sandbox.config import DAILY_QUOTAS, SandboxConfig
from channels.sandbox.store import Store

RESETS_A_MONTH = 10


class Quotas:
    """`violation(appid, text)` hears of every call over a quota."""

    def __init__(
        self, config: SandboxConfig, store: Store, clock: Clock, violation: Callable[[str, str], None]
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._violation = violation

    def spend(self, appid: str, endpoint: str) -> None:
        """Count a call of today. Raises ApiError over the quota."""
        used, limit = self._store.next(self._counter(appid, endpoint)), self._config.quota(endpoint)
        if limit is not None and used > limit:
            self._violation(appid, f"{endpoint}: a call over the daily quota of {limit}")
            raise ApiError(45009, "reach max api daily quota limit")

    def pretend(self, appid: str, endpoint: str, calls: int) -> None:
        """As if that many calls had been made today."""
        self._store.next(self._counter(appid, endpoint), calls)

    def limit(self, endpoint: str) -> int | None:
        return self._config.quota(endpoint)

    def used(self, appid: str, endpoint: str) -> int:
        return self._store.number(self._counter(appid, endpoint))

    def table(self, appid: str) -> list[tuple[str, int, int | None]]:
        """(call, used today, limit) of the calls that were used."""
        rows = [(name, self.used(appid, name), self.limit(name)) for name in DAILY_QUOTAS]
        return [row for row in rows if row[1]]

    def clear(self, appid: str) -> None:
        """Start today's counters anew. Raises ApiError when this month's resets are used up."""
        if self._store.next(f"resets:{self._clock.month()}:{appid}") > RESETS_A_MONTH:
            raise ApiError(48006, "forbid to clear quota because of reaching the limit")
        self._store.forget_counters(self._counter(appid, ""))

    def _counter(self, appid: str, endpoint: str) -> str:
        return f"quota:{self._clock.day()}:{appid}:{endpoint}"
