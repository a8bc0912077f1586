"""What the tests of the WeChat channel share: the sandbox as an outlet, and the adapter set up for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from channels.adapters.wechat_mp.adapter import WeChatAdapter
from channels.adapters.wechat_mp.progress import Mark
from channels.contract import AssetReader, Http, OutletConfig, Receipt
from channels.edition import Edition
from channels.sandbox.config import DEMO_SECRET, SandboxConfig
from channels.sandbox.copies import Copy
from channels.sandbox.running import RunningSandbox
from tests.channels.loopback import Fault
from tests.channels.stage import Memory, Stage, token_for

APPID = "wxdemo000000000001"
CRITICAL = "freepublish/(submit|getarticle|delete)$"
"""The calls that decide about an article: where a fault hurts most."""


class WeChatRemote:
    """The sandbox as the suite sees an outlet."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.sandbox = RunningSandbox(config).__enter__()
        self.ahead = 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        return (DEMO_SECRET, *self.sandbox.tokens())

    def copies(self, uri: str) -> list[int]:
        return [mark_of(copy, self.sandbox).version for copy in self.sandbox.copies(uri)]

    def forget(self, uri: str) -> None:
        for copy in self.sandbox.copies(uri):
            self.sandbox.delete(copy)

    def fail_next(self, fault: Fault) -> None:
        kind, details = FAULTS[fault]
        self.sandbox.fault(CRITICAL, kind, **details)

    def finish(self, uri: str, version: int | None) -> None:
        """Reviews end at once here."""

    @property
    def writes(self) -> int:
        names = (
            "uploadimg",
            "add_material",
            "draft/add",
            "freepublish/submit",
            "freepublish/delete",
            "draft/delete",
        )
        return sum(self.sandbox.calls(name) for name in names)

    @property
    def uploads(self) -> int:
        return self.sandbox.calls("uploadimg") + self.sandbox.calls("add_material")

    def clock(self) -> float:
        """Unix seconds, as far ahead as the platform's own clock."""
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
        self.sandbox.advance(seconds)

    def close(self) -> None:
        self.sandbox.__exit__(None, None, None)


FAULTS: Mapping[Fault, tuple[str, dict[str, int]]] = {
    Fault.REFUSED: ("errcode", {"errcode": 53503}),
    Fault.UNAUTHORISED: ("errcode", {"errcode": 50002}),
    Fault.THROTTLED: ("429", {}),
    Fault.SERVER_ERROR: ("500", {}),
    Fault.DROPPED: ("drop_before", {}),
    Fault.APPLIED_THEN_DROPPED: ("drop_after_commit", {}),
    Fault.APPLIED_THEN_GARBAGE: ("html_after", {}),
}


def mark_of(copy: Copy, sandbox: RunningSandbox) -> Mark:
    article = next(
        a for a in sandbox.documents(f"article:{copy.outlet}") if a["article_id"] == copy.remote_id
    )
    mark = Mark.read(article["articles"][0]["content_source_url"])
    assert mark is not None
    return mark


def adapter_for(
    remote: WeChatRemote, http: Http, assets: AssetReader, *, secret: str = DEMO_SECRET, **options: str
) -> WeChatAdapter:
    config = OutletConfig(
        slug="pinzhi",
        name="品质城中",
        public_url="http://hub.example",
        options={"appid": APPID, "api_base": remote.sandbox.url, "unknown_wait": "0", **options},
        secrets={"secret": secret},
    )
    return WeChatAdapter(config, http=http, assets=assets, clock=remote.clock)


def staged(remote: WeChatRemote, **options: str) -> Iterator[Stage]:
    stage = Stage(remote)
    try:
        stage.adapter = adapter_for(remote, stage.http, stage.assets, **options)
        yield stage
    finally:
        stage.close()


def sandbox_of(stage: Stage) -> RunningSandbox:
    assert isinstance(stage.remote, WeChatRemote)
    return stage.remote.sandbox


def provisional(edition: Edition) -> Receipt:
    """What the engine knows of a delivery whose end nobody saw."""
    return Receipt(token=token_for(edition), uri=edition.uri, version=edition.version, settled=False)


def by_hand(stage: Stage, receipt: Receipt) -> str:
    """A person publishes the draft in the back office; returns the article's address."""
    article_id = sandbox_of(stage).publish_by_hand(APPID, receipt.raw["media_id"])
    return next(copy.url for copy in sandbox_of(stage).copies() if copy.remote_id == article_id)


def replace_memory(memory: Memory, *, kill_after: int) -> Memory:
    return replace(memory, puts=0, kill_after=kill_after)
