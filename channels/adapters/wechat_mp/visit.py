"""One visit at an account: the platform, the memory, the clock and the manner that sending, looking and removing share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.massing import Massing
from channels.adapters.wechat_mp.api.publishing import Article, Job, Platform, finished
from channels.adapters.wechat_mp.listing import Listing
from channels.adapters.wechat_mp.progress import KEY_LENGTH, Journal, Progress
from channels.contract import Checkpoint, Http, Receipt
from channels.edition import content_id_of
from channels.errors import Missing

ARTICLE, JOB, DRAFT, SENT = "article", "publish", "draft", "sent"
"""What a receipt's `remote_id` names, before its colon: an article, its review, a draft, or `<msg id>.<index>` of a push."""

RECONCILING = ("article.", f"{JOB}.", "out.", f"{DRAFT}.", "text.")
"""How the names of shared entries begin by which an article is found again; the others are uploads and settings."""
RESTORED = 600.0
"""Seconds: a reading of the list that is older, and from before this process, may be that of a restored backup."""
BY_HAND = "by_hand"
"""In a receipt's `raw`: a person is to change the article that it names."""
LEVEL = "level"
"""The shared entry that says what the account may do: `draft` when it may not publish by itself."""


class Publishing(StrEnum):
    """How items of this account become public."""

    AUTO = "auto"
    DRAFT = "draft"
    PUSH = "push"


class Correcting(StrEnum):
    """What a later edition does to an article that is out: nothing at the platform can change it."""

    REPLACE = "replace"
    NOTICE = "notice"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Manner:
    """What the outlet's settings decide."""

    publishing: Publishing = Publishing.AUTO
    correcting: Correcting = Correcting.REPLACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """`clock` gives Unix seconds. `wait`: seconds after a lost submit before "not there" means that it never went out.

    `born` is when this process first spoke for the account: what others (or a forgotten past) published before is read
    once after it.
    """

    platform: Platform
    massing: Massing
    listing: Listing
    http: Http
    checkpoint: Checkpoint
    clock: Callable[[], float]
    wait: float
    born: float
    manner: Manner
    page_hosts: frozenset[str]

    def journal(self, token: str) -> Journal:
        return Journal(self.checkpoint, token)

    def is_fresh(self, progress: Progress) -> bool:
        """Whether a lost submit may still turn into an article: a job may hold the draft."""
        return self.clock() - progress.submitted_at < self.wait

    async def makes_drafts_only(self) -> bool:
        """By the outlet's setting, or because the platform has refused to publish for this account."""
        if self.manner.publishing is Publishing.DRAFT:
            return True
        return await self.checkpoint.get(LEVEL, shared=True) == "draft"

    async def job(self, publish_id: str, *, keep: int = 0) -> Job | None:
        """As the platform's call-back told, else as it answers; None when there was no job, or it is forgotten."""
        if not publish_id:
            return None
        if told := await self.told(publish_id):
            return told
        try:
            return await self.platform.job(publish_id, keep=keep)
        except Missing:
            return None

    async def told(self, publish_id: str) -> Job | None:
        """What a call-back has said of a job."""
        text = await self.checkpoint.get(f"{JOB}.{publish_id}", shared=True)
        return finished(**json.loads(text)) if text else None

    async def note_removal(self, publish_id: str) -> None:
        """We have deleted the job's article: what a call-back has told of its publishing is over."""
        gone = {"status": codes.DELETED_LATER, "article_id": "", "url": ""}
        await self.checkpoint.put(f"{JOB}.{publish_id}", json.dumps(gone), shared=True)

    async def delete_article(self, article_id: str) -> None:
        await self.platform.delete_article(article_id)
        await self.listing.forget(article_id)

    def out_name(self, uri: str) -> str:
        """The shared entry that says that something of the item has been submitted at some time."""
        return f"out.{content_id_of(uri).hex}"

    def first_life(self) -> float:
        """How new a reading of the list has to be to show what a forgotten past (a restored backup) has published."""
        return min(self.born, self.clock() - RESTORED)

    def draft_name(self, uri: str) -> str:
        """The shared entry that holds the media id of the item's draft while nobody has published it."""
        return f"{DRAFT}.{content_id_of(uri).hex}"


def named(receipt: Receipt, kind: str) -> str:
    """The id of that kind in a receipt; empty when the receipt names something else or nothing."""
    found, _, remote_id = receipt.remote_id.partition(":")
    return remote_id if found == kind else ""


def is_out(receipt: Receipt) -> bool:
    """Whether readers see an article of it: of our own making, of a push, or at the address that a person gave."""
    return bool(
        named(receipt, ARTICLE) or named(receipt, SENT) or (named(receipt, DRAFT) and receipt.remote_url)
    )


def stands_at(receipt: Receipt) -> str:
    """Where an article still stands that only a person can delete; empty when there is none."""
    return receipt.remote_url or str(receipt.raw.get("stands", ""))


def kept(receipt: Receipt) -> tuple[str, ...]:
    """Ids of the earlier articles of an item that stand beside a correction notice."""
    return tuple(receipt.raw.get("kept") or ())


def with_token(copies: Iterable[Article], token: str) -> Article | None:
    """The article that the delivery with this token made."""
    return next((copy for copy in copies if copy.mark and copy.mark.key == token[:KEY_LENGTH]), None)
