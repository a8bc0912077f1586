"""Items as the API gives them: ninjs 3.1 in canonical JSON, the same bytes in the log and at an address of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from channels.formats import ninjs
from channels.models import EditionRecord, Item, Placement
from sites.feeds.fragments import asset_url
from sites.feeds.window import SHOWN_CHANNELS
from sites.serving.fragments import fetch
from sites.serving.look import Look
from sites.serving.outline import Outline, digest

LAYOUT = 2
"""Raised when the same edition gives other bytes: then every mirror reads the log from the beginning."""
CONTENT_TYPE = "application/json"
CACHING = "public, no-cache"
"""Kept by whoever likes, but asked for again each time: a cache must not go on showing what was taken back."""


def outline(content_id: str, look: Look) -> Outline | None:  # noqa: ARG001 the same at any time
    """The document at `/api/items/<content_id>`: the newest edition. None for an item that the public does not read."""
    edition = public_items().filter(pk=UUID(content_id)).values_list("current_id", flat=True).first()
    if edition is None:
        return None
    return Outline(
        etag=digest(_key(edition)),
        changed=None,
        content_type=CONTENT_TYPE,
        render=lambda: bodies([edition])[edition],
        lasting=False,  # the fragment is kept already
        contents=((UUID(content_id), edition),),
        caching=CACHING,
    )


def public_items() -> QuerySet[Item]:
    """The items that some public outlet shows now; those whose validity is over are among them."""
    return Item.objects.filter(Exists(shown("pk")), withdrawn_at=None, current__isnull=False)


def shown(key: str) -> QuerySet[Placement]:
    """The placements at which the public reads the item that the outer query names `key`."""
    return Placement.objects.filter(
        item=OuterRef(key),
        desired__isnull=False,
        outlet__channel__in=SHOWN_CHANNELS,
        outlet__retired_at=None,
    )


def bodies(editions: Iterable[int]) -> Mapping[int, bytes]:
    """The canonical JSON of each edition (by row id)."""
    keys = {_key(edition): edition for edition in editions}
    held = fetch(keys, _rendered)
    return {edition: held[key] for key, edition in keys.items()}


def canonical(document: Any) -> bytes:
    """RFC 8785 for what the API holds (no fractions): keys sorted, no blanks, UTF-8. The same value, the same bytes."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def checksum(body: bytes) -> str:
    """What an entry of the log says of its item."""
    return hashlib.sha256(body).hexdigest()


def item_url(content_id: UUID) -> str:
    return f"{settings.PUBLIC_URL}/api/items/{content_id}"


def _key(edition: int) -> str:
    parts = ("api item", LAYOUT, settings.PUBLIC_URL, edition)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _rendered(missing: dict[str, int]) -> dict[str, bytes]:
    records = EditionRecord.objects.in_bulk(missing.values())
    return {
        key: canonical(ninjs.document(records[edition].edition(), asset_url))
        for key, edition in missing.items()
    }
