"""Entries -> a flat array of objects of strings, for the template tags `{dede:json}` and `{pc:json}`.

Those tags take an array of plain fields and nothing around it: there is no place for the feed's own properties, and
a withdrawn item is just not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from channels.formats.extracts import digest, opening
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone, ascii_url
from channels.formats.html import AssetUrl
from channels.formats.json_parts import dump
from channels.formats.typed import SHANGHAI, status_warning

KEY = "flat.json"
LABEL = "JSON 简表（供织梦、PHPCMS 模板标签调用）"
CONTENT_TYPE = "application/json"


def entry(entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:
    """One object; every field is there, an absent one as an empty string. Times are Beijing's."""
    edition = entry.edition
    return dump(
        {
            "id": edition.uri,
            "title": edition.headline,
            "url": ascii_url(entry.url),
            "date": f"{entry.published.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            "summary": digest(edition) if content is Content.SUMMARY else opening(edition),
            "image": ascii_url(asset_url(edition.cover.asset)) if edition.cover else "",
            "source": edition.source,
            "type": edition.type.label,
            "status": status_warning(edition),
        }
    )


def document(
    head: FeedHead,  # noqa: ARG001
    entries: Sequence[bytes],
    tombstones: Sequence[Tombstone],  # noqa: ARG001
    *,
    updated: datetime,  # noqa: ARG001
) -> bytes:
    """The array."""
    return b"".join((b"[", b",".join(entries), b"]"))
