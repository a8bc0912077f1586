"""The documents of the log: pages of JSON, spliced from the stored JSON of items."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from channels.formats.feed import rfc3339
from cms.permalink import permalink
from sites.api import items, log
from sites.api.log import SIZE, Kind, Line, Page
from sites.serving.look import Look
from sites.serving.outline import Outline, digest

LAYOUT = 2
"""Part of every tag: raised when the same page gives other bytes."""


def outline(since: str | None, look: Look) -> Outline | None:  # noqa: ARG001 the same at any time
    """The document at `/api/changes?since=<since>`: a whole page, or that there is nothing new.

    None for every other cursor. Their pages are as many as there are numbers, so none of them is kept.
    """
    start, extent = int(since or 0), log.extent()
    if start > extent.last or (start % SIZE and start != extent.last):
        return None
    return page_outline(log.page(extent, start, SIZE))


def page_outline(page: Page) -> Outline:
    return Outline(
        etag=digest(LAYOUT, page),
        changed=None,
        content_type=items.CONTENT_TYPE,
        render=lambda: _document(page),
        lasting=False,  # each change makes them anew, and the fragments are kept already
        contents=tuple((line.item, line.edition) for line in page.lines if line.kind is not Kind.SUPERSEDED),
        reaches=page.next,
        caching=items.CACHING,
    )


def _document(page: Page) -> bytes:
    head = {
        "log": page.log,
        "since": page.since,
        "next": page.next,
        "last": page.last,
        "has_more": page.has_more,
    }
    entries = b",\n".join(_entries(page))
    return b'%s,"changes":[\n%s\n]}\n' % (_json(head)[:-1], entries)


def _entries(page: Page) -> Iterator[bytes]:
    bodies = items.bodies(line.edition for line in page.lines if line.edition is not None)
    previous = page.since
    for line in page.lines:
        body = bodies[line.edition] if line.edition is not None else b""
        yield _entry(line, previous, body)
        previous = line.sequence


def _entry(line: Line, previous: int, body: bytes) -> bytes:
    entry: dict[str, Any] = {
        "sequence": line.sequence,
        "previous": previous,
        "change": line.kind.value,
        "content_id": str(line.item),
        "at": rfc3339(line.at),
    }
    match line.kind:
        case Kind.SUPERSEDED:
            entry["by"] = line.newest
        case Kind.REMOVE if line.replacement:
            entry["replacement"] = line.replacement
        case Kind.PUT:
            return _with_item(entry, line, body)
    return _json(entry)


def _with_item(entry: dict[str, Any], line: Line, body: bytes) -> bytes:
    entry["version"] = line.number
    if line.expires:
        entry["expires"] = rfc3339(line.expires)
    entry["addresses"] = {"item": items.item_url(line.item), "permalink": permalink(line.item)}
    entry["checksum"] = items.checksum(body)
    return b'%s,"item":%s}' % (_json(entry)[:-1], body)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
