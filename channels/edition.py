"""Edition: the frozen, channel-neutral snapshot of an item that every outlet renders.

Field names follow ninjs 3.1 (IPTC) in snake_case. Everything here is a value: no database, no clock, no network.
`to_json` and `from_json` are inverse; `checksum` says whether two editions would look the same to a reader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, ClassVar, Self, cast
from uuid import UUID

FORMAT = 1
"""Raised when the JSON of an edition changes shape; stored in every edition."""


class ItemType(StrEnum):
    """What kind of thing an item is; decides which typed fields it carries."""

    NEWS = "news"
    NOTICE = "notice"
    SERVICE_NOTICE = "service_notice"


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
class Asset:
    """A file that belongs to an edition, held by content.

    `size` is in bytes, `width` and `height` in pixels (None for what is not a picture). `focal` is the
    point that a crop must keep, as fractions of width and height from the top left corner.
    """

    sha256: str
    content_type: str
    name: str
    size: int
    width: int | None = None
    height: int | None = None
    focal: tuple[float, float] | None = None

    EXTENSIONS: ClassVar[Mapping[str, str]] = {
        "image/jpeg": "jpg",
        "image/png": "png",
        "image/gif": "gif",
        "image/webp": "webp",
    }

    @property
    def extension(self) -> str:
        """File name extension without the dot; `bin` when there is none."""
        known = self.EXTENSIONS.get(self.content_type)
        tail = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        return known or (tail if tail.isascii() and tail.isalnum() and len(tail) <= 5 else "bin")

    @property
    def path(self) -> str:
        """Where the hub serves the file, below its public address, without a leading slash."""
        return f"assets/{self.sha256[:2]}/{self.sha256}.{self.extension}"

    @property
    def is_image(self) -> bool:
        return self.content_type in self.EXTENSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """`html`: sanitised inline HTML (strong, em, u, s, a, br, sub, sup)."""

    kind: ClassVar[str] = "paragraph"
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """`level` 2 to 4; the headline of the item is level 1."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture; `alt` is empty only for a decorative one."""

    kind: ClassVar[str] = "image"
    asset: Asset
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Plain-text cells, all rows of one length. `header_row` and `header_column` say which cells are headers."""

    kind: ClassVar[str] = "table"
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    header_row: bool = True
    header_column: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemList:
    """A list; each entry is sanitised inline HTML."""

    kind: ClassVar[str] = "list"
    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    kind: ClassVar[str] = "quote"
    text: str
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to take away; `title` is what the reader sees, `asset.name` the file's own name."""

    kind: ClassVar[str] = "attachment"
    asset: Asset
    title: str


Block = Paragraph | Heading | Image | Table | ItemList | Quote | Attachment
BLOCKS: Mapping[str, type[Block]] = {
    block.kind: block for block in (Paragraph, Heading, Image, Table, ItemList, Quote, Attachment)
}


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
class ServiceFacts:
    """The typed fields of a service notice (便民信息)."""

    area: str
    start: datetime | None = None
    end: datetime | None = None
    contact: str = ""
    deadline: datetime | None = None


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
        """Every file of the edition once, cover first, then in the order of the body."""
        found = {asset.sha256: asset for asset in self._assets()}
        return tuple(found.values())

    def _assets(self) -> Iterator[Asset]:
        if self.cover:
            yield self.cover.asset
        for block in self.body:
            if isinstance(block, Image | Attachment):
                yield block.asset

    @property
    def checksum(self) -> str:
        """SHA-256 (hex) of all that a reader could see; number, times of signing and `ed_note` stay out."""
        document = cast("dict[str, Any]", _plain(self))
        for name in ("version", "version_created", "first_created", "ed_note"):
            document.pop(name, None)
        if document.get("correction"):
            document["correction"].pop("at")
        return hashlib.sha256(_canonical(document).encode()).hexdigest()

    def to_json(self) -> str:
        """Canonical JSON: keys sorted, no blanks, absent values left out; the same edition gives the same text."""
        return _canonical(_plain(self))

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


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        plain = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        plain = {name: item for name, item in plain.items() if item is not None}
        return {"kind": value.kind, **plain} if isinstance(value, Block) else plain
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
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
        "body": tuple(_block(block) for block in document.get("body", ())),
        "subjects": tuple(Subject(**subject) for subject in document.get("subjects", ())),
        "alt_ids": tuple(AltId(**alt) for alt in document.get("alt_ids", ())),
        "keywords": tuple(document.get("keywords", ())),
        "pub_status": PubStatus(document["pub_status"]),
        "lane": Lane(document["lane"]),
    }
    if cover := document.get("cover"):
        typed["cover"] = _block(cover)
    if (service := document.get("service")) is not None:
        moments = {name: _moment(service.get(name)) for name in ("start", "end", "deadline")}
        typed["service"] = ServiceFacts(**{**service, **moments})
    if correction := document.get("correction"):
        typed["correction"] = Correction(**{**correction, "at": _moment(correction["at"])})
    return typed


def _block(document: dict[str, Any]) -> Block:
    values = dict(document)
    kind = values.pop("kind")
    if "asset" in values:
        values["asset"] = _asset(values["asset"])
    if kind == "table":
        values["rows"] = tuple(tuple(row) for row in values["rows"])
    if kind == "list":
        values["items"] = tuple(values["items"])
    return BLOCKS[kind](**values)


def _asset(document: dict[str, Any]) -> Asset:
    focal = document.get("focal")
    return Asset(**{**document, "focal": tuple(focal) if focal else None})
