"""Sends one edition: draft, take down what is there, submit. Resumes behind the last step that is written down."""

from __future__ import annotations

from collections.abc import Sequence

from channels.adapters.wechat_mp import correcting
from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.calls import Json
from channels.adapters.wechat_mp.api.publishing import LOOK_BACK, Article
from channels.adapters.wechat_mp.api.quotas import day_of
from channels.adapters.wechat_mp.article.uploads import Uploads
from channels.adapters.wechat_mp.progress import Journal, Mark, Progress, Stage
from channels.adapters.wechat_mp.removing import take_down
from channels.adapters.wechat_mp.visit import (
    ARTICLE,
    DRAFT,
    JOB,
    LEVEL,
    Correcting,
    Publishing,
    Visit,
    is_out,
    kept,
    stands_at,
    with_token,
)
from channels.contract import AssetReader, Receipt, Rendering
from channels.errors import ChannelError, ConfigError, Missing, OutcomeUnknown, Refused

CONFIRMED = "confirmed"
"""The shared entry that names the last day on which a draft was read back."""


async def send(
    visit: Visit, rendering: Rendering, *, assets: AssetReader, previous: Receipt | None, token: str
) -> Receipt:
    """A receipt of the review, of the article when it is there already, or of what a person has to do now.

    The README says why in this order.
    """
    journal = visit.journal(token)
    progress = await journal.load()
    if progress.stage is Stage.SUBMITTING:
        raise OutcomeUnknown("上一次发表请求没有得到答复，系统正在核对微信端实际情况，请勿手工重发")
    if progress.stage is Stage.SUBMITTED:
        return _in_review(rendering, token, progress)
    before = previous if previous is not None and previous.token != token else None
    out = before if before is not None and is_out(before) else None
    if out is not None and visit.manner.correcting is Correcting.MANUAL:
        return await correcting.by_hand(visit, rendering, out, token)
    if out is None and visit.manner.publishing is Publishing.PUSH:
        return _for_a_push(rendering, token)
    if before is not None:
        progress = await journal.move(progress, predecessor=before)
    handed_over = progress.stage is Stage.DRAFTED and not await visit.platform.has_draft(progress.media_id)
    if handed_over:
        # Somebody has published our draft in the back office, or deleted it: the list tells which.
        progress = await journal.move(progress, stage=Stage.NEW, media_id="")
    if await visit.makes_drafts_only():
        return await _for_a_person(visit, rendering, assets, journal, token)
    return await _published(visit, rendering, assets, journal, token, handed_over=handed_over)


async def _published(
    visit: Visit,
    rendering: Rendering,
    assets: AssetReader,
    journal: Journal,
    token: str,
    *,
    handed_over: bool,
) -> Receipt:
    progress = await journal.load()
    copies = await _copies(visit, rendering.uri, now=handed_over)
    if copies is None:
        return await _for_a_person(visit, rendering, assets, journal, token)
    mine = with_token(copies, token)
    stays = correcting.stays(visit.manner, rendering, progress)
    if mine is None:
        progress = await _drafted(visit, rendering, assets, progress, journal, notice=bool(stays))
    progress = await _cleared(visit, copies, mine, progress, journal, stays)
    if mine is not None:
        return _there(rendering, token, mine, progress)
    try:
        await visit.checkpoint.put(visit.out_name(rendering.uri), token, shared=True)
        progress = await _submitted(visit, progress, journal)
    except (ConfigError, Refused) as error:
        if error.code in codes.NO_RIGHT:
            # The account has lost the right to publish (many did in July 2025): the draft is there, a person goes on.
            await visit.checkpoint.put(LEVEL, "draft", shared=True)
        elif error.code not in codes.BY_HAND:
            raise
        return await _for_a_person(visit, rendering, assets, journal, token)
    await visit.checkpoint.put(visit.draft_name(rendering.uri), "", shared=True)
    return _in_review(rendering, token, progress)


async def _copies(visit: Visit, uri: str, *, now: bool) -> list[Article] | None:
    """What is out of the item and may have been forgotten here; None for an account that may not even ask.

    `now`: as the list reads at this moment, not as it was read when this process began.
    """
    since = visit.clock() if now else visit.first_life()
    try:
        return await visit.listing.copies(uri, since=since, pages=LOOK_BACK if now else 1)
    except ConfigError as error:
        if error.code not in codes.NO_RIGHT:
            raise
        await visit.checkpoint.put(LEVEL, "draft", shared=True)
        return None


async def _drafted(
    visit: Visit,
    rendering: Rendering,
    assets: AssetReader,
    progress: Progress,
    journal: Journal,
    *,
    notice: bool = False,
) -> Progress:
    """A draft with our mark in it: the one written down, one found by its key, the item's old one, or a new one."""
    if progress.stage is Stage.DRAFTED:
        return progress
    mark = Mark.of(journal.key, rendering.version)
    uploads = Uploads(visit.platform, assets, visit.checkpoint, rendering, notice=notice)
    media_id = await visit.platform.find_draft(mark.key) if progress.stage is Stage.DRAFTING else ""
    if not media_id:
        article = await uploads.article(mark)
        progress = await journal.move(progress, stage=Stage.DRAFTING, media_id="")
        media_id = await _renewed(visit, rendering.uri, article) or await uploads.add_draft(article)
        await _confirmed(visit, uploads, article, media_id)
    await visit.checkpoint.put(visit.draft_name(rendering.uri), media_id, shared=True)
    return await journal.move(progress, stage=Stage.DRAFTED, media_id=media_id)


