"""Takes down what a receipt stands for: an article, a lost submit's article, or a draft that became none."""

from __future__ import annotations

from channels.adapters.wechat_mp.api.publishing import LOOK_BACK, Publishing
from channels.adapters.wechat_mp.progress import Progress, Stage
from channels.adapters.wechat_mp.visit import ARTICLE, JOB, Visit, named, with_token
from channels.contract import Receipt
from channels.errors import Throttled

RUNNING_PAUSE = 30.0
"""Seconds until a review that is under way is asked about again."""


async def take_down(visit: Visit, receipt: Receipt) -> str:
    """Returns the id of the article that is gone now, empty when there was none. Raises Throttled during a review."""
    journal = visit.journal(receipt.token)
    progress = await journal.load()
    article_id = named(receipt, ARTICLE) or await _article_behind(visit, receipt, progress)
    if article_id:
        await visit.platform.delete_article(article_id)
    elif progress.media_id:
        await visit.platform.delete_draft(progress.media_id)
    await journal.forget()
    return article_id


async def _article_behind(visit: Visit, receipt: Receipt, progress: Progress) -> str:
    """The article of a review or of a lost submit."""
    job = await visit.job(named(receipt, JOB) or progress.publish_id)
    if job is not None:
        if job.state is Publishing.RUNNING:
            raise Throttled("文章仍在发布过程中，发布完成后立即撤下", retry_after=RUNNING_PAUSE)
        return job.article_id
    article = with_token(await visit.copies(receipt.uri, pages=LOOK_BACK), receipt.token)
    if article is None and progress.stage is Stage.SUBMITTING and visit.is_fresh(progress):
        raise Throttled("上一次发布请求的结果尚未查明，查明后立即撤下", retry_after=RUNNING_PAUSE)
    return article.article_id if article else ""
