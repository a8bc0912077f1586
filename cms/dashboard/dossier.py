"""One item, or one placement, with everything that is known about it: reading only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from channels.contract import Capabilities
from channels.errors import ConfigError, Remedy
from channels.models import Delivery, EditionRecord, Item, Operation, Outcome, Placement, State
from channels.rendering import capabilities
from cms.dashboard.looks import Look, Tone, look
from cms.dashboard.verbs import changed_by_hand
from cms.models import ContentPage

HISTORY_MAX = 50

OUTCOME_TONES = {
    Outcome.SETTLED: Tone.GOOD,
    Outcome.ACCEPTED: Tone.BUSY,
    Outcome.UNKNOWN: Tone.WARN,
    Outcome.FAILED: Tone.WARN,
    Outcome.REFUSED: Tone.BAD,
}

BY_HAND = "下载稿件包，在终端发布后填写公开地址"
TO_PUBLISH = "在公众号后台发表后，填写文章的公开地址并点“交办完成”"
TO_CHANGE = "按下面的改动在终端修改后，点“立即核对”"

REMEDIES = {
    Remedy.RETRY: "系统自动重试",
    Remedy.WAIT: "系统等待后再试",
    Remedy.VERIFY: "系统先核对",
    Remedy.EDITOR: "编辑处理",
    Remedy.ADMIN: "管理员处理",
    Remedy.DEVELOPER: "技术人员处理",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A placement with its look; `can` is None when its channel is not installed any more."""

    placement: Placement
    look: Look
    can: Capabilities | None

    @property
    def live_url(self) -> str:
        url = self.placement.remote_url
        return url if url.startswith(("https://", "http://")) else ""

    @property
    def remedy(self) -> str:
        """Who moves it on; empty when nobody has to."""
        return REMEDIES.get(Remedy(self.placement.remedy), "") if self.placement.remedy else ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery as the history shows it."""

    delivery: Delivery
    operation: str
    outcome: str
    tone: Tone
    remedy: str
    seconds: float | None
    receipt: str


def line(placement: Placement) -> Line:
    seen = look(
        placement.state,
        desired=placement.desired_id,
        actual=placement.actual_id,
        refused=placement.refused_at is not None,
    )
    can = facts(placement)
    if step := _for_a_person(placement, can):
        seen = replace(seen, next_step=step)
    return Line(placement, seen, can)


def _for_a_person(placement: Placement, can: Capabilities | None) -> str:
    """What a person has to do at the outlet itself; empty when it is something else."""
    receipt = placement.receipt or {}
    if can is None or placement.state != State.ASKING or placement.desired_id is None:
        return ""
    if can.manual:
        return BY_HAND
    if not (receipt.get("awaits_person") and receipt.get("watched")):
        return ""
    return TO_CHANGE if changed_by_hand(receipt) else TO_PUBLISH


def facts(placement: Placement) -> Capabilities | None:
    try:
        return capabilities(placement.outlet)
    except ConfigError:
        return None


def lines(placements: QuerySet[Placement]) -> list[Line]:
    """One query. The texts of the editions stay in the database: nobody reads them in a list."""
    rows = placements.select_related("outlet", "item", "desired", "actual")
    return [line(placement) for placement in rows.defer("desired__document", "actual__document")]


def of_item(content_id: UUID) -> list[Line]:
    """Every outlet of an item in the order of the matrix; one query."""
    return lines(Placement.objects.filter(item=content_id).order_by("outlet__rank", "outlet__slug"))


def history(placement: Placement) -> list[Attempt]:
    """The newest attempts first."""
    rows = Delivery.objects.filter(placement=placement).select_related("edition").defer("edition__document")
    return [_attempt(delivery) for delivery in rows.order_by("-id")[:HISTORY_MAX]]


def editions(item: Item) -> Sequence[EditionRecord]:
    return list(item.editions.defer("document").order_by("-number")[:HISTORY_MAX])


def page_of(content_id: UUID) -> ContentPage | None:
    return ContentPage.objects.filter(content_id=content_id).first()


def pretty(document: Any) -> str:
    """JSON for the eye; empty for nothing."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) if document else ""


def _attempt(delivery: Delivery) -> Attempt:
    done = delivery.finished_at
    return Attempt(
        delivery=delivery,
        operation=Operation(delivery.operation).label,
        outcome=Outcome(delivery.outcome).label if delivery.outcome else "进行中",
        tone=OUTCOME_TONES[Outcome(delivery.outcome)] if delivery.outcome else Tone.BUSY,
        remedy=REMEDIES.get(Remedy(delivery.remedy), "") if delivery.remedy else "",
        seconds=(done - delivery.started_at).total_seconds() if done else None,
        receipt=pretty(delivery.receipt),
    )