async def _renewed(visit: Visit, uri: str, article: Json) -> str:
    """The item's draft that never went out, with the new text in it; empty when there is none."""
    media_id = await visit.checkpoint.get(visit.draft_name(uri), shared=True)
    if not media_id:
        return ""
    try:
        await visit.platform.update_draft(media_id, article)
    except Missing:
        return ""
    return media_id


async def _confirmed(visit: Visit, uploads: Uploads, article: Json, media_id: str) -> None:
    """Read the first draft of a day back: whether the platform still gives back what later steps rely on."""
    today = day_of(visit.clock())
    if await visit.checkpoint.get(CONFIRMED, shared=True) != today:
        await uploads.confirm(article, media_id)
        await visit.checkpoint.put(CONFIRMED, today, shared=True)


async def _cleared(
    visit: Visit,
    copies: Sequence[Article],
    mine: Article | None,
    progress: Progress,
    journal: Journal,
    stays: tuple[str, ...],
) -> Progress:
    """Every other copy of the item taken down, so that readers never have two; `stays` are those a notice corrects."""
    if stays:
        return await journal.move(progress, predecessor=None, kept=stays)
    gone: list[str] = []
    before = progress.predecessor_receipt
    others = [copy for copy in copies if copy is not mine and copy.article_id not in progress.kept]
    if mine is None and (before is not None or others) and not await visit.platform.may_submit_today():
        # The old one stays until the new one can go out: better late than a day with neither.
        raise codes.failure(
            codes.QUOTA, endpoint="freepublish/submit", write=False, now=visit.clock(), detail=""
        )
    if before is not None:
        gone = [await take_down(visit, before), *kept(before)]
        progress = await journal.move(progress, predecessor=None)
    for copy in others:
        if copy.article_id not in gone:
            await visit.delete_article(copy.article_id)
    return progress


async def _submitted(visit: Visit, progress: Progress, journal: Journal) -> Progress:
    """One attempt. Only an answer that says no takes the mark back; after silence it stays for a look."""
    progress = await journal.move(progress, stage=Stage.SUBMITTING, submitted_at=visit.clock())
    try:
        publish_id, msg_data_id = await visit.platform.submit(progress.media_id)
    except (OutcomeUnknown, Missing) as error:
        raise OutcomeUnknown(
            "发表请求的结果未知，系统将先核对微信端实际情况，请勿手工重发",
            code=error.code,
            detail=error.detail,
        ) from error
    except ChannelError:
        await journal.move(progress, stage=Stage.DRAFTED)
        raise
    return await journal.move(progress, stage=Stage.SUBMITTED, publish_id=publish_id, msg_data_id=msg_data_id)


async def _for_a_person(
    visit: Visit, rendering: Rendering, assets: AssetReader, journal: Journal, token: str
) -> Receipt:
    """The draft is made, a person publishes it in the back office."""
    waiting = await visit.checkpoint.get(visit.draft_name(rendering.uri), shared=True)
    progress = await _drafted(visit, rendering, assets, await journal.load(), journal)
    title = rendering.payload["title"]
    before = progress.predecessor_receipt
    stands = stands_at(before) if before is not None else ""
    again = "删除旧文，再" if progress.predecessor else ""
    if waiting and waiting != progress.media_id and not again:
        # Somebody has been faster: what he has published nobody here has seen yet.
        again = "先核对原草稿是否已经发表，已发表的请删除旧文，再"
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        remote_id=f"{DRAFT}:{progress.media_id}",
        settled=False,
        awaits_person=True,
        watched=True,
        note=f"草稿《{title}》已建好：请登录公众号后台，{again}在草稿箱中发表，然后填写文章网址",
        raw={"media_id": progress.media_id, "title": title, **({"stands": stands} if stands else {})},
    )


def _for_a_push(rendering: Rendering, token: str) -> Receipt:
    """Nothing is sent now: the push desk takes the item up."""
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        settled=False,
        awaits_person=True,
        note="该公众号的稿件随推送发出：请在“推送”中编排",
        raw={"title": rendering.payload["title"]},
    )


def _in_review(rendering: Rendering, token: str, progress: Progress) -> Receipt:
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        remote_id=f"{JOB}:{progress.publish_id}",
        settled=False,
        note="已提交发表，等待微信审核结果",
        raw={**_kept(progress), "publish_id": progress.publish_id, "msg_data_id": progress.msg_data_id},
    )


def _there(rendering: Rendering, token: str, article: Article, progress: Progress) -> Receipt:
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        remote_id=f"{ARTICLE}:{article.article_id}",
        remote_url=article.url,
        raw=_kept(progress),
    )


def _kept(progress: Progress) -> dict[str, list[str]]:
    return {"kept": list(progress.kept)} if progress.kept else {}
