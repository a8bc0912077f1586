"""Progress: how far one delivery has come at one account, and the mark by which its article is found again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from channels.contract import Checkpoint, Receipt

KEY_LENGTH = 16
_MARK = re.compile(r"[?&]wx=([0-9a-f]{16})\.([1-9][0-9]*)$")


@dataclass(frozen=True, slots=True)
class Mark:
    """Our mark in an article: `key` is the first half of the delivery's token, `version` the edition's number.

    It travels at the end of the address behind 阅读原文, the one field that the platform gives back unchanged: the
    platform has no idempotency key, and a title is none.
    """

    key: str
    version: int

    @classmethod
    def of(cls, token: str, version: int) -> Self:
        return cls(token[:KEY_LENGTH], max(1, version))

    @classmethod
    def read(cls, url: str) -> Self | None:
        """The mark in an address; None when it carries none."""
        found = _MARK.search(url)
        return cls(found[1], int(found[2])) if found else None

    def on(self, url: str) -> str:
        return f"{url}{'&' if '?' in url else '?'}wx={self.key}.{self.version}"


class Stage(StrEnum):
    """Where a delivery stands; written before and after each call that must not happen twice."""

    NEW = "new"
    DRAFTING = "drafting"
    DRAFTED = "drafted"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Progress:
    """`submitted_at` is Unix time of the submit call. `predecessor` is the receipt, as JSON, still to be taken down.

    kept: ids of the articles that stay beside this one, because it only says what is wrong in them.
    """

    stage: Stage = Stage.NEW
    media_id: str = ""
    publish_id: str = ""
    msg_data_id: str = ""
    submitted_at: float = 0.0
    predecessor: dict[str, Any] | None = None
    kept: tuple[str, ...] = ()

    @property
    def predecessor_receipt(self) -> Receipt | None:
        return Receipt.from_json(self.predecessor) if self.predecessor else None

    @classmethod
    def from_json(cls, text: str) -> Self:
        values = json.loads(text)
        return cls(**{**values, "stage": Stage(values["stage"]), "kept": tuple(values.get("kept", ()))})

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


class Journal:
    """The progress of one delivery, in the outlet's checkpoint.

    Shared and named by the key: a withdrawal or a successor looks into the journal of the delivery before it.
    """

    def __init__(self, checkpoint: Checkpoint, token: str) -> None:
        self.key = token[:KEY_LENGTH]
        self._checkpoint = checkpoint
        self._name = f"article.{self.key}"

    async def load(self) -> Progress:
        text = await self._checkpoint.get(self._name, shared=True)
        return Progress.from_json(text) if text else Progress()

    async def move(self, progress: Progress, **changes: Any) -> Progress:
        """The progress with `changes`, written down. `predecessor` may be given as a Receipt."""
        before = changes.get("predecessor")
        if isinstance(before, Receipt):
            changes["predecessor"] = before.to_json()
        progress = replace(progress, **changes)
        await self._checkpoint.put(self._name, progress.to_json(), shared=True)
        return progress

    async def forget(self) -> None:
        """Start over: the article is known to be gone or never to have been."""
        if await self.load() != Progress():
            await self.move(Progress())
