"""What became of a push: written down once, told to the placements of its items, older copies named for deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Self

from django.db import transaction

from channels import outbox
from channels.adapters.wechat_mp.api.callback import MassFinished
from channels.adapters.wechat_mp.api.massing import failure_sentence, is_success
from channels.adapters.wechat_mp.visit import ARTICLE, DRAFT, SENT
from channels.contract import Receipt
from channels.models import Outlet, Placement
from channels.wechat.models import IN_FLIGHT, Push, PushArticle, PushState, history
from channels.wechat.push import content, decide

BUSY_FOR = timedelta(hours=1)
"""How long an unfinished delivery of an item may keep its push from being registered."""


COUNTS = ("total", "filtered", "sent", "errors", "check_state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What MASSSENDJOBFINISH says of a job. Counts are followers; `articles` are (number from 1, address)."""

    status: str
    total: int
    filtered: int
    sent: int
    errors: int
    check_state: int
    articles: Sequence[tuple[int, str]]

    @classmethod
    def of(cls, event: MassFinished) -> Self:
        return cls(**{field.name: getattr(event, field.name) for field in fields(cls)})


@transaction.atomic
def finished(outlet: Outlet, event: MassFinished, *, now: datetime) -> None:
    """The platform's call-back; may come twice, late, or before our own call has returned."""
    rows = Push.objects.select_for_update().filter(outlet=outlet)
    push = rows.filter(msg_id=str(event.msg_id)).first()
    if push is None:
        _keep(rows.filter(state__in=IN_FLIGHT, msg_id="", attempted_at__isnull=False).first(), event, now)
        return
    apply(push, Ending.of(event), now=now)


def apply(push: Push, event: Ending, *, now: datetime) -> None:
    """Inside a transaction, on a locked push whose job this is."""
    if push.status not in {PushState.SENDING, PushState.ACCEPTED, PushState.UNKNOWN, PushState.SENT}:
        return
    counts = {name: getattr(event, name) for name in COUNTS}
    Push.objects.filter(pk=push.pk).update(counts=counts)
    if is_success(event.status):
        sent(push, dict(event.articles), now=now, by="微信回执")
    elif push.status is not PushState.SENT:
        failed(push, failure_sentence(event.status), code=event.status[:100], now=now)


def sent(push: Push, addresses: Mapping[int, str], *, now: datetime, by: str) -> None:
    """It is out. Again with addresses that were not known the first time. Inside a transaction, on a locked push."""
    for article in push.articles.all():
        url = addresses.get(article.position, "")
        if url and url != article.url:
            PushArticle.objects.filter(pk=article.pk).update(url=url[:500], carried=False)
    if push.status is PushState.SENT:
        Push.objects.filter(pk=push.pk).update(cleanup_at=now)
        return
    Push.objects.filter(pk=push.pk).update(
        state=PushState.SENT,
        sent_at=now,
        outcome="",
        code="",
        polls=0,
        due_at=(push.attempted_at or now) + timedelta(seconds=decide.STATISTICS_LOOKS[0]),
        cleanup_at=now,
        changed_at=now,
    )
    history(push, f"已发出（{by}）", at=now, by=by)


def failed(push: Push, sentence: str, *, code: str, now: datetime) -> None:
    """It is certain that nothing went out, or that the platform stopped it."""
    Push.objects.filter(pk=push.pk).update(
        state=PushState.FAILED, outcome=sentence[:500], code=code[:100], due_at=None, polls=0, changed_at=now
    )
    history(push, f"发送失败：{sentence}", at=now, code=code[:100])


def doubt(push: Push, sentence: str, *, code: str = "", now: datetime) -> None:
    """It may be out. Only looks follow."""
    Push.objects.filter(pk=push.pk).update(
        state=PushState.UNKNOWN, outcome=sentence[:500], code=code[:100], due_at=now, polls=0, changed_at=now
    )
    history(push, f"转入待核实：{sentence}", at=now, code=code[:100])


def early(push: Push) -> Ending | None:
    """The call-back of this push's job that came before the job's number was known."""
    kept = [one for one in push.evidence.get("finished", []) if one["msg_id"] == push.msg_id]
    return Ending(**{name: kept[0][name] for name in (*COUNTS, "status", "articles")}) if kept else None


def _keep(push: Push | None, event: MassFinished, now: datetime) -> None:
    """A call-back for a job that nobody knows while the answer to our own call is lost: evidence for a person."""
    if push is None:
        return
    seen = {"at": now.isoformat(), "msg_id": str(event.msg_id), **asdict(Ending.of(event))}
    evidence = {**push.evidence, "finished": [*push.evidence.get("finished", [])[-9:], seen]}
    Push.objects.filter(pk=push.pk).update(evidence=evidence)


@transaction.atomic
def register(article: PushArticle, *, now: datetime) -> bool:
    """Tell the item's placement that the push has put it there. False: its own delivery is not done, try later.

    Does nothing the second time, whatever the caller has read: `superseded` may be written once only, or a second
    worker would find the push itself in the receipt and forget the older copy, which would stay beside it.
    """
    rows = PushArticle.objects.select_for_update(of=("self",)).select_related("item", "edition", "push")
    article = rows.get(pk=article.pk)
    push = article.push
    if article.carried:
        return True
    placement = (
        Placement.objects.select_for_update(of=("self",))
        .select_related("item")
        .filter(item=article.item_id, outlet=push.outlet_id)
        .first()
    )
    if placement is None:
        PushArticle.objects.filter(pk=article.pk).update(carried=True)
        return True
    waited = now - (push.sent_at or now)
    if _is_busy(placement, now) and waited < BUSY_FOR:
        return False
    receipt = _receipt(push, article)
    superseded = dict.fromkeys([*article.superseded, *_others(placement, receipt)])
    outbox.carried(placement, receipt, by=f"推送 {push.pk}", now=now)
    PushArticle.objects.filter(pk=article.pk).update(carried=True, superseded=list(superseded))
    return True


def _others(placement: Placement, receipt: Receipt) -> list[str]:
    """What the placement's receipt names beside the push: an article with those that it corrects, a push, a draft."""
    before = placement.receipt or {}
    named = str(before.get("remote_id", ""))
    beside = [f"{ARTICLE}:{article_id}" for article_id in (before.get("raw") or {}).get("kept") or ()]
    is_other = named.partition(":")[0] in {ARTICLE, SENT, DRAFT} and named != receipt.remote_id
    return [named, *beside] if is_other else beside


def _receipt(push: Push, article: PushArticle) -> Receipt:
    return Receipt(
        token=content.token_of(push, push.drafted),
        uri=article.item.uri,
        version=article.edition.number,
        remote_id=f"{SENT}:{push.msg_id}.{article.position}",
        remote_url=article.url,
        raw={"msg_data_id": push.msg_data_id, "idx": article.position},
    )


def _is_busy(placement: Placement, now: datetime) -> bool:
    """Whether a delivery of the item is under way whose article the receipt does not name yet."""
    leased = placement.lease_until is not None and placement.lease_until > now
    waits_for_person = bool((placement.receipt or {}).get("awaits_person"))
    return leased or (bool(placement.pending) and not waits_for_person) or placement.doubt_id is not None
