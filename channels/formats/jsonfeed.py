"""Entries -> JSON Feed 1.1. What the format has no word for is in the extension `_tongsheng`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.formats.extracts import creator, digest, enclosures, opening, origin, terms
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone, ascii_url, rfc3339
from channels.formats.html import AssetUrl, article_html
from channels.formats.json_parts import dump, present, splice
from channels.formats.plain_facts import plain_facts, related

KEY = "json"
LABEL = "JSON Feed 1.1"
CONTENT_TYPE = "application/feed+json"
"""Without a charset: JSON is UTF-8, and the media type knows no such parameter."""
VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_tongsheng"


def entry(entry: FeedEntry, *, content: Content, asset_url: AssetUrl) -> bytes:
    """One item object."""
    edition = entry.edition
    author = creator(edition)
    item = {
        "id": edition.uri,
        "url": ascii_url(entry.url),
        "external_url": origin(edition),
        "title": edition.headline,
        "summary": opening(edition),
        "image": ascii_url(asset_url(edition.cover.asset)) if edition.cover else "",
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.changed),
        "authors": [{"name": author}] if author else [],
        "tags": list(dict.fromkeys(term.name for term in terms(edition))),
        "language": edition.language,
        "attachments": _attachments(entry, asset_url),
        EXTENSION: _extension(entry, asset_url),
    }
    # Required even when there is nothing to say.
    text = (
        {"content_html": article_html(edition, asset_url)}
        if content is Content.FULL
        else {"content_text": digest(edition)}
    )
    return dump({**present(item), **text})


def document(
    head: FeedHead, entries: Sequence[bytes], tombstones: Sequence[Tombstone], *, updated: datetime
) -> bytes:
    """The feed object. Readers know only `next_url`; the other neighbours are in the extension."""
    neighbours = {f"{rel.replace('-', '_')}_url": ascii_url(url) for rel, url in head.relations()}
    hub, following = neighbours.pop("hub_url", ""), neighbours.pop("next_url", "")
    feed = {
        "version": VERSION,
        "title": head.title,
        "home_page_url": ascii_url(head.home_url),
        "feed_url": ascii_url(head.self_url),
        "description": head.subtitle,
        "next_url": following if following != ascii_url(head.self_url) else "",
        "authors": [{"name": head.author}] if head.author else [],
        "language": head.language,
        "hubs": [{"type": "WebSub", "url": hub}] if hub else [],
    }
    extension = {
        "id": head.uri,
        "updated": rfc3339(max(head.updated, updated)),
        **neighbours,
        "archive": head.is_archive,
        "deleted": [_deleted(stone) for stone in tombstones],
    }
    return splice({**present(feed), "title": head.title, EXTENSION: extension}, "items", entries)


def _attachments(entry: FeedEntry, asset_url: AssetUrl) -> list[dict[str, Any]]:
    return [
        present(
            {
                "url": file.url,
                "mime_type": file.content_type,
                "title": file.title,
                "size_in_bytes": file.length,
            }
        )
        for file in enclosures(entry.edition, asset_url)
    ]


def _extension(entry: FeedEntry, asset_url: AssetUrl) -> dict[str, Any]:
    edition = entry.edition
    found: dict[str, Any] = {"version": edition.version, "canonical_url": ascii_url(edition.canonical_url)}
    if entry.sequence:
        found["sequence"] = entry.sequence
    if edition.source:
        found["source"] = present({"name": edition.source, "url": origin(edition)})
    if correction := edition.correction:
        kind = "major" if correction.major else "minor"
        found["correction"] = {"note": correction.note, "kind": kind, "at": rfc3339(correction.at)}
    found["terms"] = [
        {"scheme": term.scheme, "term": term.code, "label": term.name} for term in terms(edition)
    ]
    if facts := plain_facts(edition, asset_url):
        found["facts"] = facts
    if links := related(edition):
        found["related"] = links
    return found


def _deleted(stone: Tombstone) -> dict[str, str]:
    return present(
        {"id": stone.uri, "when": rfc3339(stone.when), "comment": stone.comment, "url": ascii_url(stone.url)}
    )
