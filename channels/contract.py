"""The contract between the engine and a channel: Adapter, and the values that pass between them.

An adapter speaks to one remote system. It keeps no state but its checkpoints, touches no database, reads no
settings and no clock. What it needs (HTTP, files) is handed to it. docs/adding-a-channel.md walks through one.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self

from channels.edition import Asset, Edition


class Update(StrEnum):
    """What a later edition does at the outlet."""

    IN_PLACE = "in_place"
    REPLACE = "replace"
    NONE = "none"


class Withdrawing(StrEnum):
    """What taking back leaves behind."""

    DELETE = "delete"
    TOMBSTONE = "tombstone"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Facts about a channel; the engine, the editor's screen and docs/channels.md read the same ones.

    repeatable: delivering twice with one token leaves one copy; False: never retried without `verify`.
    verifiable: `verify` can look at the copy.
    manual: a person does the work and comes back with the address (交办).
    shown_at_commit: readers see the item as soon as it is signed; a delivery only purges, pings and reads back, so
    neither a pause nor an item's age holds it.
    Limits are inclusive; characters are Unicode code points; None means that none is stated.
    `parallel` is how many calls one outlet takes at a time. `poll_seconds` are the waits between looks at something
    accepted but not yet proven, `look_seconds` those between looks at something settled; after the last one a person
    is asked, or the looking ends.
    """

    update: Update
    withdrawal: Withdrawing
    repeatable: bool
    verifiable: bool
    manual: bool = False
    shown_at_commit: bool = False
    bundle_max: int = 1
    headline_max_chars: int | None = None
    summary_max_chars: int | None = None
    body_max_bytes: int | None = None
    images_max: int | None = None
    daily_quota: int | None = None
    parallel: int = 4
    poll_seconds: tuple[int, ...] = (1, 2, 5, 15, 60, 300, 900, 3600)
    look_seconds: tuple[int, ...] = (300, 3600, 86_400, 259_200, 604_800)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting of an outlet. `label` and `help` are Chinese; a secret is encrypted at rest and never shown.

    `choices` are (value, Chinese label); empty for free text. `unique`: no two outlets in service may have the same.
    `drill` is the value that the outlet's twin has instead during a drill (演练), so that it speaks to the sandbox:
    {sandbox}, {slug} and {number} (the outlet's own) are filled in. A channel without any cannot be drilled.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    unique: bool = False
    drill: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletConfig:
    """One outlet as its adapter sees it. `public_url` is the hub's public address, without a trailing slash."""

    slug: str
    name: str
    public_url: str
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def asset_url(self, asset: Asset) -> str:
        """Absolute address of a file of an edition on the hub."""
        return f"{self.public_url}/{asset.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """An edition in one outlet's form. `payload` is JSON-able; `assets` are the files that it refers to.

    `alterations`: what the channel shows differently from what was written, as Chinese lines that name the place;
    for the editor's eyes, so not part of `sha256`.
    """

    uri: str
    version: int
    payload: Mapping[str, Any]
    assets: tuple[Asset, ...] = ()
    alterations: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Hex digest of the payload: two renderings with the same digest look the same at the outlet."""
        text = json.dumps(self.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The outlet's evidence for one edition.

    `token` is the token of the delivery that made it. `remote_id` is opaque; it is empty in the provisional
    receipt that the engine hands to `verify` when the outcome of a call is unknown. `settled` is False while the
    outlet (or a person, `awaits_person`) has still to act. `watched`: looks go on meanwhile, and may show that he has.
    `raw` is redacted and small.
    """

    token: str
    uri: str
    version: int
    remote_id: str = ""
    remote_url: str = ""
    settled: bool = True
    awaits_person: bool = False
    watched: bool = False
    note: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "token": self.token,
            "uri": self.uri,
            "version": self.version,
            "remote_id": self.remote_id,
            "remote_url": self.remote_url,
            "settled": self.settled,
            "awaits_person": self.awaits_person,
            "watched": self.watched,
            "note": self.note,
            "raw": dict(self.raw),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        return cls(**document)


class Presence(StrEnum):
    """What a look at an outlet found."""

    PRESENT = "present"
    ABSENT = "absent"
    PENDING = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a read-back saw. `version` None: present, but which edition cannot be told.

    `receipt` is a better receipt than the one that was asked about (an address that has become known, the id of a
    copy found by its natural key). `note` is a Chinese sentence for the desk.
    """

    presence: Presence
    version: int | None = None
    remote_url: str = ""
    note: str = ""
    receipt: Receipt | None = None


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A pre-flight result: where, what is wrong, how to mend it (all Chinese)."""

    place: str
    problem: str
    fix: str
    severity: Severity = Severity.BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What an outlet's call-back says about one remote object; the engine answers by looking."""

    remote_id: str
    kind: str


class Checkpoint(Protocol):
    """An adapter's only memory: committed before a method returns, and the same for every process of the hub.

    Plain entries live for one placement and generation; `shared` ones for the whole outlet (uploaded pictures).
    Sealed entries (access tokens) are the outlet's, encrypted at rest, and change only by compare-and-swap. Counted
    calls are the outlet's too: `call` names a metered call, `day` the day of its quota as YYYY-MM-DD.
    """

    async def get(self, name: str, *, shared: bool = False) -> str | None: ...
    async def put(self, name: str, value: str, *, shared: bool = False) -> None: ...

    async def sealed(self, name: str) -> str | None: ...
    async def swap(self, name: str, value: str, *, before: str | None) -> bool:
        """Write a sealed entry that still reads `before` (None: that there is none). False: somebody was faster."""

    async def spend(self, call: str, *, day: str, limit: int, keep: int = 0) -> bool:
        """Count one call. False, and nothing counted, when only `keep` of the day's `limit` are left.

        A limit that the outlet has stated itself goes before `limit`.
        """

    async def give_back(self, call: str, *, day: str) -> None:
        """A counted call has certainly never left: it is not spent after all."""

    async def left(self, call: str, *, day: str, limit: int) -> int:
        """Calls that `spend` would still allow; never below nought."""

    async def exhaust(self, call: str, *, day: str, limit: int) -> None:
        """The outlet says that nothing is left: count the day as used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer; `url` is where it came from after redirects."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")


class Http(Protocol):
    """The HTTP client that adapters are given; channels/http.py is the real one.

    Raises Unreachable when the request never went out or was safe to lose, OutcomeUnknown when a `write` may have
    been applied, ConfigError for an address that the hub may not call. Answers of any status are returned.
    """

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        write: bool = False,
        timeout: float = 20.0,
        max_bytes: int = 5_000_000,
    ) -> Answer: ...


class AssetReader(Protocol):
    """Reads the frozen bytes of an asset. Raises FileNotFoundError."""

    async def read(self, asset: Asset) -> bytes: ...


class Adapter(ABC):
    """One way of publishing. One instance serves one outlet.

    Raises only ChannelError on purpose. Network methods run in one event loop with many others: blocking work goes
    to a thread. `token` is 32 lower-case hex characters, the same on every retry of an edition at an outlet.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    options: ClassVar[tuple[Option, ...]] = ()

    def __init__(self, outlet: OutletConfig, *, http: Http, assets: AssetReader) -> None:
        self.outlet = outlet
        self.http = http
        self.assets = assets

    def profile(self) -> str:
        """What of this outlet its renderings depend on: outlets of a channel with one profile share one rendering."""
        return self.outlet.slug

    def check(self, edition: Edition) -> tuple[Finding, ...]:
        """Pre-flight without network: what would go wrong, and how to mend it."""
        return limit_findings(edition, self.capabilities)

    def replacing(self, edition: Edition) -> Finding | None:  # noqa: ARG002
        """What signing `edition` does to a copy that is out, for the editor to know before; None: it just changes."""
        return None

    @abstractmethod
    def render(self, edition: Edition) -> Rendering:
        """Pure: no network, no clock; equal input gives equal output. Raises Unrepresentable."""

    @abstractmethod
    async def deliver(
        self,
        rendering: Rendering,
        *,
        previous: Receipt | None,
        token: str,
        checkpoint: Checkpoint,
    ) -> Receipt:
        """Put it there, in place of `previous`. Returns settled=False when the outlet has only queued it."""

    @abstractmethod
    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:
        """Take it back. Already gone is success."""

    @abstractmethod
    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        """Look and say what is there. Never writes at the outlet."""

    async def probe(self) -> str:
        """Try the connection (试连) and say in one Chinese sentence what is right. Optional.

        Leaves nothing at the outlet that a reader or its webmaster would have to clean up. Raises ChannelError.
        """
        raise NotImplementedError(f"{self.key} cannot be tried")

    def parse(self, headers: Mapping[str, str], body: bytes) -> tuple[Event, ...]:
        """The outlet's call-back as events, its signature checked. Raises Refused for a forged one."""
        raise NotImplementedError(f"{self.key} takes no call-backs")


def limit_findings(edition: Edition, limits: Capabilities) -> tuple[Finding, ...]:
    """Findings for the limits that every channel states in the same words."""
    found = []
    length = len(edition.headline)
    if limits.headline_max_chars is not None and length > limits.headline_max_chars:
        found.append(
            Finding(
                place="标题",
                problem=f"标题 {length} 字，超过该渠道上限 {limits.headline_max_chars} 字",
                fix="请缩短标题后重新签发",
            )
        )
    length = len(edition.summary)
    if limits.summary_max_chars is not None and length > limits.summary_max_chars:
        found.append(
            Finding(
                place="摘要",
                problem=f"摘要 {length} 字，超过该渠道上限 {limits.summary_max_chars} 字",
                fix="请缩短摘要后重新签发",
            )
        )
    images = sum(1 for asset in edition.assets if asset.is_image)
    if limits.images_max is not None and images > limits.images_max:
        found.append(
            Finding(
                place="图片",
                problem=f"共 {images} 张图片，超过该渠道上限 {limits.images_max} 张",
                fix="请减少图片后重新签发",
            )
        )
    if not (edition.body or edition.guide):
        found.append(Finding(place="正文", problem="正文为空", fix="请填写正文后再签发"))
    return tuple(found)
