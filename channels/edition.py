"""Edition: the frozen, channel-neutral snapshot of an item that every outlet renders.

Field names follow ninjs 3.1 (IPTC) in snake_case. Everything here is a value: no database, no clock, no network.
`to_json` and `from_json` are inverse; `checksum` says whether two editions would look the same to a reader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, Self, cast
from uuid import UUID

from channels.blocks import (
    BLOCKS,
    Asset,
    Attachment,
    Block,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Quote,
    Table,
    read_block,
)
from channels.facts import (
    GuideFacts,
    InterpretationFacts,
    Material,
    PolicyFacts,
    PolicyStatus,
    PublicityFacts,
    Question,
    Relation,
    RelationKind,
    ServiceFacts,
    read_facts,
)

__all__ = [
    "BLOCKS",
    "FORMAT",
    "AltId",
    "Asset",
    "Attachment",
    "Block",
    "Correction",
    "Edition",
    "GuideFacts",
    "Heading",
    "Image",
    "InterpretationFacts",
    "ItemList",
    "ItemType",
    "Lane",
    "Material",
    "Organisation",
    "Paragraph",
    "PolicyFacts",
    "PolicyStatus",
    "PubStatus",
    "PublicityFacts",
    "Question",
    "Quote",
    "Relation",
    "RelationKind",
    "ServiceFacts",
    "Subject",
    "Table",
    "content_id_of",
    "plain",
]

FORMAT = 1
"""Raised when the JSON of an edition changes shape; stored in every edition."""


class ItemType(StrEnum):
    """What kind of thing an item is; decides which typed fields it carries."""

    NEWS = "news"
    NOTICE = "notice"
    SERVICE_NOTICE = "service_notice"
    POLICY_DOC = "policy_doc"
    INTERPRETATION = "interpretation"
    PUBLIC_NOTICE = "public_notice"
    SERVICE_GUIDE = "service_guide"

    @property
    def label(self) -> str:
        return _TYPE_LABELS[self]


_TYPE_LABELS = {
    ItemType.NEWS: "新闻",
    ItemType.NOTICE: "通知公告",
    ItemType.SERVICE_NOTICE: "便民信息",
    ItemType.POLICY_DOC: "政策文件",
    ItemType.INTERPRETATION: "政策解读",
    ItemType.PUBLIC_NOTICE: "公示",
    ItemType.SERVICE_GUIDE: "办事指南",
}


class PubStatus(StrEnum):
    """IPTC publication status; the only states that leave the hub."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


