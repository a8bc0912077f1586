"""Looks at what a receipt stands for and says what is there. Never writes at the platform.

Looks are metered (a hundred a day of each kind): what a call-back has told needs none, and one page of the list
answers for twenty articles.
"""

from __future__ import annotations

from dataclasses import replace

from channels.adapters.wechat_mp import pasted
from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.publishing import LOOK_BACK, Article, Job, Publishing
from channels.adapters.wechat_mp.api.quotas import SPARE
from channels.adapters.wechat_mp.correcting import comparable
from channels.adapters.wechat_mp.progress import KEY_LENGTH, Journal, Progress, Stage
from channels.adapters.wechat_mp.visit import ARTICLE, BY_HAND, DRAFT, JOB, SENT, Visit, named, with_token
from channels.contract import Observation, Presence, Receipt
from channels.errors import ConfigError, Missing, Refused, Throttled

PLENTY = 60
"""Of a hundred calls a day that must be left when an article that seems well is looked at twice."""
RECENT = 60.0
"""Seconds for which a reading of the list is good enough for looks that are only due."""
SLACK = 120.0
"""Seconds by which the platform's clock may be behind ours."""
FAR_BACK = 10
"""Pages that are read at most to get behind a lost submit: a tenth of the day's quota."""
SHARED = 5.0
"""Seconds for which one reading answers for all lost submits that are looked up together."""


async def look(visit: Visit, receipt: Receipt) -> Observation:
    """By the article's id, else by the review's, else by the mark. Raises Refused when a review ended with a no."""
    journal = visit.journal(receipt.token)
    if receipt.raw.get(BY_HAND):
        return await _at_changed(visit, receipt)
    if article_id := named(receipt, ARTICLE):
        return await _at_article(visit, receipt, article_id, journal)
    if message := named(receipt, SENT):
        return await _at_push(visit, receipt, message)
    if receipt.remote_url and not receipt.remote_id:
        return await pasted.look(visit, receipt)
    if media_id := named(receipt, DRAFT):
        return await _at_draft(visit, receipt, media_id)
    progress = await journal.load()
    publish_id = named(receipt, JOB) or progress.publish_id
    job = await visit.job(publish_id, keep=SPARE)
    if job is not None:
        return await _after_review(visit, receipt, publish_id, job, journal)
    return await _for_copies(visit, receipt, progress, journal)


async def _at_article(visit: Visit, receipt: Receipt, article_id: str, journal: Journal) -> Observation:
    told = await visit.told(str(receipt.raw.get("publish_id", "")))
    if told is not None and told.state is Publishing.REMOVED:
        await journal.forget()
        return Observation(presence=Presence.ABSENT, note=codes.PUBLISH_REMOVALS[told.status])
    try:
        article = await _article(visit, article_id)
    except Missing:
        article = None
    if article is not None and not article.deleted and not await _is_banned(visit, receipt):
        return _present(receipt, article)
    await journal.forget()
    return Observation(presence=Presence.ABSENT, note=await _why_gone(visit, receipt))


async def _article(visit: Visit, article_id: str) -> Article:
    """From a recent reading of the list, made now if there is none, else by itself. Raises Missing."""
    since = visit.clock() - RECENT
    remembered = await visit.listing.remembered(article_id, since=since)
    if remembered is None:
        await visit.listing.newest(since=since, pages=1, keep=SPARE)
        remembered = await visit.listing.remembered(article_id, since=since)
    return remembered or await visit.platform.article(article_id, keep=SPARE)


async def _is_banned(visit: Visit, receipt: Receipt) -> bool:
    """Only the job tells of a ban. It is asked as long as the day has plenty of its calls."""
    publish_id = str(receipt.raw.get("publish_id", ""))
    if not publish_id:
        return False
    try:
        job = await visit.platform.job(publish_id, keep=PLENTY)
    except (Missing, Throttled):
        return False
    return job.state is Publishing.REMOVED


async def _why_gone(visit: Visit, receipt: Receipt) -> str:
    """Deleted by hand or banned by the platform: the job's status tells them apart, the article does not."""
    publish_id = str(receipt.raw.get("publish_id", ""))
    if publish_id:
        try:
            job = await visit.platform.job(publish_id, keep=SPARE)
        except (Missing, Throttled):
            return "微信端文章已被删除"
        if job.state is Publishing.REMOVED:
            return codes.PUBLISH_REMOVALS[job.status]
    return "微信端文章已被删除"


async def _at_push(visit: Visit, receipt: Receipt, message: str) -> Observation:
    """The platform tells of a push as a whole only, not of each of its articles."""
    msg_id = message.partition(".")[0]
    if not msg_id:
        note = "这次推送的任务编号不明，系统无法核对，请打开文章核对后点“人工确认”"
        return Observation(presence=Presence.UNKNOWN, note=note)
    try:
        there = await visit.massing.is_out(msg_id)
    except Missing:
        return Observation(presence=Presence.UNKNOWN, note="微信端查不到这次推送，请登录公众号后台核对")
    if not there:
        return Observation(presence=Presence.ABSENT, note="这次推送已在公众号后台删除")
    return Observation(
        presence=Presence.PRESENT, version=receipt.version, remote_url=receipt.remote_url, receipt=receipt
    )


async def _at_draft(visit: Visit, receipt: Receipt, media_id: str) -> Observation:
    """Whether a person has published the draft: by the address that he gave, or by the mark in the list."""
    if receipt.remote_url:
        return await pasted.look(visit, receipt)
    if await visit.platform.has_draft(media_id):
        return Observation(presence=Presence.PENDING, note=receipt.note)
    try:
        copies = await visit.listing.copies(receipt.uri, since=visit.clock(), pages=1, keep=SPARE)
    except ConfigError as error:
        if error.code not in codes.NO_RIGHT:
            raise
        copies = []
    mine = with_token(copies, receipt.token)
    if mine is not None:
        return _present(receipt, mine)
    return Observation(presence=Presence.UNKNOWN, note="草稿已不在草稿箱：如已发表，请填写文章网址")


