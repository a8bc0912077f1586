"""The strip above the matrix: open placements by state, outlets in trouble. Costs the open rows, never the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from channels import drills
from channels.models import Outlet, Placement, State
from cms.dashboard.looks import DELIVERING, Tone


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open placements are in one state."""

    key: str
    word: str
    sign: str
    tone: Tone
    count: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """An outlet that does not take items as it should. `backlog` counts its open placements."""

    outlet: Outlet
    word: str
    reason: str
    until: datetime | None
    backlog: int


@dataclass(frozen=True, slots=True)
class Summary:
    tallies: Sequence[Tally]
    troubles: Sequence[Trouble]
    open: int
    asking: int
    withdrawing: int


def unsettled() -> QuerySet[Placement]:
    """Open placements, in the very words of the partial index `placement_open`."""
    return Placement.objects.exclude(state=State.SETTLED)


def read(*, now: datetime) -> Summary:
    """Two queries."""
    counted = list(
        unsettled()
        .order_by()
        .values("outlet_id", "state")
        .annotate(count=Count("pk"), absent=Count("pk", filter=Q(desired__isnull=True)))
    )
    by_state: dict[str, int] = {}
    by_outlet: dict[int, int] = {}
    for line in counted:
        by_state[line["state"]] = by_state.get(line["state"], 0) + line["count"]
        by_outlet[line["outlet_id"]] = by_outlet.get(line["outlet_id"], 0) + line["count"]
    tallies = [
        Tally(
            state.value,
            DELIVERING[state].word,
            DELIVERING[state].sign,
            DELIVERING[state].tone,
            by_state[state],
        )
        for state in (
            State.ASKING,
            State.UNKNOWN,
            State.HELD,
            State.WAITING,
            State.ACCEPTED,
            State.WORKING,
            State.DUE,
        )
        if by_state.get(state)
    ]
    return Summary(
        tallies=tallies,
        troubles=[_trouble(outlet, now, by_outlet.get(outlet.pk, 0)) for outlet in troubled(now)],
        open=sum(by_state.values()),
        asking=by_state.get(State.ASKING, 0),
        withdrawing=sum(line["absent"] for line in counted),
    )


def troubled(now: datetime) -> QuerySet[Outlet]:
    return Outlet.objects.active().filter(
        Q(paused_at__isnull=False) | ~Q(blocked_reason="") | Q(circuit_open_until__gt=now)
    )


def condition(outlet: Outlet, now: datetime) -> tuple[str, str]:
    """(word, reason) for the state of an outlet; the gravest first."""
    if outlet.retired_at:
        return "已停用", ""
    if outlet.blocked_reason:
        return "配置故障", outlet.blocked_reason
    if outlet.paused_at:
        word = "演练中" if outlet.paused_reason == drills.REASON else "暂停"
        return word, outlet.paused_reason
    if outlet.circuit_open_until and outlet.circuit_open_until > now:
        return "休整", f"连续失败 {outlet.circuit_failures} 次，系统稍后自动再试"
    return "正常", ""


def _trouble(outlet: Outlet, now: datetime, backlog: int) -> Trouble:
    word, reason = condition(outlet, now)
    until = outlet.circuit_open_until if word == "休整" else None
    return Trouble(outlet, word, reason, until, backlog)
