"""One visit at an account: the platform, the memory and the clock that sending, looking and removing share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from channels.adapters.wechat_mp.api.publishing import Article, Job, Platform
from channels.adapters.wechat_mp.progress import KEY_LENGTH, Journal, Progress
from channels.contract import Checkpoint, Receipt
from channels.edition import content_id_of
from channels.errors import Missing

ARTICLE, JOB = "article", "publish"
"""What a receipt's `remote_id` names, before its colon."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`clock` gives Unix seconds. `wait`: seconds after a lost submit before "not there" means that it never went out."""

    platform: Platform
    checkpoint: Checkpoint
    clock: Callable[[], float]
    wait: float

    def journal(self, token: str) -> Journal:
        return Journal(self.checkpoint, token)

    def is_fresh(self, progress: Progress) -> bool:
        """Whether a lost submit may still turn into an article: a job may hold the draft."""
        return self.clock() - progress.submitted_at < self.wait

    async def copies(self, uri: str, *, pages: int) -> list[Article]:
        """The published articles of an item among the newest."""
        return await self.platform.copies(str(content_id_of(uri)), pages=pages)

    async def job(self, publish_id: str) -> Job | None:
        """None when there was no job, or the platform has forgotten it: then only the mark leads to the article."""
        try:
            return await self.platform.job(publish_id) if publish_id else None
        except Missing:
            return None


def named(receipt: Receipt, kind: str) -> str:
    """The id of that kind in a receipt; empty when the receipt names something else or nothing."""
    found, _, remote_id = receipt.remote_id.partition(":")
    return remote_id if found == kind else ""


def with_token(copies: Iterable[Article], token: str) -> Article | None:
    """The article that the delivery with this token made."""
    return next((copy for copy in copies if copy.mark and copy.mark.key == token[:KEY_LENGTH]), None)
