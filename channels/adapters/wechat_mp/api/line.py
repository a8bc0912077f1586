"""Line: an account's way to the platform. Its token, its budget, one retry on a stale token, a thread for each call.

Everything that speaks to the platform, for articles, pushes, followers or figures, goes through a Line.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from channels.adapters.wechat_mp.api.calls import (
    TIMEOUT,
    Json,
    NeverLeft,
    Request,
    StaleToken,
    Upload,
)
from channels.adapters.wechat_mp.api.codes import QUOTA
from channels.adapters.wechat_mp.api.quotas import Budget
from channels.adapters.wechat_mp.api.tokens import Tokens, refused
from channels.contract import Checkpoint, OutletConfig
from channels.errors import ConfigError, Throttled

T = TypeVar("T")

API_BASE = "https://api.weixin.qq.com"
PARALLEL = 2
"""Calls one account takes at a time; also the threads an account may hold up when the platform hangs."""


class Account:
    """One account in this process: its client and its own few threads, so that a hanging platform holds up no other."""

    def __init__(self, api_base: str, appid: str, secret: str) -> None:
        from channels.adapters.wechat_mp.api.client import HubClient

        self.credentials = (api_base, appid, secret)
        self.client = HubClient(api_base, appid, secret)
        self.born = time.time()
        self._locks: WeakValueDictionary[tuple[object, str], asyncio.Lock] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix=f"wechat-{appid[-6:]}")

    async def one_at_a_time(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` when nobody else in this event loop runs the same of this account."""
        loop = asyncio.get_running_loop()
        lock = self._locks.setdefault((loop, name), asyncio.Lock())
        async with lock:
            return await work()

    async def in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class Line:
    """One account's calls. `memory` is the outlet's checkpoint; `clock` gives Unix seconds."""

    def __init__(
        self, account: Account, memory: Checkpoint, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.budget = Budget(memory, clock)
        self.tokens = Tokens(memory, account.credentials, fetch=self._fetch, clock=clock)
        self.born = account.born
        self._account = account
        self._clock = clock

    async def call(
        self,
        endpoint: str,
        data: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        get: bool = False,
        write: bool = False,
        expected: Collection[int] = (),
        timeout: tuple[float, float] = TIMEOUT,
        keep: int = 0,
    ) -> Json:
        """One call, repeated once when the token was stale. Fields as in calls.Request; raises ChannelError.

        A metered call is counted before it goes out. `keep`: leave so many calls of the day to others.
        """
        request = Request(
            endpoint=endpoint,
            data=data,
            params=params,
            upload=upload,
            get=get,
            write=write,
            expected=expected,
            timeout=timeout,
        )
        token = await self.tokens.current()
        await self.budget.take(endpoint, keep=keep)
        begun = self._clock()
        try:
            return await self._metered(request, token)
        except StaleToken:
            fresh = await self.tokens.current(instead_of=token, failed_at=begun)
        try:
            return await self._metered(request, fresh)
        except StaleToken:
            await self.tokens.refuse(fresh)
            raise refused() from None

    async def one_at_a_time(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """See Account.one_at_a_time."""
        return await self._account.one_at_a_time(name, work)

    async def _metered(self, request: Request, token: str) -> Json:
        try:
            answer: Json = await self._account.in_thread(lambda: self._account.client.send(request, token))
        except Throttled as error:
            if error.code == str(QUOTA):
                await self.budget.exhaust(request.endpoint)
            raise
        except NeverLeft:
            # An outage of half an hour would otherwise eat the ten deletions of the day.
            await self.budget.give_back(request.endpoint)
            raise
        return answer

    async def _fetch(self) -> tuple[str, float]:
        found: tuple[str, float] = await self._account.in_thread(self._account.client.fetch)
        return found


def line_of(outlet: OutletConfig, memory: Checkpoint, *, clock: Callable[[], float] = time.time) -> Line:
    """The line of the account that an outlet stands for. Raises ConfigError when it is not filled in."""
    appid = outlet.options.get("appid", "").strip()
    secret = outlet.secrets.get("secret", "").strip()
    if not appid or not secret:
        raise ConfigError("公众号的 AppID 或密钥未填写，请在终端设置中补充")
    api_base = outlet.options.get("api_base", "").strip() or API_BASE
    return Line(account(api_base.rstrip("/"), appid, secret), memory, clock=clock)


@lru_cache(maxsize=64)
def account(api_base: str, appid: str, secret: str) -> Account:
    """The process's Account for these credentials.

    Raises ConfigError for an address over which the secret would travel in the clear.
    """
    parts = urlsplit(api_base)
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ConfigError("微信接口地址必须以 https:// 开头，请在终端设置中更正")
    return Account(api_base, appid, secret)
