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
from channels.edition import Edition
from channels.formats.html import AssetUrl


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

    @property
    def KEY(self) -> str:  # noqa: N802
        """How addresses name the format: what stands behind the first dot."""

    @property
    def LABEL(self) -> str:  # noqa: N802
        """What people call it."""

    @property
    def CONTENT_TYPE(self) -> str:  # noqa: N802
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


def rfc3339(moment: datetime) -> str:
    """UTC, always with milliseconds, e.g. 2026-11-23T01:30:00.000Z.

    They tell two changes within one second apart: items that were signed together, an item that came back. Always
    three digits, because readers sort these as text, which is right only then (RFC 3339 section 5.1).
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ascii_url(url: str) -> str:
    """`url` with everything outside ASCII percent-encoded as UTF-8; what is encoded already stays."""
    return quote(markup.xml_text(url), safe="%/:=&?~#+!$,;'@()*[]")
