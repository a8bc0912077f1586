"""The day's budget of every metered call, kept in the checkpoint, so that no process makes a call that is not there.

Limits: the platform's page API_Call_Limits as of 2026-11, for a new account; the account page may learn better ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

from channels.adapters.wechat_mp.api import codes
from channels.contract import Checkpoint

CHINA = timezone(timedelta(hours=8))

DAILY: Mapping[str, int] = {
    "draft/add": 1000,
    "draft/get": 500,
    "draft/delete": 1000,
    "draft/update": 1000,
    "draft/count": 1000,
    "draft/batchget": 1000,
    "freepublish/submit": 100,
    "freepublish/get": 100,
    "freepublish/getarticle": 100,
    "freepublish/batchget": 100,
    "freepublish/delete": 10,
    "message/mass/sendall": 100,
    "message/mass/preview": 100,
    "menu/create": 1000,
    "menu/get": 10_000,
    "qrcode/create": 100_000,
    "user/get": 500,
}
"""Endpoint -> calls a day."""

SPARE = 20
"""Looks that can wait leave so many calls of the day to people, withdrawals and lost answers."""


def day_of(now: float) -> str:
    """The day, as YYYY-MM-DD, whose quota a call at `now` (Unix seconds) uses up: quotas start anew at midnight in China."""
    return datetime.fromtimestamp(now, UTC).astimezone(CHINA).date().isoformat()


class Budget:
    """One account's. `clock` gives Unix seconds."""

    def __init__(self, memory: Checkpoint, clock: Callable[[], float]) -> None:
        self._memory = memory
        self._clock = clock

    async def take(self, endpoint: str, *, keep: int = 0) -> None:
        """Count one call. Raises Throttled until midnight when only `keep` calls are left of the day."""
        limit = DAILY.get(endpoint)
        if limit is None:
            return
        if not await self._memory.spend(endpoint, day=self._day(), limit=limit, keep=keep):
            raise codes.failure(codes.QUOTA, endpoint=endpoint, write=False, now=self._clock(), detail="")

    async def give_back(self, endpoint: str) -> None:
        """What was taken a moment ago has never left this machine."""
        if endpoint in DAILY:
            await self._memory.give_back(endpoint, day=self._day())

    async def left(self, endpoint: str) -> int:
        """Calls of today that are left by the platform's own limit, or by our table where it has stated none."""
        return await self._memory.left(endpoint, day=self._day(), limit=DAILY[endpoint])

    async def exhaust(self, endpoint: str) -> None:
        """The platform says that the day is used up: somebody else calls in the account's name, too."""
        if endpoint in DAILY:
            await self._memory.exhaust(endpoint, day=self._day(), limit=DAILY[endpoint])

    def _day(self) -> str:
        return day_of(self._clock())
