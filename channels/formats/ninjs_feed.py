"""Entries -> a list of ninjs 3.1 objects, for newsrooms' systems.

IPTC names neither a media type for ninjs nor a document of several objects: this is plain JSON, with the objects in
`items`. A withdrawn item is what IPTC calls canceled: an object of that state and nothing else, in `deleted`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.formats import ninjs
from channels.formats.extracts import digest
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone, ascii_url, rfc3339
from channels.formats.html import AssetUrl
from channels.formats.json_parts import dump, present, splice

KEY = "ninjs.json"
LABEL = "ninjs 3.1（国际新闻电讯委员会格式）"
CONTENT_TYPE = "application/json"


def entry(entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:
    """One ninjs object. `web` is the page at this outlet, the number of the change is an alternative id."""
    edition = entry.edition
    item = ninjs.document(edition, lambda asset: ascii_url(asset_url(asset)))
    item["renditions"] = [
        {"name": "web", "href": ascii_url(entry.url), "contentType": "text/html"},
        {"name": "canonical", "href": ascii_url(edition.canonical_url), "contentType": "text/html"},
    ]
    if entry.sequence:
        item["altIds"] = [*item.get("altIds", []), {"role": "sequence", "value": str(entry.sequence)}]
    if content is Content.SUMMARY:
        item["representationType"] = "partial"
        item["bodies"] = [{"role": "summary", "contentType": "text/plain", "value": digest(edition)}]
    return dump(item)


def document(
    head: FeedHead, entries: Sequence[bytes], tombstones: Sequence[Tombstone], *, updated: datetime
) -> bytes:
    """The list, with the addresses of its neighbours."""
    feed: dict[str, Any] = {
        "standard": ninjs.STANDARD,
        "uri": head.uri,
        "title": head.title,
        "description": head.subtitle,
        "language": head.language,
        "updated": rfc3339(max(head.updated, updated)),
        "home_url": ascii_url(head.home_url),
        "self_url": ascii_url(head.self_url),
        **{f"{rel.replace('-', '_')}_url": ascii_url(url) for rel, url in head.relations()},
    }
    deleted = [_canceled(stone) for stone in tombstones]
    return splice({**present(feed), "archive": head.is_archive, "deleted": deleted}, "items", entries)


def _canceled(stone: Tombstone) -> dict[str, Any]:
    return {"uri": stone.uri, "pubStatus": "canceled", "versionCreated": rfc3339(stone.when)}
