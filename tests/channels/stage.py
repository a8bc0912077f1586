"""The stage on which an adapter plays in the conformance suite: remote, HTTP client, files, memory, one event loop."""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from PIL import Image as Pillow

from channels.contract import Adapter, Answer, Observation, Presence, Receipt
from channels.edition import Asset, Edition, Heading, Image, ItemType, Organisation, Paragraph, Subject, Table
from channels.http import HttpClient
from tests.channels.loopback import Fault

T = TypeVar("T")
URI = "urn:uuid:7f0c1a52-3a54-4d0e-9f5c-0c6a1d2e3f40"
SIGNED = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NOTE = "内部批注：此句不得出现在任何终端"
SETTLE_ROUNDS = 12


class Remote(Protocol):
    """The outlet as the suite sees it: a real server on loopback that counts what readers would see."""

    secrets: tuple[str, ...]

    def copies(self, uri: str) -> list[int]:
        """The edition number of every copy that a reader finds."""

    def forget(self, uri: str) -> None:
        """Somebody removes the copy behind the hub's back."""

    def fail_next(self, fault: Fault) -> None: ...

    def finish(self, uri: str, version: int | None) -> None:
        """What is queued there is done now: `version` is wanted, None = gone. A person does it, or time passes."""

    @property
    def writes(self) -> int:
        """How many requests changed something, or tried to."""

    @property
    def uploads(self) -> int:
        """How many files were put there."""

    def close(self) -> None: ...


class Killed(BaseException):
    """The process dies here. Not an Exception: no adapter may catch it."""


@dataclass
class Memory:
    """A Checkpoint in a dictionary; `kill_after` puts the process dies, the value being committed."""

    entries: dict[tuple[str, bool], str] = field(default_factory=dict)
    puts: int = 0
    kill_after: int | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def get(self, name: str, *, shared: bool = False) -> str | None:
        return self.entries.get((name, shared))

    async def put(self, name: str, value: str, *, shared: bool = False) -> None:
        self.entries[name, shared] = value
        self.puts += 1
        if self.puts == self.kill_after:
            raise Killed

    async def sealed(self, name: str) -> str | None:
        return self.secrets.get(name)

    async def swap(self, name: str, value: str, *, before: str | None) -> bool:
        fits = self.secrets.get(name) == before
        if fits:
            self.secrets[name] = value
        return fits

    async def spend(self, call: str, *, day: str, limit: int, keep: int = 0) -> bool:
        free = self.calls[call, day] < limit - keep
        self.calls[call, day] += free
        return free

    async def give_back(self, call: str, *, day: str) -> None:
        self.calls[call, day] -= self.calls[call, day] > 0

    async def left(self, call: str, *, day: str, limit: int) -> int:
        return max(0, limit - self.calls[call, day])

    async def exhaust(self, call: str, *, day: str, limit: int) -> None:
        self.calls[call, day] = max(self.calls[call, day], limit)

    def next_generation(self) -> Memory:
        """What is left when the desire changes: the shared entries."""
        shared = {key: value for key, value in self.entries.items() if key[1]}
        return Memory(shared, secrets=self.secrets, calls=self.calls)