async def _at_changed(visit: Visit, receipt: Receipt) -> Observation:
    """Whether a person has changed the article as the corrected edition reads."""
    article_id = named(receipt, ARTICLE)
    wanted = await visit.checkpoint.get(f"text.{receipt.token}", shared=True)
    if wanted is not None and named(receipt, DRAFT) and receipt.remote_url:
        return await pasted.changed(visit, receipt, wanted)
    if not article_id or wanted is None:
        note = "推送出去的文章无法由系统核对，请打开文章核对后点“人工确认”"
        return Observation(presence=Presence.UNKNOWN, note=note)
    article = await visit.platform.article(article_id, keep=SPARE)
    if article.deleted:
        return Observation(presence=Presence.ABSENT, note="微信端文章已被删除")
    if comparable(article.content) != wanted:
        return Observation(presence=Presence.PENDING, note=receipt.note)
    done = replace(receipt, settled=True, awaits_person=False, note="")
    return Observation(
        presence=Presence.PRESENT, version=receipt.version, remote_url=receipt.remote_url, receipt=done
    )


async def _after_review(
    visit: Visit, receipt: Receipt, publish_id: str, job: Job, journal: Journal
) -> Observation:
    if job.state is Publishing.DONE:
        raw = {**receipt.raw, "publish_id": publish_id}
        found = replace(receipt, raw=raw, version=receipt.version)
        return _there(found, job.article_id, job.url)
    if job.state is Publishing.RUNNING:
        return Observation(presence=Presence.PENDING, note="微信正在审核发表")
    if job.state is Publishing.REMOVED:
        await journal.forget()
        return Observation(presence=Presence.ABSENT, note=codes.PUBLISH_REMOVALS[job.status])
    progress = await journal.load()
    if progress.publish_id == publish_id:
        await journal.move(progress, stage=Stage.DRAFTED, publish_id="")
        await visit.checkpoint.put(visit.draft_name(receipt.uri), progress.media_id, shared=True)
    raise Refused(codes.PUBLISH_FAILURES[job.status], code=f"publish_status={job.status}")


async def _for_copies(visit: Visit, receipt: Receipt, progress: Progress, journal: Journal) -> Observation:
    """What became of a call whose answer was lost: our article, the one before it, or none."""
    if progress.stage in {Stage.SUBMITTING, Stage.SUBMITTED}:
        # A reading younger than the submit will do, so that many lost submits share one.
        since = max(progress.submitted_at, visit.clock() - SHARED)
        reach = progress.submitted_at - SLACK
        copies = await visit.listing.copies(receipt.uri, since=since, pages=FAR_BACK, reach=reach)
        mine = with_token(copies, receipt.token)
        return _present(receipt, mine) if mine else await _for_submit(visit, progress, journal)
    before = progress.predecessor_receipt
    if before is None and progress == Progress():
        copies = await _other_copies(visit, receipt)
        if copies:
            return _present(receipt, with_token(copies, receipt.token) or copies[0])
    if before is not None:
        try:
            return await look(visit, before)
        except Refused:
            return Observation(presence=Presence.ABSENT, note="上一版本未通过微信审核，没有发表")
    return Observation(presence=Presence.ABSENT, note="微信端没有这篇文章，发表请求尚未发出")


async def _other_copies(visit: Visit, receipt: Receipt) -> list[Article]:
    """What is out of an item of which this delivery has done nothing: an earlier edition, or an earlier life of the hub's."""
    submitted = await visit.checkpoint.get(visit.out_name(receipt.uri), shared=True)
    since = visit.clock() if submitted else visit.first_life()
    return await visit.listing.copies(receipt.uri, since=since, pages=LOOK_BACK if submitted else 1)


async def _for_submit(visit: Visit, progress: Progress, journal: Journal) -> Observation:
    """A submit that left no article so far. A draft that is still there after the wait was never submitted."""
    if progress.stage is Stage.SUBMITTED:
        return Observation(presence=Presence.ABSENT, note="微信已受理发表，但查不到这项任务，也没有这篇文章")
    if visit.is_fresh(progress):
        return Observation(presence=Presence.PENDING, note="发表请求的结果尚未查明，系统继续核对")
    if await visit.platform.has_draft(progress.media_id):
        await journal.move(progress, stage=Stage.DRAFTED)
        return Observation(presence=Presence.ABSENT, note="草稿仍在草稿箱，发表请求未生效")
    return Observation(
        presence=Presence.UNKNOWN,
        note="草稿已不在草稿箱，已发表列表中也没有这篇文章，请登录公众号后台核对后人工确认",
    )


def _present(receipt: Receipt, article: Article) -> Observation:
    """The article is there. The mark tells the edition; without it somebody has edited the article by hand."""
    mark = article.mark
    if mark is None:
        seen = _there(receipt, article.article_id, article.url)
        return replace(seen, version=None, note="文章的原文链接已被人工改动，无法确认版本")
    if mark.key != receipt.token[:KEY_LENGTH]:
        receipt = replace(receipt, token=mark.key, raw={})
    return _there(replace(receipt, version=mark.version), article.article_id, article.url)


def _there(receipt: Receipt, article_id: str, url: str) -> Observation:
    found = replace(
        receipt,
        remote_id=f"{ARTICLE}:{article_id}",
        remote_url=url or receipt.remote_url,
        settled=True,
        awaits_person=False,
        watched=False,
        note="",
    )
    return Observation(
        presence=Presence.PRESENT, version=found.version, remote_url=found.remote_url, receipt=found
    )
