"""Looks at what a receipt stands for and says what is there. Never writes at the platform."""

from __future__ import annotations

from dataclasses import replace

from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.publishing import LOOK_BACK, Article, Job, Publishing
from channels.adapters.wechat_mp.progress import KEY_LENGTH, Journal, Mark, Progress, Stage
from channels.adapters.wechat_mp.visit import ARTICLE, JOB, Visit, named, with_token
from channels.contract import Observation, Presence, Receipt
from channels.errors import Missing, Refused


async def look(visit: Visit, receipt: Receipt) -> Observation:
    """By the article's id, else by the review's, else by the mark. Raises Refused when a review ended with a no."""
    journal = visit.journal(receipt.token)
    if article_id := named(receipt, ARTICLE):
        return await _at_article(visit, receipt, article_id, journal)
    progress = await journal.load()
    publish_id = named(receipt, JOB) or progress.publish_id
    job = await visit.job(publish_id)
    if job is not None:
        return await _after_review(receipt, publish_id, job, journal)
    return await _for_copies(visit, receipt, progress, journal)


async def _at_article(visit: Visit, receipt: Receipt, article_id: str, journal: Journal) -> Observation:
    try:
        article = await visit.platform.article(article_id)
    except Missing:
        await journal.forget()
        return Observation(presence=Presence.ABSENT, note="微信端查不到这篇文章")
    if article.deleted:
        await journal.forget()
        return Observation(presence=Presence.ABSENT, note="微信端文章已被删除")
    return _present(receipt, article)


async def _after_review(receipt: Receipt, publish_id: str, job: Job, journal: Journal) -> Observation:
    if job.state is Publishing.DONE:
        raw = {**receipt.raw, "publish_id": publish_id}
        article = Article(job.article_id, job.url, Mark.of(receipt.token, receipt.version), deleted=False)
        return _present(replace(receipt, raw=raw), article)
    if job.state is Publishing.RUNNING:
        return Observation(presence=Presence.PENDING, note="微信正在审核发布")
    if job.state is Publishing.REMOVED:
        await journal.forget()
        return Observation(presence=Presence.ABSENT, note=codes.PUBLISH_REMOVALS[job.status])
    progress = await journal.load()
    if progress.publish_id == publish_id:
        await journal.move(progress, stage=Stage.DRAFTED, publish_id="")
    raise Refused(codes.PUBLISH_FAILURES[job.status], code=f"publish_status={job.status}")


async def _for_copies(visit: Visit, receipt: Receipt, progress: Progress, journal: Journal) -> Observation:
    """What became of a call whose answer was lost: our article, the one before it, or none."""
    copies = await visit.copies(receipt.uri, pages=LOOK_BACK)
    mine = with_token(copies, receipt.token)
    if mine is not None:
        return _present(receipt, mine)
    if progress.stage is Stage.SUBMITTING:
        return await _for_submit(visit, progress, journal)
    if copies:
        return _present(receipt, copies[0])
    before = progress.predecessor_receipt
    if before is not None:
        try:
            return await look(visit, before)
        except Refused:
            return Observation(presence=Presence.ABSENT, note="上一版本未通过微信审核，没有发布")
    return Observation(presence=Presence.ABSENT, note="微信端没有这篇文章，发布请求尚未发出")


async def _for_submit(visit: Visit, progress: Progress, journal: Journal) -> Observation:
    """A submit that left no article so far. A draft that is still there after the wait was never submitted."""
    if visit.is_fresh(progress):
        return Observation(presence=Presence.PENDING, note="发布请求的结果尚未查明，系统继续核对")
    if await visit.platform.has_draft(progress.media_id):
        await journal.move(progress, stage=Stage.DRAFTED)
        return Observation(presence=Presence.ABSENT, note="草稿仍在草稿箱，发布请求未生效")
    return Observation(
        presence=Presence.UNKNOWN,
        note="草稿已不在草稿箱，已发布列表中也没有这篇文章，请登录公众号后台核对后人工确认",
    )


def _present(receipt: Receipt, article: Article) -> Observation:
    """The article is there. The mark tells the edition; without it somebody has edited the article by hand."""
    found = replace(
        receipt,
        remote_id=f"{ARTICLE}:{article.article_id}",
        remote_url=article.url or receipt.remote_url,
        settled=True,
        note="",
    )
    if article.mark is None:
        note = "文章的原文链接已被人工改动，无法确认版本"
        return Observation(presence=Presence.PRESENT, remote_url=found.remote_url, note=note, receipt=found)
    if article.mark.key != receipt.token[:KEY_LENGTH]:
        found = replace(found, token=article.mark.key, raw={})
    found = replace(found, version=article.mark.version)
    return Observation(
        presence=Presence.PRESENT, version=found.version, remote_url=found.remote_url, receipt=found
    )
