"""A sandbox on a free loopback port in a thread of this process, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from channels.sandbox.config import SandboxConfig
from channels.sandbox.control import forget
from channels.sandbox.copies import Copy, copies
from channels.sandbox.faults import Fault, FaultKind
from channels.sandbox.server import Sandbox
from channels.sandbox.wechat.courier import Parcel
from channels.sandbox.wechat.hookup import set_hookup
from channels.sandbox.wechat.messages import Reply
from channels.sandbox.wechat.platform import WeChatPlatform

T = TypeVar("T")
PATIENCE = 60
"""Seconds for one action; a server that never answers is given up after three tries of five."""


class RunningSandbox:
    """Use with `with` or `async with`. `url` is its address without a trailing slash; methods may be called anywhere."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self._sandbox = Sandbox(config or SandboxConfig(publish_seconds=0))
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self.url = ""

    # -- faults, clock, counting ---------------------------------------------------------------------------------

    def fault(self, path: str, kind: str, **details: Any) -> None:
        """Strike the next requests whose `METHOD /path` matches `path`; details as in faults.Fault."""
        self._do(lambda: self._sandbox.faults.add(Fault(path=path, kind=FaultKind(kind), **details)))

    def clear_faults(self) -> None:
        self._do(self._sandbox.faults.clear)

    def advance(self, seconds: float) -> None:
        """What has become due ends at once; its callbacks go out in the background (`flush` waits for them)."""
        self._do(lambda: self._platform.advance(seconds))

    def now(self) -> float:
        """Unix seconds of the sandbox's clock."""
        return self._sandbox.clock.now()

    def copies(self, uri: str = "") -> list[Copy]:
        """What readers see, of one item (urn:uuid: or the bare UUID) or of all."""
        return [copy for copy in self._do(self._copies) if uri.removeprefix("urn:uuid:") in {"", copy.item}]

    def count(self, kind: str) -> int:
        """How many documents of a kind there are, such as `draft:<appid>` or `material:<appid>`."""
        return self._do(lambda: self._sandbox.store.count(kind))

    def documents(self, kind: str) -> list[dict[str, Any]]:
        """Documents of a kind, newest first."""
        return self._do(lambda: self._sandbox.store.all(kind))

    def calls(self, path: str) -> int:
        """How many requests there were whose `METHOD /path` contains `path`."""
        return sum(path in request for request in self._sandbox.requests)

    def requests(self) -> list[str]:
        """Every request so far, as `METHOD /path`."""
        return list(self._sandbox.requests)

    def violations(self) -> list[str]:
        """What a disciplined client never does, as `<appid> <call>: <what>`, oldest first."""
        return self._do(self._platform.desk.violations)

    def duplicate_uploads(self, appid: str) -> int:
        """Uploads of bytes that the account already had from the same call."""
        return self._do(lambda: self._platform.uploads.duplicates(appid))

    # -- accounts and their things -------------------------------------------------------------------------------

    def set_account(self, appid: str, **changes: Any) -> None:
        """Settings of config.AccountConfig, from now on."""
        self._do(lambda: self._platform.desk.set_account(appid, changes))

    def set_wordpress(self, site: str, **changes: Any) -> None:
        """Settings of wordpress.rules.SiteSettings, from now on."""
        self._do(lambda: self._sandbox.sites.change(site, changes))

    def edit_post(self, site: str, number: str, **changes: Any) -> None:
        """As the webmaster does in his own back office; `status` trash deletes."""
        self._do(lambda: self._sandbox.sites.posts.edit_by_hand(site, number, changes))

    def drop_media(self, site: str) -> None:
        """As if the webmaster had emptied the media library."""
        self._do(lambda: self._sandbox.sites.media.drop(site))

    def delete(self, copy: Copy) -> None:
        """Behind the hub's back."""
        self._do(lambda: forget(self._sandbox.store, self._platform, copy.outlet, copy.remote_id, copy.url))

    def revoke_tokens(self) -> None:
        self._do(self._platform.credentials.revoke)

    def tokens(self) -> list[str]:
        """The access tokens that work now."""
        return self._do(self._platform.credentials.valid)

    def spend(self, appid: str, endpoint: str, calls: int) -> None:
        """As if that many calls had been made today."""
        self._do(lambda: self._platform.desk.quotas.pretend(appid, endpoint, calls))

    def drop_drafts(self, appid: str) -> None:
        """As if staff had emptied the draft box."""
        self._do(lambda: self._sandbox.store.drop(f"draft:{appid}"))

    def drop_materials(self, appid: str) -> None:
        """As if staff had emptied the picture library."""
        self._do(lambda: self._sandbox.store.drop(f"material:{appid}"))

    # -- the back office, by hand --------------------------------------------------------------------------------

    def publish_by_hand(self, appid: str, media_id: str, *, notify: bool = False) -> str:
        """The article_id at once, without a review; with `notify` (群发) the msg_id."""
        return self._do(lambda: self._platform.office.publish(appid, media_id, self.url, notify=notify))

    def edit_by_hand(self, appid: str, article_id: str, old: str, new: str) -> None:
        """The one small edit (20 characters); `article_id` may be a msg_id. Raises ValueError when it is refused."""
        self._do(lambda: self._platform.office.edit(appid, article_id, old, new))

    def delete_by_hand(self, appid: str, article_id: str, index: int = 0) -> None:
        """`index` from 1, 0 for all articles; `article_id` may be a msg_id."""
        self._do(lambda: self._platform.office.delete(appid, article_id, index))

    def ban(self, appid: str, article_id: str) -> None:
        """As the platform does after a success: publish_status 6 from now on."""
        self._do(lambda: self._platform.office.ban(appid, article_id))

    # -- callbacks and followers ---------------------------------------------------------------------------------

    def set_callback(self, appid: str, **changes: Any) -> None:
        """Settings of wechat.hookup.Hookup: url, token, aes_key, mode, format, times, shuffle, delay, stamps."""
        self._do(lambda: set_hookup(self._sandbox.store, appid, changes))

    def verify_callback(self, appid: str) -> str:
        """The GET with echostr: empty when the server passed, else what is wrong."""
        return self._await(self._platform.courier.verify(appid))

    def callbacks(self, appid: str = "") -> list[Parcel]:
        """Messages and events so far, with the status codes of every try."""
        return self._do(lambda: list(self._platform.courier.parcels(appid)))

    def flush(self) -> None:
        """Wait until everything that was posted has been delivered or given up."""
        self._await(self._platform.courier.idle())

    def follow(self, appid: str, openid: str, scene: str = "", *, wxname: str = "") -> Reply:
        """`scene` when it was by a QR code; `wxname` is the follower's WeChat id, to which previews can be sent."""
        return self._await(self._platform.followers.follow(appid, openid, scene, wxname))

    def unfollow(self, appid: str, openid: str) -> Reply:
        return self._await(self._platform.followers.unfollow(appid, openid))

    def say(self, appid: str, openid: str, text: str) -> Reply:
        return self._await(self._platform.followers.say(appid, openid, text))

    def click(self, appid: str, openid: str, key: str) -> Reply:
        return self._await(self._platform.followers.click(appid, openid, key))

    def view(self, appid: str, openid: str, url: str) -> Reply:
        return self._await(self._platform.followers.view(appid, openid, url))

    def scan(self, appid: str, openid: str, scene: str) -> Reply:
        """Whoever does not follow yet follows by it."""
        return self._await(self._platform.followers.scan(appid, openid, scene))

    def chat(self, appid: str, openid: str) -> list[dict[str, Any]]:
        """What the follower's phone shows, oldest first: {by, text, cards, at}."""
        return self._do(lambda: self._platform.chats.lines(appid, openid))

    # -- running -------------------------------------------------------------------------------------------------

    @property
    def _platform(self) -> WeChatPlatform:
        return self._sandbox.platform

    def _copies(self) -> list[Copy]:
        self._platform.desk.agenda.run_due()
        return copies(self._sandbox.store)

    def _do(self, work: Callable[[], T]) -> T:
        """Run in the sandbox's thread, so that nothing is read half changed."""

        async def call() -> T:
            return work()

        return self._await(call())

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

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
