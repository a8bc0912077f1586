"""A sandbox on a free loopback port in a thread of this process, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from channels.sandbox.config import SandboxConfig
from channels.sandbox.copies import Copy, copies
from channels.sandbox.faults import Fault, FaultKind
from channels.sandbox.server import Sandbox

T = TypeVar("T")


class RunningSandbox:
    """Use with `with` or `async with`. `url` is its address without a trailing slash; methods may be called anywhere."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self._sandbox = Sandbox(config or SandboxConfig(publish_seconds=0))
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self.url = ""

    def fault(self, path: str, kind: str, **details: Any) -> None:
        """Strike the next requests whose path matches `path`; details as in faults.Fault."""
        self._do(lambda: self._sandbox.faults.add(Fault(path=path, kind=FaultKind(kind), **details)))

    def clear_faults(self) -> None:
        self._do(self._sandbox.faults.clear)

    def advance(self, seconds: float) -> None:
        self._do(lambda: self._sandbox.clock.advance(seconds))

    def copies(self, uri: str = "") -> list[Copy]:
        """What readers see, of one item (urn:uuid: or the bare UUID) or of all."""
        return [copy for copy in self._do(self._copies) if uri.removeprefix("urn:uuid:") in {"", copy.item}]

    def delete(self, copy: Copy) -> None:
        """Behind the hub's back."""
        self._do(lambda: self._delete(copy))

    def revoke_tokens(self) -> None:
        self._do(self._sandbox.platform.revoke_tokens)

    def tokens(self) -> list[str]:
        """The access tokens that work now."""
        return self._do(self._sandbox.platform.tokens)

    def spend(self, appid: str, endpoint: str, calls: int) -> None:
        """As if that many calls had been made today."""
        self._do(lambda: self._sandbox.platform.spend(appid, endpoint, calls))

    def drop_drafts(self, appid: str) -> None:
        """As if staff had emptied the draft box."""
        self._do(lambda: self._sandbox.store.drop(f"draft:{appid}"))

    def drop_materials(self, appid: str) -> None:
        """As if staff had emptied the picture library."""
        self._do(lambda: self._sandbox.store.drop(f"material:{appid}"))

    def count(self, kind: str) -> int:
        """How many documents of a kind there are, such as `draft:<appid>` or `material:<appid>`."""
        return self._do(lambda: self._sandbox.store.count(kind))

    def documents(self, kind: str) -> list[dict[str, Any]]:
        """Documents of a kind, newest first."""
        return self._do(lambda: self._sandbox.store.all(kind))

    def calls(self, path: str) -> int:
        """How many requests there were whose path contains `path`."""
        return sum(path in request for request in self._sandbox.requests)

    def _copies(self) -> list[Copy]:
        for kind in self._sandbox.store.kinds("review:"):
            self._sandbox.platform.finish_reviews(kind.removeprefix("review:"))
        return copies(self._sandbox.store)

    def _delete(self, copy: Copy) -> None:
        item = self._sandbox.store.get(f"item:{copy.outlet}", copy.remote_id)
        if item is not None:
            self._sandbox.store.put(f"item:{copy.outlet}", copy.remote_id, {**item, "withdrawn": True})
        self._sandbox.platform.delete_article(copy.outlet, copy.remote_id)

    def _do(self, work: Callable[[], T]) -> T:
        """Run in the sandbox's thread, so that nothing is read half changed."""

        async def call() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = self._sandbox.application()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()
        self._sandbox.store.close()

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the sandbox did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)


def running_sandbox(config: SandboxConfig | None = None) -> RunningSandbox:
    """A sandbox for tests: reviews end at once unless `config` says otherwise."""
    return RunningSandbox(config)