class Lane(IntEnum):
    """Order of service. Withdrawals go before every lane."""

    URGENT = 1
    NORMAL = 2
    BULK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A term of a classification: `scheme` is column, topic or street."""

    scheme: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AltId:
    """A second identifier; `role` is doc_number (发文字号) or index_number (索引号)."""

    role: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The visible note of a later edition. A minor one is never announced again."""

    note: str
    major: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One signed version of an item. Times are aware UTC; `version` counts from 1, 0 is a preview.

    `ed_note` is for the desk and never leaves the hub. `issued_on` is the date on an official document (成文日期), as
    YYYY-MM-DD; `expires` is the end of the item's validity (有效期至).
    Of the typed fields at most those of its `type` are there. What was added to them since the first editions is None in
    old ones and left out of their JSON, so that those keep their checksums.
    `canonical_url` is the item's page at its owner, `permalink` the hub address that outlives every move.
    """

    uri: str
    version: int
    type: ItemType
    slug: str
    headline: str
    canonical_url: str
    permalink: str
    issuer: Organisation
    source: str
    first_created: datetime
    version_created: datetime
    summary: str = ""
    body: tuple[Block, ...] = ()
    cover: Image | None = None
    by: str = ""
    editor: str = ""
    proofreader: str = ""
    reviewer: str = ""
    subjects: tuple[Subject, ...] = ()
    keywords: tuple[str, ...] = ()
    alt_ids: tuple[AltId, ...] = ()
    issued_on: str = ""
    origin_url: str = ""
    service: ServiceFacts | None = None
    policy: PolicyFacts | None = None
    interpretation: InterpretationFacts | None = None
    publicity: PublicityFacts | None = None
    guide: GuideFacts | None = None
    relations: tuple[Relation, ...] | None = None
    correction: Correction | None = None
    language: str = "zh-CN"
    pub_status: PubStatus = PubStatus.USABLE
    lane: Lane = Lane.NORMAL
    expires: datetime | None = None
    ed_note: str = ""
    format: int = FORMAT

    def __post_init__(self) -> None:
        content_id_of(self.uri)
        for moment in (self.first_created, self.version_created, self.expires):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("an edition holds aware times only")
        for relation in self.relations or ():
            if content_id_of(relation.uri) == self.content_id:
                raise ValueError("an item cannot be related to itself")

    @property
    def content_id(self) -> UUID:
        return content_id_of(self.uri)

    @property
    def column(self) -> Subject | None:
        return next((s for s in self.subjects if s.scheme == "column"), None)

    @property
    def tags(self) -> tuple[str, ...]:
        """What readers look it up by besides column, unit and type: keywords, and the names of topics and streets."""
        named = (subject.name for subject in self.subjects if subject.scheme != "column")
        return tuple(dict.fromkeys((*self.keywords, *named)))

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Every file of the edition once, cover first, then in the order of the body, then empty forms."""
        found = {asset.sha256: asset for asset in self._assets()}
        return tuple(found.values())

    def _assets(self) -> Iterator[Asset]:
        if self.cover:
            yield self.cover.asset
        for block in self.body:
            if isinstance(block, Image | Attachment):
                yield block.asset
        for material in self.guide.materials if self.guide else ():
            if material.form:
                yield material.form

    @property
    def checksum(self) -> str:
        """SHA-256 (hex) of all that a reader could see; number, times of signing and `ed_note` stay out."""
        document = cast("dict[str, Any]", plain(self))
        for name in ("version", "version_created", "first_created", "ed_note"):
            document.pop(name, None)
        if document.get("correction"):
            document["correction"].pop("at")
        return hashlib.sha256(_canonical(document).encode()).hexdigest()

    def to_json(self) -> str:
        """Canonical JSON: keys sorted, no blanks, absent values left out; the same edition gives the same text."""
        return _canonical(plain(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError (or KeyError, TypeError) when the text is no edition of this format."""
        document: dict[str, Any] = json.loads(text)
        if document.get("format") != FORMAT:
            raise ValueError(f"edition format {document.get('format')!r} is not {FORMAT}")
        return cls(**{**document, **_typed(document)})

    def with_version(self, version: int, *, at: datetime) -> Self:
        """The same content as number `version`, signed at `at`."""
        return replace(self, version=version, version_created=at)


def content_id_of(uri: str) -> UUID:
    """The UUID in a `urn:uuid:` name. Raises ValueError for any other text."""
    prefix, _, value = uri.rpartition(":")
    if prefix != "urn:uuid":
        raise ValueError(f"not a urn:uuid name: {uri!r}")
    return UUID(value)


def _canonical(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A value of this module as JSON holds it: moments as text in UTC, None left out."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        held = {name: item for name, item in named.items() if item is not None}
        return {"kind": value.kind, **held} if isinstance(value, Block) else held
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _typed(document: dict[str, Any]) -> dict[str, Any]:
    """The fields of an edition's JSON that are not plain text or numbers, as values."""
    typed: dict[str, Any] = {
        "type": ItemType(document["type"]),
        "issuer": Organisation(**document["issuer"]),
        "first_created": _moment(document["first_created"]),
        "version_created": _moment(document["version_created"]),
        "expires": _moment(document.get("expires")),
        "body": tuple(read_block(block) for block in document.get("body", ())),
        "subjects": tuple(Subject(**subject) for subject in document.get("subjects", ())),
        "alt_ids": tuple(AltId(**alt) for alt in document.get("alt_ids", ())),
        "keywords": tuple(document.get("keywords", ())),
        "pub_status": PubStatus(document["pub_status"]),
        "lane": Lane(document["lane"]),
        **read_facts(document),
    }
    if cover := document.get("cover"):
        typed["cover"] = read_block(cover)
    if correction := document.get("correction"):
        typed["correction"] = Correction(**{**correction, "at": _moment(correction["at"])})
    return typed
