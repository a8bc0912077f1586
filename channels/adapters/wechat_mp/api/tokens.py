"""The account's access token: one for all processes, fetched by one of them, replaced only if it is still the bad one.

A token lives in a sealed entry of the checkpoint. Whoever finds none that will do claims the renewal by
compare-and-swap; the others wait for what it brings. A token that the platform refuses although it has just been given
is remembered, so that an account that is refused costs two token calls and not two for every delivery.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Self

from channels.contract import Checkpoint
from channels.errors import ChannelError, ConfigError, Throttled

MARGIN = 60.0
"""Seconds before its end at which a token is renewed; in its last 300 s stable_token gives the next one."""
RENEWAL = 40.0
"""Seconds that a claim to renew holds: longer than the call may take."""
PATIENCE = 3.0
"""Seconds to wait for somebody else's renewal, which takes one call; he may be dead, and a call of ours has its end."""
COME_BACK = 5.0
"""Seconds until the next try then. It is no failure of the account's: its circuit must not open."""
REFUSED_FOR = 1800.0
"""Seconds for which nothing is asked with a token that the platform refuses, unless somebody resumes the outlet."""
PAUSE = 0.05

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Fetches (token, lifetime in seconds). Raises ChannelError."""


@dataclass(frozen=True, slots=True)
class _Held:
    """The entry. Times are Unix seconds; 0.0 is long ago."""

    token: str = ""
    got_at: float = 0.0
    ends_at: float = 0.0
    renewing_until: float = 0.0
    refused_until: float = 0.0

    @classmethod
    def read(cls, text: str | None) -> Self:
        return cls(**json.loads(text)) if text else cls()

    def text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


class Tokens:
    """Those of one account. `credentials` are what a token was got with: others have an entry of their own."""

    def __init__(
        self, memory: Checkpoint, credentials: tuple[str, ...], *, fetch: Fetch, clock: Callable[[], float]
    ) -> None:
        self._memory = memory
        self._name = f"token.{hashlib.sha256('|'.join(credentials).encode()).hexdigest()[:16]}"
        self._fetch = fetch
        self._clock = clock

    async def current(self, *, instead_of: str = "", failed_at: float = 0.0) -> str:
        """A token that works as far as is known. `instead_of` was refused by a call begun at `failed_at` (Unix seconds).

        The platform may give the same token again: one that was fetched after the refusal is worth another try.
        Raises ConfigError for an account whose fresh tokens are refused, Throttled when another process does not come
        back with one, and what `fetch` raises.
        """
        patience = self._clock() + PATIENCE
        while True:
            text = await self._memory.sealed(self._name)
            held, now = _Held.read(text), self._clock()
            if held.refused_until > now:
                raise refused()
            fresh = held.token != instead_of or held.got_at > failed_at
            if held.token and fresh and held.ends_at - now >= MARGIN:
                return held.token
            claimed = replace(held, renewing_until=now + RENEWAL)
            if held.renewing_until > now:
                if now > patience:
                    raise Throttled("另一进程正在换取微信令牌，稍后自动重试", retry_after=COME_BACK)
                await asyncio.sleep(PAUSE)
            elif await self._memory.swap(self._name, claimed.text(), before=text):
                return await self._renew(claimed)

    async def refuse(self, token: str) -> None:
        """A token that was fetched after a refusal is refused, too: stop asking until somebody forgets the entry."""
        text = await self._memory.sealed(self._name)
        held = _Held.read(text)
        if held.token == token:
            marked = replace(held, refused_until=self._clock() + REFUSED_FOR)
            await self._memory.swap(self._name, marked.text(), before=text)

    async def _renew(self, claimed: _Held) -> str:
        try:
            token, lifetime = await self._fetch()
        except (ChannelError, asyncio.CancelledError):
            given_up = replace(claimed, renewing_until=0.0)
            await self._memory.swap(self._name, given_up.text(), before=claimed.text())
            raise
        now = self._clock()
        fresh = _Held(token=token, got_at=now, ends_at=now + lifetime)
        await self._memory.swap(self._name, fresh.text(), before=claimed.text())
        return token


def refused() -> ConfigError:
    return ConfigError(
        "微信拒绝了刚取得的令牌，请核对 AppID 和密钥，确认没有其他系统在重置令牌，再到公众号页面点“检测”",
        code="40001",
    )
