"""What a subscriber is known to have fetched, as it stands in the outlet's shared checkpoint. Pure.

Written by channels.pulling when the outlet's own key has fetched a document that shows the item as it is wanted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self
from uuid import UUID

CHANNEL = "feed"
OFFERED, FETCHED, PAGE = "offered", "fetched", "page"
"""What an outlet takes for settled: the values of its option `proof`."""
NOTHING = 0
"""In place of an edition's number: what was fetched buries the item."""


def entry_name(content_id: UUID) -> str:
    """The name of an item's entry."""
    return f"pulled.{content_id.hex}"


@dataclass(frozen=True, slots=True)
class Taken:
    """The newest that was fetched of one item: the edition (NOTHING: that it is withdrawn), and when (ISO 8601)."""

    version: int
    at: str

    @classmethod
    def read(cls, entry: str | None) -> Self | None:
        if entry is None:
            return None
        told = json.loads(entry)
        return cls(int(told["version"]), str(told["at"]))
