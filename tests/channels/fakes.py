"""A scripted outlet in memory: what it holds, what it was asked, and what goes wrong next."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from channels.contract import (
    Adapter,
    Capabilities,
    Checkpoint,
    Observation,
    Presence,
    Receipt,
    Rendering,
    Update,
    Withdrawing,
)
from channels.edition import Edition

REPEATABLE = Capabilities(
    update=Update.IN_PLACE, withdrawal=Withdrawing.DELETE, repeatable=True, verifiable=True
)
ONCE = replace(REPEATABLE, update=Update.REPLACE, repeatable=False)


@dataclass
class FakeOutlet:
    """`copies`: uri -> list of (version, token). `undecided`: a look finds that it is still at work.

    `faults`: raised before, or after the effect with `after=True`.
    """

    copies: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, Exception, bool]] = field(default_factory=list)
    queued: bool = False
    undecided: bool = False
    hangs_while: Callable[[], bool] | None = None
    on_call: Callable[[str], None] | None = None

    def fail(self, operation: str, error: Exception, *, after: bool = False, times: int = 1) -> None:
        self.faults += [(operation, error, after)] * times

    def fault(self, operation: str, *, after: bool) -> None:
        for number, (name, error, late) in enumerate(self.faults):
            if name == operation and late == after:
                del self.faults[number]
                raise error


class FakeAdapter(Adapter):
    """Speaks to the FakeOutlet of its slug."""

    key: ClassVar[str] = "fake"
    label: ClassVar[str] = "测试渠道"
    capabilities: ClassVar[Capabilities] = REPEATABLE
    outlets: ClassVar[dict[str, FakeOutlet]] = {}

    @property
    def remote(self) -> FakeOutlet:
        return self.outlets.setdefault(self.outlet.slug, FakeOutlet())

    def render(self, edition: Edition) -> Rendering:
        return Rendering(
            uri=edition.uri,
            version=edition.version,
            payload={"title": edition.headline, "text": [getattr(b, "html", "") for b in edition.body]},
        )

    async def deliver(
        self, rendering: Rendering, *, previous: Receipt | None, token: str, checkpoint: Checkpoint
    ) -> Receipt:
        remote = self.remote
        await self._begin("deliver")
        copies = remote.copies.setdefault(rendering.uri, [])
        if self.capabilities.repeatable or previous:
            copies.clear()
        copies.append((rendering.version, token))
        remote.fault("deliver", after=True)
        return Receipt(
            token=token,
            uri=rendering.uri,
            version=rendering.version,
            remote_id=rendering.uri,
            remote_url=f"http://fake.example/{rendering.uri}",
            settled=not remote.queued,
        )

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:
        await self._begin("withdraw")
        self.remote.copies.pop(receipt.uri, None)
        self.remote.fault("withdraw", after=True)
        return replace(receipt, settled=True)

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        await self._begin("verify")
        if self.remote.undecided:
            return Observation(presence=Presence.PENDING)
        copies = self.remote.copies.get(receipt.uri)
        if not copies:
            return Observation(presence=Presence.ABSENT)
        version, token = copies[-1]
        found = replace(receipt, remote_id=receipt.uri, token=token, version=version)
        return Observation(presence=Presence.PRESENT, version=version, receipt=found)

    async def _begin(self, operation: str) -> None:
        self.remote.calls[operation] += 1
        if self.remote.on_call:
            self.remote.on_call(operation)
        while self.remote.hangs_while and self.remote.hangs_while():
            await asyncio.sleep(0.001)
        self.remote.fault(operation, after=False)


class OnceAdapter(FakeAdapter):
    """The same, but a call must never be repeated blindly."""

    key: ClassVar[str] = "once"
    capabilities: ClassVar[Capabilities] = ONCE