class Mortal:
    """The HTTP client; the process dies when the answer to request number `kill_after` has come."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self.answered = 0
        self.kill_after: int | None = None

    async def request(self, *args: Any, **kwargs: Any) -> Answer:
        answer = await self._http.request(*args, **kwargs)
        self.answered += 1
        if self.answered == self.kill_after:
            raise Killed
        return answer

    async def close(self) -> None:
        await self._http.close()


class MemoryAssets:
    """Reads the pictures that `picture` makes."""

    async def read(self, asset: Asset) -> bytes:
        try:
            return _pictures()[asset.sha256]
        except KeyError:
            raise FileNotFoundError(asset.sha256) from None


class Stage:
    """One outlet and its adapter. Every call runs in the stage's own event loop."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.runner = asyncio.Runner()
        self.http = Mortal(HttpClient(allowed_networks=["127.0.0.0/8"]))
        self.assets = MemoryAssets()
        self.memory = Memory()
        self.texts: list[str] = []
        self.adapter: Adapter

    def close(self) -> None:
        self.runner.run(self.http.close())
        self.runner.close()
        self.remote.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def deliver(
        self, edition: Edition, *, previous: Receipt | None = None, token: str | None = None
    ) -> Receipt:
        """Deliver without waiting for it to settle."""
        receipt = self.run(
            self.adapter.deliver(
                self.adapter.render(edition),
                previous=previous,
                token=token or token_for(edition),
                checkpoint=self.memory,
            )
        )
        self.texts += [repr(receipt), str(receipt.to_json())]
        return receipt

    def withdraw(self, receipt: Receipt) -> Receipt:
        gone = self.run(self.adapter.withdraw(receipt, reason="内容有误", checkpoint=self.memory))
        self.texts += [repr(gone), str(gone.to_json())]
        return gone

    def verify(self, receipt: Receipt) -> Observation:
        seen = self.run(self.adapter.verify(receipt, checkpoint=self.memory))
        self.texts.append(repr(seen))
        return seen

    def probe(self) -> str:
        said = self.run(self.adapter.probe())
        self.texts.append(said)
        return said

    def settle(self, receipt: Receipt, *, version: int | None) -> Receipt | None:
        """What the engine does with a receipt: look until the outlet is as wanted. None: it is gone.

        Fails when it does not come to rest within SETTLE_ROUNDS looks.
        """
        if receipt.settled and not self.adapter.capabilities.verifiable:
            return receipt if version else None
        seen = Observation(presence=Presence.UNKNOWN)
        for _ in range(SETTLE_ROUNDS):
            self.remote.finish(receipt.uri, version)
            receipt = self.confirmed(receipt)
            seen = self.verify(receipt)
            receipt = seen.receipt or receipt
            if version is None and seen.presence is Presence.ABSENT:
                return None
            if version is not None and seen.presence is Presence.PRESENT and seen.version in {None, version}:
                return replace(receipt, settled=True, remote_url=seen.remote_url or receipt.remote_url)
        raise AssertionError(f"never came to rest: wanted {version}, last look {seen}")

    def confirmed(self, receipt: Receipt) -> Receipt:
        """A person reports back with the address, where the outlet is a person."""
        if not receipt.awaits_person:
            return receipt
        address = receipt.remote_url or getattr(self.remote, "posted_at", lambda uri: "")(receipt.uri)
        return replace(receipt, awaits_person=False, remote_url=address)

    def place(self, edition: Edition, *, previous: Receipt | None = None) -> Receipt:
        """Deliver and settle, as a new desire."""
        self.memory = self.memory.next_generation()
        settled = self.settle(self.deliver(edition, previous=previous), version=edition.version)
        assert settled is not None
        return settled


class Ear(logging.Handler):
    """Hears every log record of all loggers while it is on, but for the remote's own access log."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "aiohttp.access":
            return
        self.texts.append(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            self.texts.append(repr(record.exc_info[1]))


def sample(version: int = 1, *, pictures: int = 2, **changes: Any) -> Edition:
    """An edition with text, a table and pictures; its wording differs from version to version."""
    values: dict[str, Any] = {
        "uri": URI,
        "version": version,
        "type": ItemType.NOTICE,
        "slug": "20261123-tingshui",
        "headline": f"停水通知（第{version}次发布）",
        "canonical_url": "http://hub.example/tzgg/20261123-tingshui/",
        "permalink": f"http://hub.example/i/{UUID(URI.rpartition(':')[2])}/",
        "issuer": Organisation(code="czjd", name="城中街道办事处"),
        "source": "城中街道办事处",
        "first_created": SIGNED,
        "version_created": SIGNED,
        "summary": f"第{version}稿：文昌路片区停水。",
        "body": (
            Paragraph(html=f"因管网检修，<strong>文昌路片区</strong>第{version}次停水，请提前做好储水准备。"),
            Heading(text="一、停水时间安排表"),
            Table(rows=(("路段名称", "停水时间"), (f"文昌路东段{version}号", "八时至十八时"))),
            *(
                Image(asset=picture(n), alt=f"示意图{n}", caption=f"停水范围示意图{n}")
                for n in range(pictures)
            ),
        ),
        "cover": Image(asset=picture(0), alt="封面") if pictures else None,
        "subjects": (Subject(scheme="column", code="tzgg", name="通知公告"),),
        "ed_note": NOTE,
    }
    return Edition(**{**values, **changes})


def picture(number: int) -> Asset:
    """A real PNG of its own colour; MemoryAssets knows its bytes."""
    data = picture_bytes(number)
    return Asset(
        sha256=hashlib.sha256(data).hexdigest(),
        content_type="image/png",
        name=f"示意图{number}.png",
        size=len(data),
        width=320,
        height=200,
    )


def token_for(edition: Edition) -> str:
    """32 hex characters, the same for the same edition."""
    return hashlib.sha256(f"{edition.uri}|{edition.version}".encode()).hexdigest()[:32]


@cache
def picture_bytes(number: int) -> bytes:
    buffer = io.BytesIO()
    Pillow.new("RGB", (320, 200), (number * 5 % 256, number * 11 % 256, 90)).save(buffer, "PNG")
    return buffer.getvalue()


@cache
def _pictures() -> dict[str, bytes]:
    return {hashlib.sha256(picture_bytes(number)).hexdigest(): picture_bytes(number) for number in range(64)}
