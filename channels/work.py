"""Work: one claimed placement with all that a call needs, so that the event loop never touches the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from channels.contract import Capabilities, Receipt
from channels.models import Operation, Outlet
from channels.settling import Before


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionKey:
    """An edition of the placement's item: row id and number."""

    id: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A call to make. `edition` is what it is about; `editions` maps every number in play to its row id."""

    placement_id: int
    content_id: UUID
    outlet: Outlet
    capabilities: Capabilities
    generation: int
    lease: str
    operation: Operation
    edition: EditionKey | None
    document: str
    editions: dict[int, int]
    token: str
    before: Before
    started_at: datetime
    rendering_sha256: str
    reason: str

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.content_id}"

    @property
    def receipt(self) -> Receipt:
        """The receipt to look or take back by; provisional while the outcome of an earlier call is unknown."""
        held = self.before.receipt
        if held is not None and not self.before.doubt:
            return held
        version = self.edition.number if self.edition else 1
        return Receipt(token=self.token, uri=self.uri, version=version, settled=False)


def token_of(content_id: UUID, outlet_id: int, generation: int, desired_at: datetime) -> str:
    """32 lower-case hex characters: the same on every retry of one desire, never used for another.

    `desired_at` keeps tokens apart from those of generations that a restored backup has forgotten.
    """
    text = f"{content_id}|{outlet_id}|{generation}|{desired_at.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def receipt_of(document: Any) -> Receipt | None:
    """The receipt in a placement's column."""
    return Receipt.from_json(document) if document and document.get("token") is not None else None
