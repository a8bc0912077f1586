"""What every feed format is made from, and what each of them offers.

An entry is serialised once, when it changes: its fragment is stored, and a document is spliced from fragments. So a
fragment depends on its entry alone, never on the feed that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import quote

from channels import markup
from channels.edition import Asset, Attachment, Edition, ItemType
from channels.formats.html import AssetUrl
from channels.formats.text import body_text

OPENING_CHARS = 200
"""How much of the body stands for a missing summary."""

TYPE_LABELS = {ItemType.NEWS: "新闻", ItemType.NOTICE: "通知公告", ItemType.SERVICE_NOTICE: "便民信息"}


class Content(StrEnum):
    """How much of an item a subscriber gets: the whole text, or its summary and the way to the page."""

    FULL = "full"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """`uri` is the feed's permanent id (a urn:), minted once. `updated` is when the feed's own settings changed.

    `self_url` is this document's own address, `home_url` the page it belongs to, `hub_url` a WebSub hub. The other
    addresses page by cursor or lead through the archives (RFC 5005); an archive names its `current_url`. Addresses
    are absolute, times aware.
    """

    uri: str
    title: str
    self_url: str
    home_url: str
    author: str
    updated: datetime
    subtitle: str = ""
    hub_url: str = ""
    first_url: str = ""
    next_url: str = ""
    previous_url: str = ""
    prev_archive_url: str = ""
    next_archive_url: str = ""
    current_url: str = ""
    is_archive: bool = False
    language: str = "zh-CN"

    def relations(self) -> Iterator[tuple[str, str]]:
        """(link relation, address) of the hub and of the neighbouring documents, those that there are."""
        for rel, url in (
            ("hub", self.hub_url),
            ("first", self.first_url),
            ("next", self.next_url),
            ("previous", self.previous_url),
            ("prev-archive", self.prev_archive_url),
            ("next-archive", self.next_archive_url),
            ("current", self.current_url),
        ):
            if url:
                yield rel, url


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An edition in a feed: `url` is its page at this outlet, `published` its first time, `updated` its last change.

    `sequence` is the number of that change in the hub's log, 0 when it is not known.
    """

    edition: Edition
    url: str
    published: datetime
    updated: datetime
    sequence: int = 0

    @property
    def changed(self) -> datetime:
        """What the documents call `updated`: never before the first publication or a correction."""
        correction = self.edition.correction
        return max([self.updated, self.published, *([correction.at] if correction else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A withdrawn item (RFC 6721). `uri` is the id that the entry had; `comment` is for machines' owners.

    `url` is the item's permanent address, which answers 410.
    """

    uri: str
    when: datetime
    comment: str = ""
    url: str = ""


class Format(Protocol):
    """What each module of a feed format offers. Pure: the same values give the same bytes."""

    KEY: str
    """How addresses name the format: what stands behind the dot."""
    LABEL: str
    """What people call it."""
    CONTENT_TYPE: str
    """With the charset, where the media type has one."""

    def entry(self, entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:
        """The fragment of one entry."""

    def document(
        self, head: FeedHead, entries: Sequence[bytes], tombstones: Sequence[Tombstone], *, updated: datetime
    ) -> bytes:
        """The document, of fragments in their order.

        `tombstones` are those that hold, newest first: one an item, none for an item that is among the entries.
        `updated` is the last change of all that the document shows.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file beside the text; `length` in bytes."""

    url: str
    content_type: str
    length: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One classification of an item; `scheme` is an IRI, one for each taxonomy."""

    scheme: str
    code: str
    name: str


def terms(edition: Edition) -> list[Term]:
    """Column, topics and streets, then issuing unit, kind of item and keywords; each once, blank ones left out."""
    found = [
        *((subject.scheme, subject.code, subject.name) for subject in edition.subjects),
        ("unit", edition.issuer.code, edition.issuer.name),
        ("type", edition.type.value, TYPE_LABELS[edition.type]),
        *(("keyword", keyword, keyword) for keyword in edition.keywords),
    ]
    clean = (tuple(" ".join(markup.xml_text(part).split()) for part in parts) for parts in found)
    return [
        Term(scheme=ascii_url(f"urn:tongsheng:{scheme}"), code=code, name=name or code)
        for scheme, code, name in dict.fromkeys(clean)
        if code
    ]


def creator(edition: Edition) -> str:
    """Who wrote it: the person if one is named, else the source, else the unit that answers for it."""
    return edition.by or edition.source or edition.issuer.name


def opening(edition: Edition) -> str:
    """The summary, or else how the body begins; plain text."""
    if edition.summary:
        return markup.xml_text(edition.summary)
    text = " ".join(markup.xml_text(body_text(edition)).split())
    return text if len(text) <= OPENING_CHARS else f"{text[:OPENING_CHARS]}…"


def digest(edition: Edition) -> str:
    """What stands for the text where only a summary is offered: a correction must not be missed there either."""
    note = f"更正说明：{edition.correction.note}\n" if edition.correction else ""
    return f"{markup.xml_text(note)}{opening(edition)}"


def enclosures(edition: Edition, asset_url: AssetUrl) -> list[Enclosure]:
    """Attachments in the order of the body, then the cover; a file that is used twice is listed once."""
    files: list[tuple[Asset, str]] = [(b.asset, b.title) for b in edition.body if isinstance(b, Attachment)]
    if edition.cover:
        files.append((edition.cover.asset, edition.cover.caption or edition.cover.alt))
    first = {asset.sha256: (asset, title) for asset, title in reversed(files)}
    return [
        Enclosure(
            url=ascii_url(asset_url(asset)),
            content_type=asset.content_type,
            length=asset.size,
            title=markup.xml_text(title).strip() or markup.xml_text(asset.name).strip(),
        )
        for asset, title in reversed(first.values())
    ]


def rfc3339(moment: datetime) -> str:
    """UTC to the second, e.g. 2026-11-23T01:30:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ascii_url(url: str) -> str:
    """`url` with everything outside ASCII percent-encoded as UTF-8; what is encoded already stays."""
    return quote(markup.xml_text(url), safe="%/:=&?~#+!$,;'@()*[]")
