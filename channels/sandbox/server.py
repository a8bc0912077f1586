"""The sandbox as one aiohttp application."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from channels.sandbox.clock import Clock
from channels.sandbox.config import SandboxConfig
from channels.sandbox.control import Control
from channels.sandbox.faults import Faults, middleware
from channels.sandbox.pages.office import OfficePages
from channels.sandbox.pages.phone import PhonePages
from channels.sandbox.pages.public import Pages
from channels.sandbox.receiver import Receiver
from channels.sandbox.store import Store
from channels.sandbox.wechat.api import MAX_BODY, WeChatApi
from channels.sandbox.wechat.platform import WeChatPlatform
from channels.sandbox.wordpress.api import WordPressApi
from channels.sandbox.wordpress.pages import WordPressPages
from channels.sandbox.wordpress.sites import WordPressSites


@dataclass(slots=True)
class Sandbox:
    """The parts of one sandbox. `state` None keeps everything in memory. `requests` are what was called so far, as `METHOD /path`."""

    config: SandboxConfig = field(default_factory=SandboxConfig)
    state: Path | None = None
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    requests: list[str] = field(default_factory=list)
    store: Store = field(init=False)
    platform: WeChatPlatform = field(init=False)
    sites: WordPressSites = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.state)
        self.platform = WeChatPlatform(self.config, self.store, self.clock, self.faults)
        self.sites = WordPressSites(self.store, self.clock)

    def application(self) -> web.Application:
        app = web.Application(
            middlewares=[_recorder(self.requests), middleware(self.faults)], client_max_size=MAX_BODY
        )
        blogs = WordPressApi(self.sites)
        app.add_routes(
            [
                *WeChatApi(self.platform).routes(),
                *Receiver(self.config, self.store).routes(),
                *blogs.routes(),
                *WordPressPages(self.sites, blogs).routes(),
                *Control(self.store, self.faults, self.platform, self.sites).routes(),
                *Pages(self.store, self.faults, self.platform, self.sites).routes(),
                *OfficePages(self.platform).routes(),
                *PhonePages(self.platform).routes(),
            ]
        )
        app.on_startup.append(self._start)
        app.on_cleanup.append(self._stop)
        return app

    async def _start(self, _: web.Application) -> None:
        self.platform.desk.agenda.start()

    async def _stop(self, _: web.Application) -> None:
        self.platform.desk.agenda.stop()
        await self.platform.courier.stop()


def _recorder(requests: list[str]) -> Middleware:
    """Notes what was called, whatever became of it."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/_control"):
            requests.append(f"{request.method} {request.path}")
        return await handler(request)

    return record
