"""Outline: what a document would be now, told from a few keys before anything is rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """`etag` (bare, without quotes) names the bytes that `render` would make: the same tag, the same bytes.

    `changed` never moves back. `until`: when the document changes by itself (an item's validity ends), None for never.
    `headers` are sent beside the ones that every document has.
    """

    etag: str
    changed: datetime
    content_type: str
    render: Callable[[], bytes]
    until: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    caching: str = "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"


def digest(*parts: object) -> str:
    """A tag for what these values make."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
