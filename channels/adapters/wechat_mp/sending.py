"""Sends one edition: draft, take down what is there, submit. Resumes behind the last step that is written down."""

from __future__ import annotations

from collections.abc import Sequence

from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.publishing import Article
from channels.adapters.wechat_mp.article.uploads import Uploads
from channels.adapters.wechat_mp.progress import Journal, Mark, Progress, Stage
from channels.adapters.wechat_mp.removing import take_down
from channels.adapters.wechat_mp.visit import ARTICLE, JOB, Visit, with_token
from channels.contract import AssetReader, Receipt, Rendering
from channels.errors import ChannelError, Missing, OutcomeUnknown


async def send(
    visit: Visit, rendering: Rendering, *, assets: AssetReader, previous: Receipt | None, token: str
) -> Receipt:
    """A receipt of the review, or of the article when it is there already. The README says why in this order."""
    journal = visit.journal(token)
    progress = await journal.load()
    if progress.stage is Stage.SUBMITTING:
        raise OutcomeUnknown("上一次发布请求没有得到答复，系统正在核对微信端实际情况，请勿手工重发")
    if progress.stage is Stage.SUBMITTED:
        return _in_review(rendering, token, progress)
    if previous is not None and previous.token != token:
        progress = await journal.move(progress, predecessor=previous)
    copies = await visit.copies(rendering.uri, pages=1)
    mine = with_token(copies, token)
    if mine is None:
        uploads = Uploads(visit.platform, assets, visit.checkpoint, rendering)
        progress = await _drafted(visit, uploads, Mark.of(token, rendering.version), progress, journal)
    progress = await _cleared(visit, copies, mine, progress, journal)
    if mine is not None:
        return _there(rendering, token, mine)
    return _in_review(rendering, token, await _submitted(visit, progress, journal))


async def _drafted(
    visit: Visit, uploads: Uploads, mark: Mark, progress: Progress, journal: Journal
) -> Progress:
    """A draft with our mark in it: the one written down, one found by its key, or a new one."""
    if progress.stage is Stage.DRAFTED and await visit.platform.has_draft(progress.media_id):
        return progress
    media_id = await visit.platform.find_draft(mark.key) if progress.stage is Stage.DRAFTING else ""
    if not media_id:
        article = await uploads.article(mark)
        progress = await journal.move(progress, stage=Stage.DRAFTING, media_id="")
        media_id = await uploads.add_draft(article)
        await uploads.confirm(article, media_id)
    return await journal.move(progress, stage=Stage.DRAFTED, media_id=media_id)


async def _cleared(
    visit: Visit, copies: Sequence[Article], mine: Article | None, progress: Progress, journal: Journal
) -> Progress:
    """Every other copy of the item taken down, so that readers never have two."""
    gone = ""
    before = progress.predecessor_receipt
    others = [copy for copy in copies if copy is not mine]
    if mine is None and (before is not None or others) and not await visit.platform.may_submit_today():
        # The old one stays until the new one can go out: better late than a day with neither.
        raise codes.failure(
            codes.QUOTA, endpoint="freepublish/submit", write=False, now=visit.clock(), detail=""
        )
    if before is not None:
        gone = await take_down(visit, before)
        progress = await journal.move(progress, predecessor=None)
    for copy in others:
        if copy.article_id != gone:
            await visit.platform.delete_article(copy.article_id)
    return progress


async def _submitted(visit: Visit, progress: Progress, journal: Journal) -> Progress:
    """One attempt. Only an answer that says no takes the mark back; after silence it stays for a look."""
    progress = await journal.move(progress, stage=Stage.SUBMITTING, submitted_at=visit.clock())
    try:
        publish_id, msg_data_id = await visit.platform.submit(progress.media_id)
    except (OutcomeUnknown, Missing) as error:
        raise OutcomeUnknown(
            "发布请求的结果未知，系统将先核对微信端实际情况，请勿手工重发",
            code=error.code,
            detail=error.detail,
        ) from error
    except ChannelError:
        await journal.move(progress, stage=Stage.DRAFTED)
        raise
    return await journal.move(progress, stage=Stage.SUBMITTED, publish_id=publish_id, msg_data_id=msg_data_id)


def _in_review(rendering: Rendering, token: str, progress: Progress) -> Receipt:
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        remote_id=f"{JOB}:{progress.publish_id}",
        settled=False,
        note="已提交发布，等待微信审核结果",
        raw={"media_id": progress.media_id, "msg_data_id": progress.msg_data_id},
    )


def _there(rendering: Rendering, token: str, article: Article) -> Receipt:
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        remote_id=f"{ARTICLE}:{article.article_id}",
        remote_url=article.url,
    )
