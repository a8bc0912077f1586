"""What the feeds of one outlet are made from: the same values for Atom and RSS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from channels import markup
from channels.edition import Asset, Attachment, Edition
from channels.formats.html import AssetUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """`uri` is the feed's permanent id (a urn:), minted once. `updated` is when the feed's own settings changed.

    `self_url` is this document's own address, `home_url` the page it belongs to, `hub_url` a WebSub hub. `next_url`
    and `previous_url` page by cursor (RFC 5005). Addresses are absolute, times aware.
    """

    uri: str
    title: str
    self_url: str
    home_url: str
    author: str
    updated: datetime
    subtitle: str = ""
    hub_url: str = ""
    next_url: str = ""
    previous_url: str = ""
    language: str = "zh-CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An edition in a feed: `url` is its page at this outlet, `published` its first time, `updated` its last change."""

    edition: Edition
    url: str
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A withdrawn item (RFC 6721). `uri` is the id that the entry had; `comment` is for machines' owners."""

    uri: str
    when: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file beside the text; `length` in bytes."""

    url: str
    content_type: str
    length: int
    title: str


def last_change(head: FeedHead, entries: Sequence[FeedEntry], tombstones: Sequence[Tombstone]) -> datetime:
    """When the document changed last: moves forward on every edit, withdrawal and change of settings."""
    moments = [head.updated, *(entry.updated for entry in entries), *(stone.when for stone in tombstones)]
    return max(moments).astimezone(UTC)


def standing(entries: Sequence[FeedEntry], tombstones: Sequence[Tombstone]) -> list[Tombstone]:
    """The tombstones that hold: one an item, the latest, and none for an item that lives again."""
    living = {entry.edition.uri for entry in entries}
    latest: dict[str, Tombstone] = {}
    for stone in sorted(tombstones, key=lambda stone: stone.when):
        if stone.uri not in living:
            latest[stone.uri] = stone
    return sorted(latest.values(), key=lambda stone: (stone.when, stone.uri), reverse=True)


def enclosures(edition: Edition, asset_url: AssetUrl) -> list[Enclosure]:
    """Attachments in the order of the body, then the cover."""
    files: list[tuple[Asset, str]] = [(b.asset, b.title) for b in edition.body if isinstance(b, Attachment)]
    if edition.cover:
        files.append((edition.cover.asset, edition.cover.caption or edition.cover.alt))
    return [
        Enclosure(
            url=asset_url(asset),
            content_type=asset.content_type,
            length=asset.size,
            title=title or asset.name,
        )
        for asset, title in files
    ]


def rfc3339(moment: datetime) -> str:
    """UTC to the second, e.g. 2026-11-23T01:30:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ascii_url(url: str) -> str:
    """`url` with everything outside ASCII percent-encoded as UTF-8; what is encoded already stays."""
    return quote(markup.xml_text(url), safe="%/:=&?~#+!$,;'@()*[]")
