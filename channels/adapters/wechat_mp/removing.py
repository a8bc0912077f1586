"""Takes down what a receipt stands for: an article, an article of a push, a lost submit's, or a draft that became none."""

from __future__ import annotations

from channels.adapters.wechat_mp.api.publishing import LOOK_BACK, Publishing
from channels.adapters.wechat_mp.progress import Progress, Stage
from channels.adapters.wechat_mp.visit import ARTICLE, DRAFT, JOB, SENT, Visit, kept, named, with_token
from channels.contract import Receipt
from channels.errors import Throttled

RUNNING_PAUSE = 30.0
"""Seconds until a review that is under way is asked about again."""


async def take_down(visit: Visit, receipt: Receipt) -> str:
    """Returns the id of the article that is gone now, empty when there was none. Raises Throttled during a review."""
    journal = visit.journal(receipt.token)
    progress = await journal.load()
    if message := named(receipt, SENT):
        msg_id, _, index = message.partition(".")
        await visit.massing.delete(msg_id, int(index))
        return message
    article_id = named(receipt, ARTICLE) or await _article_behind(visit, receipt, progress)
    for each in filter(None, (article_id, *kept(receipt))):
        await visit.delete_article(each)
    if publish_id := named(receipt, JOB) or progress.publish_id or str(receipt.raw.get("publish_id", "")):
        await visit.note_removal(publish_id)
    if not article_id:
        await _drop_draft(visit, receipt, progress)
    await journal.forget()
    return article_id


async def _drop_draft(visit: Visit, receipt: Receipt, progress: Progress) -> None:
    if media_id := named(receipt, DRAFT) or progress.media_id:
        await visit.platform.delete_draft(media_id)
        await visit.checkpoint.put(visit.draft_name(receipt.uri), "", shared=True)


async def _article_behind(visit: Visit, receipt: Receipt, progress: Progress) -> str:
    """The article of a review, of a lost submit, or of a draft that a person has published."""
    job = await visit.job(named(receipt, JOB) or progress.publish_id)
    if job is not None:
        if job.state is Publishing.RUNNING:
            raise Throttled("文章仍在发表过程中，发表完成后立即撤下", retry_after=RUNNING_PAUSE)
        return job.article_id
    if not await _may_be_out(visit, receipt, progress):
        return ""
    copies = await visit.listing.copies(receipt.uri, since=visit.clock(), pages=LOOK_BACK)
    article = with_token(copies, receipt.token)
    if article is None and progress.stage is Stage.SUBMITTING and visit.is_fresh(progress):
        raise Throttled("上一次发表请求的结果尚未查明，查明后立即撤下", retry_after=RUNNING_PAUSE)
    return article.article_id if article else ""


async def _may_be_out(visit: Visit, receipt: Receipt, progress: Progress) -> bool:
    """Whether it is worth a look into the list: not for a draft that is still in the box."""
    if media_id := named(receipt, DRAFT):
        return not await visit.platform.has_draft(media_id) and not await visit.makes_drafts_only()
    return progress.stage in {Stage.SUBMITTING, Stage.SUBMITTED} or not receipt.awaits_person
