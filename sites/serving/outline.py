"""Outline: what a document would be now, told from a few keys before anything is rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from channels.pulling.counting import Contents

Headers = tuple[tuple[str, str], ...]
FOR_MACHINES: Headers = (
    ("Vary", "Accept-Encoding"),
    ("Access-Control-Allow-Origin", "*"),
    ("X-Content-Type-Options", "nosniff"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """`etag` (bare, without quotes) names the bytes that `render` would make: the same tag, the same bytes.

    `changed` never moves back; None where a date would lie: a reader that asks by date only would be told "unchanged"
    after a change that has none. `until`: when the document changes by itself (an item's validity ends), None for never.
    `lasting`: worth a place in the database; false for what anybody can ask for without end, an empty feed say.
    `contents`: which items whoever has these bytes has. `reaches`: the number of the log up to which they tell, None for
    its last one. `headers` are sent beside the ones that every document has.
    """

    etag: str
    changed: datetime | None
    content_type: str
    render: Callable[[], bytes]
    until: datetime | None = None
    lasting: bool = True
    contents: Contents = ()
    reaches: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    standing: Headers = FOR_MACHINES
    caching: str = "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"

    @property
    def validators(self) -> dict[str, str]:
        """The headers by which a reader asks again, besides the tag, which differs by encoding."""
        if self.changed is None:
            return {}
        return {"Last-Modified": self.changed.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")}


def digest(*parts: object) -> str:
    """A tag for what these values make."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
