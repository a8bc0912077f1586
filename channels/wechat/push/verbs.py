"""What people do with a push. Every verb is one transaction on the locked row and raises ValueError with a sentence."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from channels import drills
from channels.contract import Severity
from channels.edition import Asset
from channels.errors import ChannelError
from channels.models import AssetFile, Item, Outlet
from channels.wechat.models import (
    ARTICLES_MAX,
    PREVIEWED,
    Audience,
    OutsidePush,
    Push,
    PushArticle,
    PushPreview,
    PushState,
    history,
)
from channels.wechat.push import calendar, content, outcome

SAME_MESSAGE = timedelta(hours=24)
"""How long the platform itself refuses a second message with the same clientmsgid."""
OPEN = (PushState.PROPOSED, PushState.CONFIRMED, PushState.FAILED)
PREVIEWS_MAX = 10
CHANGED = "状态已经变化，请刷新后再操作"
RETIRED = "该公众号终端已停用，不能再发送推送"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What belongs to the push as a whole. `at` None: at once after the confirmation. `tag` is (id, name)."""

    at: datetime | None
    tag: tuple[int, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One article as the editor leaves it: empty texts and no cover are inherited.

    `picture` is the key of the library picture that the cover was made from, for the editor's form.
    """

    pk: int
    headline: str = ""
    summary: str = ""
    cover: Asset | None = None
    picture: int | None = None


def create(outlet: Outlet, *, by: str, now: datetime) -> Push:
    if outlet.retired_at:
        raise ValueError(RETIRED)
    push = Push.objects.create(outlet=outlet, made_by=by, made_at=now, changed_at=now)
    history(push, "新建推送", at=now, by=by)
    return push


@transaction.atomic
def arrange(pk: int, plan: Plan, articles: Sequence[Own], *, by: str, now: datetime) -> Push:
    """Save the editor: the plan, and the articles in the order given; those left out are taken out."""
    push = _locked(pk, PushState.EDITING)
    if plan.at is not None and plan.at <= now:
        raise ValueError("排定时间已过，请改为以后的时间；需要马上发出的请选“复核通过后立即发送”")
    tag = plan.tag[0] if plan.tag else None
    if plan.at is not None and (why := calendar.refusal(push.outlet, plan.at, tag=tag, but=pk)):
        raise ValueError(why)
    push.scheduled_at, push.note = plan.at, plan.note[:300]
    push.audience = Audience.TAG if plan.tag else Audience.ALL
    push.tag_id, push.tag_name = plan.tag or (None, "")
    push.changed_at = now
    push.save()
    _order(push, articles)
    history(push, "保存编排", at=now, by=by)
    return push


def _order(push: Push, articles: Sequence[Own]) -> None:
    held = {row.pk: row for row in push.articles.all()}
    kept = [_filled(held[own.pk], own) for own in articles if own.pk in held]
    push.articles.all().delete()
    for position, row in enumerate(kept, start=1):
        row.position = position
    PushArticle.objects.bulk_create(kept)


def _filled(row: PushArticle, own: Own) -> PushArticle:
    row.headline, row.summary = own.headline.strip(), own.summary.strip()
    row.cover = {**content.asset_document(own.cover), "picture": own.picture} if own.cover else None
    row.cover_file = AssetFile.objects.get(pk=own.cover.sha256) if own.cover else None
    return row


@transaction.atomic
def add(pk: int, items: Sequence[UUID], *, by: str, now: datetime) -> list[PushArticle]:
    """Put items at the end, with their newest editions. Only what this outlet shall show may go in."""
    push = _locked(pk, PushState.EDITING)
    held = set(push.articles.values_list("item_id", flat=True))
    wanted = [item for item in dict.fromkeys(items) if item not in held]
    if len(held) + len(wanted) > ARTICLES_MAX:
        raise ValueError(f"一次推送最多 {ARTICLES_MAX} 篇，请先移出其他稿件")
    allowed = content.wanted_at(push.outlet_id, wanted)
    rows = Item.objects.select_related("current").filter(
        pk__in=allowed, withdrawn_at=None, current__isnull=False
    )
    found = {item.pk: item for item in rows}
    if missing := [item for item in wanted if item not in found]:
        raise ValueError(f"有 {len(missing)} 篇稿件没有投放到该公众号或已撤稿，请刷新后重新选择")
    made = [
        PushArticle(push=push, position=len(held) + number, item=found[item], edition=found[item].current)
        for number, item in enumerate(wanted, start=1)
    ]
    PushArticle.objects.bulk_create(made)
    Push.objects.filter(pk=pk).update(changed_at=now)
    for article in made:
        history(push, f"加入《{article.item.headline}》第 {article.edition.number} 版", at=now, by=by)
    return made


@transaction.atomic
def adopt(article_pk: int, *, by: str, now: datetime) -> None:
    """Take the item's newest edition; what the article says itself stays."""
    article = _article(article_pk)
    if article.item.current is None:
        raise ValueError(CHANGED)
    article.edition = article.item.current
    article.kept = 0
    article.save(update_fields=["edition", "kept"])
    history(article.push, f"采用《{article.item.headline}》第 {article.edition.number} 版", at=now, by=by)


@transaction.atomic
def keep(article_pk: int, *, by: str, now: datetime) -> None:
    """Stay with the adopted edition although there is a newer one."""
    article = _article(article_pk)
    article.kept = article.item.current.number if article.item.current else 0
    article.save(update_fields=["kept"])
    history(article.push, f"保留《{article.item.headline}》第 {article.edition.number} 版", at=now, by=by)


def _article(pk: int) -> PushArticle:
    row = PushArticle.objects.select_related("item__current", "push", "edition").filter(pk=pk).first()
    if row is None:
        raise ValueError(CHANGED)
    _locked(row.push_id, PushState.EDITING)
    return row


@transaction.atomic
def propose(pk: int, *, by: str, now: datetime) -> Push:
    """Put forward for a second person exactly what stands here."""
    push = _locked(pk, PushState.EDITING)
    if why := obstacles(push, now=now):
        raise ValueError(why[0])
    push.fingerprint = content.fingerprint_now(push)
    push.state, push.proposed_by, push.proposed_at = PushState.PROPOSED, by[:150], now
    push.confirmed_by, push.confirmed_at = "", None
    push.outcome = push.code = ""
    push.changed_at = push.due_at = now
    push.save()
    history(push, "提交复核", at=now, by=by, detail={"fingerprint": push.fingerprint})
    return push


def obstacles(push: Push, *, now: datetime) -> list[str]:
    """What stands in the way of putting it forward, or of confirming it; sentences."""
    found = content.pieces(push)
    if not found:
        return ["还没有稿件，请先加入 1 至 8 篇"]
    if closed := out_of_service(push) or _drilled(push):
        return [closed]
    why = [change.reason for change in content.changes(push, found)]
    for piece in found:
        try:
            problems = content.findings(push, piece)
        except ChannelError as error:
            why.append(f"{piece.article.place}：{error.message}")
            continue
        why += [
            f"{piece.article.place}：{one.problem}，{one.fix}"
            for one in problems
            if one.severity is Severity.BLOCK
        ]
    at = push.scheduled_at or now
    if at < now:
        why.append("排定时间已过，请改期")
    elif over := calendar.refusal(push.outlet, at, tag=push.tag_id, but=push.pk):
        why.append(over)
    return why


def out_of_service(push: Push) -> str:
    """Why nothing of the account may go out any more; empty when it may."""
    return RETIRED if push.outlet.retired_at else ""


def _drilled(push: Push) -> str:
    if push.outlet.drill_of_id is None and drills.of(push.outlet):
        return "该公众号正在演练：请在演练账号中编排推送，或结束演练后再提交"
    return ""


@transaction.atomic
def confirm(
    pk: int, *, seen: str, by: str, now: datetime, dice: Callable[[], str] = lambda: secrets.token_hex(16)
) -> Push:
    """A second person lets it go. `seen` is the fingerprint of the page that he had before him."""
    push = _locked(pk, PushState.PROPOSED)
    if by == push.proposed_by:
        raise ValueError("提交人不能自己复核，请由另一人复核")
    if why := obstacles(push, now=now):
        raise ValueError(why[0])
    if not seen or seen != push.fingerprint or content.fingerprint_now(push) != seen:
        raise ValueError("内容已经变化，与提交复核时不一致，请退回后重新提交")
    push.state, push.confirmed_by, push.confirmed_at = PushState.CONFIRMED, by[:150], now
    push.clientmsgid, push.allowed, push.attempted_at = dice(), push.attempts + 1, None
    push.msg_id = push.msg_data_id = ""
    push.polls, push.changed_at, push.due_at = 0, now, now
    push.save()
    history(push, "复核通过", at=now, by=by, detail={"fingerprint": push.fingerprint})
    return push


@transaction.atomic
def reopen(pk: int, *, reason: str, by: str, now: datetime) -> Push:
    """Back to the editor, before anything has gone out or after a certain failure."""
    push = _locked(pk, *OPEN)
    return to_editor(push, reason=reason or "退回编排", by=by, now=now)


def to_editor(push: Push, *, reason: str, by: str, now: datetime) -> Push:
    """On a locked push."""
    push.state, push.outcome, push.code = PushState.EDITING, reason[:500], ""
    push.fingerprint = push.confirmed_by = push.proposed_by = ""
    push.confirmed_at = push.proposed_at = push.due_at = None
    push.changed_at = now
    push.save()
    history(push, f"退回编排：{reason}", at=now, by=by)
    return push


@transaction.atomic
def cancel(pk: int, *, by: str, now: datetime) -> Push:
    push = _locked(pk, PushState.EDITING, *OPEN)
    push.state, push.changed_at = PushState.CANCELLED, now
    push.due_at = now if push.media_id else None
    push.save()
    history(push, "取消推送", at=now, by=by)
    return push


@transaction.atomic
def checked_not_sent(
    pk: int, *, note: str, by: str, now: datetime, dice: Callable[[], str] = lambda: secrets.token_hex(16)
) -> Push:
    """已核对未发出: a person allows one more attempt.

    Within 24 hours with the same clientmsgid, so that the platform itself still refuses a double.
    """
    push = _locked(pk, PushState.UNKNOWN, PushState.FAILED)
    if not push.attempts:
        raise ValueError("这次推送还没有发出过请求，请退回编排后重新提交")
    if push.attempted_at is None or now - push.attempted_at >= SAME_MESSAGE:
        push.clientmsgid = dice()
    push.evidence = {**push.evidence, "earlier_msg_id": push.msg_id} if push.msg_id else push.evidence
    push.state, push.allowed, push.attempted_at = PushState.CONFIRMED, push.attempts + 1, None
    push.confirmed_at = push.changed_at = push.due_at = now
    push.msg_id = push.msg_data_id = push.outcome = push.code = ""
    push.polls = 0
    push.save()
    history(push, f"已核对未发出，准许再发一次：{note}", at=now, by=by)
    return push


@transaction.atomic
def checked_sent(pk: int, addresses: Mapping[int, str], *, note: str, by: str, now: datetime) -> Push:
    """已核对已发出: a person has seen it at the platform. `addresses`: position -> address, the first one at least."""
    push = _locked(pk, PushState.UNKNOWN)
    if not addresses.get(1, "").startswith(("https://", "http://")):
        raise ValueError("请填写头条文章的完整地址（以 https:// 开头）")
    seen = push.evidence.get("finished", [])
    if not push.msg_id and len(seen) == 1:
        push.msg_id = seen[0]["msg_id"]
        push.save(update_fields=["msg_id"])
    history(push, f"已核对已发出：{note}", at=now, by=by, detail={"addresses": list(addresses.values())})
    outcome.sent(push, addresses, now=now, by=by)
    return push


@transaction.atomic
def ask_preview(pk: int, names: Sequence[str], *, by: str, now: datetime) -> int:
    """Have previews sent to these WeChat ids, each once. Returns how many."""
    push = _locked(pk, *PREVIEWED)
    if closed := out_of_service(push) or _drilled(push):
        raise ValueError(closed)
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not wanted:
        raise ValueError("请填写接收预览的微信号")
    if len(wanted) > PREVIEWS_MAX or any(len(name) > 64 or any(map(str.isspace, name)) for name in wanted):
        raise ValueError(f"微信号不正确，或一次超过 {PREVIEWS_MAX} 个，请核对")
    found = content.pieces(push)
    if not found:
        raise ValueError("还没有稿件，请先加入 1 至 8 篇")
    try:
        digest = content.digest(content.renderings(push, found))
    except ChannelError as error:
        raise ValueError(error.message) from error
    for name in wanted:
        PushPreview.objects.create(push=push, name=name, digest=digest, asked_by=by[:150], asked_at=now)
    history(push, f"发送预览给 {'、'.join(wanted)}", at=now, by=by, detail={"digest": digest})
    return len(wanted)


def note_outside(outlet: Outlet, day: date, *, note: str, by: str, now: datetime) -> OutsidePush:
    """A push that was made in the back office."""
    return OutsidePush.objects.create(outlet=outlet, day=day, note=note[:200], by=by[:150], at=now)


def _locked(pk: int, *states: PushState) -> Push:
    push = Push.objects.select_for_update(of=("self",)).select_related("outlet").filter(pk=pk).first()
    if push is None or push.status not in states:
        raise ValueError(CHANGED)
    return push
