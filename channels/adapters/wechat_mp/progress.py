"""Progress: how far one edition has come at one account, so that a killed delivery resumes without doing anything twice."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from channels.contract import Checkpoint

KEY_LENGTH = 16
KEY_PARAMETER = "wx"


class Stage(StrEnum):
    """Where a delivery stands; written before and after each call that must not happen twice."""

    NEW = "new"
    DRAFTING = "drafting"
    DRAFTED = "drafted"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Progress:
    """`submitted_at` is Unix time of the submit call; `removed` the remote id of the predecessor already taken down."""

    stage: Stage = Stage.NEW
    media_id: str = ""
    publish_id: str = ""
    msg_data_id: str = ""
    submitted_at: float = 0.0
    removed: str = ""

    @classmethod
    def from_json(cls, text: str) -> Self:
        values = json.loads(text)
        return cls(**{**values, "stage": Stage(values["stage"])})

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


class Journal:
    """The progress of one delivery token, in the outlet's checkpoint.

    Shared, and named by the token, instead of belonging to a placement's generation: a newer signing may raise the
    generation while the outcome of the older delivery is still unknown, and that memory must not get lost then.
    """

    def __init__(self, checkpoint: Checkpoint, token: str) -> None:
        self.key = natural_key(token)
        self._checkpoint = checkpoint
        self._name = f"article.{self.key}"

    async def load(self) -> Progress:
        text = await self._checkpoint.get(self._name, shared=True)
        return Progress.from_json(text) if text else Progress()

    async def save(self, progress: Progress) -> Progress:
        await self._checkpoint.put(self._name, progress.to_json(), shared=True)
        return progress

    async def move(self, progress: Progress, **changes: Any) -> Progress:
        return await self.save(replace(progress, **changes))

    async def forget(self) -> None:
        """Start over: the article is known to be gone or never to have been."""
        if await self.load() != Progress():
            await self.save(Progress())


def natural_key(token: str) -> str:
    """What identifies our article at the platform, which has no idempotency key of its own."""
    return token[:KEY_LENGTH]


def keyed(url: str, key: str) -> str:
    """The address behind 阅读原文, with the natural key in it."""
    return f"{url}{'&' if '?' in url else '?'}{KEY_PARAMETER}={key}"


def has_key(url: str, key: str) -> bool:
    return url.endswith((f"?{KEY_PARAMETER}={key}", f"&{KEY_PARAMETER}={key}"))
