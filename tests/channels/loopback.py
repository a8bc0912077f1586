"""A real HTTP server on loopback for tests, in a thread of its own, with the ways in which servers fail."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Coroutine
from enum import StrEnum
from typing import Any, Self, TypeVar

from aiohttp import web

T = TypeVar("T")


class Fault(StrEnum):
    """What goes wrong with the next request. Nothing is applied unless the name says so."""

    REFUSED = "refused"
    UNAUTHORISED = "unauthorised"
    THROTTLED = "throttled"
    SERVER_ERROR = "server_error"
    DROPPED = "dropped"
    APPLIED_THEN_DROPPED = "applied_then_dropped"
    APPLIED_THEN_GARBAGE = "applied_then_garbage"


RETRY_AFTER = 7
_STATUS = {Fault.REFUSED: 422, Fault.UNAUTHORISED: 401, Fault.THROTTLED: 429, Fault.SERVER_ERROR: 500}


class Loopback:
    """Serves `handle` (to be overridden) until `close`. `fail_next` spoils one request each."""

    def __init__(self) -> None:
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loopback", daemon=True)
        self._thread.start()
        self.port = self._call(self._start())

    @property
    def url(self) -> str:
        """Without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The server's real work."""
        raise NotImplementedError

    def fail_next(self, fault: Fault) -> None:
        self.faults.append(fault)

    def close(self) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    async def _start(self) -> int:
        # A short wait for open connections at the end: the other side belongs to a loop that may be gone.
        self._runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def _stop(self) -> None:
        await self._runner.cleanup()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        body = await request.read()
        fault = self.faults.popleft() if self.faults else None
        if fault in _STATUS:
            headers = {"Retry-After": str(RETRY_AFTER)} if fault is Fault.THROTTLED else {}
            # Careless servers echo what they were sent, with the credentials in it.
            echo = "\n".join([f"{fault}", *(f"{k}: {v}" for k, v in request.headers.items())])
            return web.Response(status=_STATUS[fault], headers=headers, text=self.confession(echo))
        if fault is Fault.DROPPED:
            return self._drop(request)
        answer = await self.handle(request)
        if fault is Fault.APPLIED_THEN_DROPPED:
            return self._drop(request)
        if fault is Fault.APPLIED_THEN_GARBAGE:
            return web.Response(text=f"<html>{body[:20]!r} Warning: mysql_connect()</html>")
        return answer

    def confession(self, echo: str) -> str:
        """The text of an error answer; override to add secrets that the server knows."""
        return echo

    @staticmethod
    def _drop(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)
