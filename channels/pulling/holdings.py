"""What an outlet holds, as far as its key has proven it: pure values, read in a fixed number of queries.

A copy that was taken without a key is not known here. What is counted as open is therefore certain, not complete: he has
taken an edition, and has not taken what replaced it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Subquery

from channels.adapters.feed import evidence
from channels.models import Outlet, Placement, State
from channels.pulling.models import Holding, PullKey, TakenItem

FEED = evidence.CHANNEL


class Stage(StrEnum):
    """How far an item has got at an outlet that pulls."""

    OFFERED = "已提供"
    FETCHED = "已取用"
    SEEN = "已上网"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A correction (`number` is the edition that is wanted) or a withdrawal (None) that an outlet has not taken."""

    outlet_id: int
    placement_id: int
    item_id: UUID
    headline: str
    number: int | None
    held: int
    since: datetime

    @property
    def is_withdrawal(self) -> bool:
        return self.number is None


@dataclass(frozen=True, slots=True)
class Held:
    """One outlet: its last fetch, how many new items wait for it, and what it holds that is no longer right."""

    outlet: Outlet
    keys: int
    last: Holding | None
    waiting: int
    overdue: Sequence[Overdue]

    @property
    def withdrawals(self) -> int:
        return sum(one.is_withdrawal for one in self.overdue)

    @property
    def corrections(self) -> int:
        return len(self.overdue) - self.withdrawals

    @property
    def oldest(self) -> datetime | None:
        return min((one.since for one in self.overdue), default=None)

    def is_silent(self, now: datetime, *, after: timedelta = timedelta(days=3)) -> bool:
        """It used to fetch, and does not any more."""
        return self.last is not None and now - self.last.last_at > after


def of(outlets: Sequence[Outlet]) -> list[Held]:
    """In the given order; four queries."""
    ids = [outlet.pk for outlet in outlets]
    keys = _counts(PullKey.objects.filter(outlet__in=ids, revoked_at=None, expires_at=None))
    last: dict[int, Holding] = {}
    for holding in Holding.objects.filter(outlet__in=ids).order_by("last_at"):
        last[holding.outlet_id] = holding
    waiting = _waiting(ids)
    overdue = by_outlet(_overdue(ids))
    return [
        Held(
            outlet=outlet,
            keys=keys.get(outlet.pk, 0),
            last=last.get(outlet.pk),
            waiting=waiting.get(outlet.pk, 0),
            overdue=overdue.get(outlet.pk, ()),
        )
        for outlet in outlets
    ]


def worst_first(held: Iterable[Held]) -> list[Held]:
    """Withdrawals before corrections, the longest wait first, then who has not been here for longest."""

    def badness(one: Held) -> tuple[bool, float, bool, float]:
        withdrawals = [item.since for item in one.overdue if item.is_withdrawal]
        oldest = min(withdrawals, default=one.oldest)
        seen = one.last.last_at.timestamp() if one.last else 0.0
        return (
            not withdrawals,
            oldest.timestamp() if oldest else float("inf"),
            one.last is None,
            seen,
        )

    return sorted(held, key=badness)


class Placed(Protocol):
    """What of a placement tells its stage; a row of the matrix does, too."""

    @property
    def pk(self) -> int: ...
    @property
    def item_id(self) -> UUID: ...
    @property
    def outlet_id(self) -> int: ...
    @property
    def desired_id(self) -> int | None: ...
    @property
    def state(self) -> str: ...


def stages(placements: Collection[Placed], outlets: Iterable[Outlet]) -> dict[int, Stage]:
    """By id of the placement, for those at outlets that pull by key or from a feed; one query."""
    by_id = {outlet.pk: outlet for outlet in outlets}
    taken = TakenItem.objects.filter(outlet__in=by_id, item__in={one.item_id for one in placements})
    known = {(row.outlet_id, row.item_id): row.edition_id for row in taken}
    found = {}
    for one in placements:
        outlet, key = by_id[one.outlet_id], (one.outlet_id, one.item_id)
        if key in known and known[key] == one.desired_id:
            is_seen = outlet.options.get("proof") == evidence.PAGE and one.state == State.SETTLED
            found[one.pk] = Stage.SEEN if is_seen else Stage.FETCHED
        elif outlet.channel == FEED:
            found[one.pk] = Stage.OFFERED
    return found


def by_outlet(overdue: Iterable[Overdue]) -> Mapping[int, list[Overdue]]:
    found: dict[int, list[Overdue]] = {}
    for one in overdue:
        found.setdefault(one.outlet_id, []).append(one)
    return found


def _overdue(ids: Sequence[int]) -> list[Overdue]:
    """Withdrawals first, then corrections, the oldest first."""
    held = TakenItem.objects.filter(outlet=OuterRef("outlet"), item=OuterRef("item"))
    rows = (
        Placement.objects.filter(outlet__in=ids)
        .annotate(
            held=Subquery(held.values("edition_id")[:1]), number=Subquery(held.values("edition__number")[:1])
        )
        .filter(held__isnull=False)
        .exclude(desired=F("held"))
        .order_by(F("desired").asc(nulls_first=True), "desired_at")
    )
    columns = ("outlet_id", "pk", "item_id", "item__headline", "desired__number", "number", "desired_at")
    found = [Overdue(*row) for row in rows.values_list(*columns)]
    return sorted(found, key=lambda one: (not one.is_withdrawal, one.since))


def _waiting(ids: Sequence[int]) -> dict[int, int]:
    """New items that were never taken, counted from the outlet's first fetch on."""
    first = Holding.objects.filter(outlet=OuterRef("outlet")).values("outlet").annotate(at=Min("first_at"))
    taken = TakenItem.objects.filter(outlet=OuterRef("outlet"), item=OuterRef("item"))
    rows = (
        Placement.objects.filter(~Exists(taken), outlet__in=ids, desired__isnull=False)
        .annotate(first=Subquery(first.values("at")[:1]))
        .filter(desired_at__gte=F("first"))
    )
    return dict(rows.order_by().values_list("outlet").annotate(count=Count("pk")))


def _counts(rows: object) -> dict[int, int]:
    return dict(rows.order_by().values_list("outlet").annotate(count=Count("pk")))  # type: ignore[attr-defined]
