"""How desire is written: many placements of one item in a fixed number of statements. Used by outbox alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from channels import bulk
from channels.edition import Edition
from channels.models import Delivery, EditionRecord, Item, Operation, Outlet, Placement, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An outlet that an item goes to, and why (a Chinese sentence that the editor reads)."""

    outlet_id: int
    reason: str
    must_carry: bool = False
    must_carry_hours: int | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    """What a placement says of its target now."""

    pk: int
    reason: str
    must_carry: bool
    must_carry_by: datetime | None


def want(
    item: Item, record: EditionRecord, edition: Edition, targets: Sequence[Target], now: datetime
) -> int:
    """Want `record` at every target and nowhere else; inside the caller's transaction. Returns the placements changed."""
    columns = ("outlet_id", "pk", "reason", "must_carry", "must_carry_by")
    held = {pk: _Held(*rest) for pk, *rest in Placement.objects.filter(item=item).values_list(*columns)}
    wanted = {target.outlet_id: target for target in _drilled(targets, held)}
    new = [target for pk, target in wanted.items() if pk not in held]
    changed = len(new)
    if new:
        _insert(item, record, edition, new, now)
    kept = [pk for pk in wanted if pk in held]
    if kept:
        changed += _update(item, record, edition, kept, now)
        _annotate([(held[pk], wanted[pk]) for pk in kept], now)
    dropped = [pk for pk in held if pk not in wanted]
    if dropped:
        rows = Placement.objects.filter(item=item, outlet_id__in=dropped)
        changed += unwant(rows, now, message="不再投放到该终端")
    return changed


def _drilled(targets: Sequence[Target], held: Mapping[int, _Held]) -> list[Target]:
    """While an outlet is being drilled (演练), an item that is new to it goes to its twin. One query."""
    twins = dict(Outlet.objects.twins().values_list("drill_of", "pk"))
    return [
        replace(target, outlet_id=twins[target.outlet_id])
        if target.outlet_id in twins and target.outlet_id not in held
        else target
        for target in targets
    ]


def want_also(item: Item, record: EditionRecord, edition: Edition, target: Target, now: datetime) -> int:
    """Want `record` at one more outlet, whatever is wanted elsewhere; inside the caller's transaction.

    Returns the placements changed: 1, or 0 where the outlet has it already or has refused it.
    """
    if Placement.objects.filter(item=item, outlet=target.outlet_id).exists():
        return _update(item, record, edition, [target.outlet_id], now)
    _insert(item, record, edition, [target], now)
    return 1


def _update(item: Item, record: EditionRecord, edition: Edition, kept: Sequence[int], now: datetime) -> int:
    rows = Placement.objects.filter(item=item, outlet_id__in=kept, refused_at=None)
    return rows.exclude(desired=record).update(
        desired=record,
        generation=F("generation") + 1,
        state=State.DUE,
        remedy="",
        message="",
        code="",
        attempts=0,
        polls=0,
        due_at=now,
        desired_at=now,
        lane=edition.lane,
        released_at=None,
        slug=item.slug,
        column_code=item.column_code,
        published_at=item.first_published_at,
        visible_until=edition.expires,
    )


PLACEMENT_COLUMNS = {
    "outlets": "jsonb",
    "reason": "text",
    "must_carry": "boolean",
    "must_carry_by": "timestamptz",
}
# A thousand rows in one statement: signing may not cost more for many outlets than for none. Outlets that get the item
# for one reason travel as one row; DISTINCT keeps SQLite from reading that row anew for each of them.
PLACEMENT_SQL = """
INSERT INTO syndication_placement (item_id, desired_id, lane, due_at, desired_at, slug, column_code, published_at,
    visible_until, outlet_id, reason, must_carry, must_carry_by,
    generation, state, pending, remedy, message, code, lease_owner, attempts, polls, remote_url, rendering_sha256,
    rank, refused_reason)
SELECT {shared}, CAST(m.value AS bigint), r.reason, r.must_carry, r.must_carry_by,
    1, 'due', '', '', '', '', '', 0, 0, '', '', 0, ''
FROM (SELECT DISTINCT * FROM {rows}) AS r, {members}
"""
SHARED_TYPES = (
    "uuid",
    "bigint",
    "smallint",
    "timestamptz",
    "timestamptz",
    "varchar",
    "varchar",
    "timestamptz",
    "timestamptz",
)


def _insert(
    item: Item, record: EditionRecord, edition: Edition, targets: Sequence[Target], now: datetime
) -> None:
    at = bulk.moment(now)
    shared = (
        bulk.key(item.content_id),
        record.pk,
        int(edition.lane),
        at,
        at,
        item.slug,
        item.column_code,
        bulk.moment(item.first_published_at or now),
        bulk.moment(edition.expires),
    )
    sql = PLACEMENT_SQL.replace("{shared}", bulk.shared(SHARED_TYPES)).replace(
        "{members}", bulk.members("outlets")
    )
    bulk.run(sql, PLACEMENT_COLUMNS, bulk.encode(_by_reason(targets, now)), shared=shared)


def _by_reason(targets: Sequence[Target], now: datetime) -> list[dict[str, Any]]:
    """One row for all outlets that get the item for the same reason and by the same time."""
    outlets: dict[tuple[str, datetime | None, bool], list[int]] = defaultdict(list)
    for target in targets:
        outlets[target.reason[:300], _deadline(target, now), target.must_carry].append(target.outlet_id)
    return [
        {"outlets": ids, "reason": reason, "must_carry": must_carry, "must_carry_by": bulk.moment(deadline)}
        for (reason, deadline, must_carry), ids in outlets.items()
    ]


def _annotate(pairs: Sequence[tuple[_Held, Target]], now: datetime) -> None:
    changed = [
        Placement(
            pk=held.pk,
            reason=target.reason[:300],
            must_carry=target.must_carry,
            must_carry_by=held.must_carry_by or _deadline(target, now),
        )
        for held, target in pairs
        if (held.reason, held.must_carry) != (target.reason[:300], target.must_carry)
    ]
    if changed:
        Placement.objects.bulk_update(changed, ["reason", "must_carry", "must_carry_by"], batch_size=500)


def _deadline(target: Target, now: datetime) -> datetime | None:
    return now + timedelta(hours=target.must_carry_hours or 24) if target.must_carry else None


def unwant(rows: QuerySet[Placement], now: datetime, *, message: str) -> int:
    """Want the item gone from these placements; returns how many have to change."""
    return rows.exclude(desired=None).update(
        desired=None,
        generation=F("generation") + 1,
        state=State.DUE,
        remedy="",
        message=message,
        code="",
        attempts=0,
        polls=0,
        due_at=now,
        desired_at=now,
        lane=Placement.WITHDRAWAL_LANE,
    )


def want_again(rows: QuerySet[Placement], *, message: str, now: datetime) -> int:
    """What was done last is in doubt, and is done again under a new token. Returns how many there are."""
    last = Delivery.objects.filter(placement=OuterRef("pk")).exclude(operation=Operation.VERIFY)
    return rows.filter(refused_at=None).update(
        generation=F("generation") + 1,
        doubt=Subquery(last.order_by("-pk").values("pk")[:1]),
        state=State.DUE,
        pending="",
        remedy="",
        code="",
        message=message,
        attempts=0,
        polls=0,
        due_at=now,
    )
