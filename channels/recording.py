"""Writes down what calls brought: many rows in one short transaction, each guarded by its lease and generation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from channels import bulk
from channels.errors import ConfigError, Remedy
from channels.models import EditionRecord, Item, Operation, Outlet, Placement, State
from channels.settling import Change
from channels.work import Work

CIRCUIT_AFTER = 5
"""Failures in a row after which an outlet rests; then it gets one probe at a time."""
CIRCUIT_BASE = 15.0
CIRCUIT_CAP = 300.0
"""Seconds of the first rest, doubled with every further failure, and of the longest."""

PLACEMENT_COLUMNS = {
    "id": "bigint",
    "lease": "text",
    "generation": "integer",
    "actual_id": "bigint",
    "receipt": "jsonb",
    "pending": "text",
    "attempts": "integer",
    "polls": "integer",
    "remote_url": "text",
    "doubt": "text",
    "token": "text",
    "rendering": "text",
    "delivered_at": "timestamptz",
    "settled_at": "timestamptz",
    "seen_at": "timestamptz",
    "state": "text",
    "remedy": "text",
    "message": "text",
    "code": "text",
    "due_at": "timestamptz",
    "now": "timestamptz",
}
# Facts are written whatever is wanted by now; what the desk reads and the next due time only for the same generation.
PLACEMENT_SQL = """
UPDATE syndication_placement AS p SET
    actual_id = r.actual_id, receipt = r.receipt, pending = r.pending, attempts = r.attempts, polls = r.polls,
    remote_url = r.remote_url,
    doubt_id = CASE r.doubt
        WHEN 'keep' THEN p.doubt_id
        WHEN 'raise' THEN (
            SELECT max(d.id) FROM syndication_delivery d
            WHERE d.placement_id = r.id AND d.token = r.token AND d.operation <> 'verify')
        END,
    rendering_sha256 = coalesce(r.rendering, p.rendering_sha256),
    delivered_at = coalesce(r.delivered_at, p.delivered_at),
    settled_at = coalesce(r.settled_at, p.settled_at),
    seen_at = coalesce(r.seen_at, p.seen_at),
    state = CASE WHEN p.generation = r.generation THEN r.state ELSE 'due' END,
    remedy = CASE WHEN p.generation = r.generation THEN r.remedy ELSE '' END,
    message = CASE WHEN p.generation = r.generation THEN r.message ELSE '' END,
    code = CASE WHEN p.generation = r.generation THEN r.code ELSE '' END,
    due_at = CASE WHEN p.generation = r.generation THEN r.due_at ELSE r.now END,
    lease_owner = '', lease_until = NULL
FROM {rows}
WHERE p.id = r.id AND p.lease_owner = r.lease
"""
DELIVERY_COLUMNS = {
    "id": "bigint",
    "token": "text",
    "now": "timestamptz",
    "outcome": "text",
    "remedy": "text",
    "code": "text",
    "message": "text",
    "detail": "text",
    "sent": "text",
    "receipt": "jsonb",
}
DELIVERY_SQL = """
UPDATE syndication_delivery AS d SET
    finished_at = r.now, outcome = r.outcome, remedy = r.remedy, code = r.code, message = r.message,
    detail = r.detail, rendering_sha256 = r.sent, receipt = r.receipt
FROM {rows}
WHERE d.placement_id = r.id AND d.token = r.token AND d.finished_at IS NULL
"""
REST_COLUMNS = {
    "id": "bigint",
    "lease": "text",
    "generation": "integer",
    "state": "text",
    "remedy": "text",
    "message": "text",
}
REST_SQL = """
UPDATE syndication_placement AS p SET
    state = CASE WHEN p.generation = r.generation THEN r.state ELSE 'due' END,
    remedy = r.remedy, message = r.message,
    due_at = CASE WHEN p.generation = r.generation THEN NULL ELSE p.due_at END,
    lease_owner = '', lease_until = NULL
FROM {rows}
WHERE p.id = r.id AND p.lease_owner = r.lease
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rest:
    """A placement that needs no call now: at rest, held, or waiting for a person."""

    placement_id: int
    generation: int
    state: str
    remedy: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a call brought. `error` is the failure behind the change, if there was one."""

    work: Work
    change: Change
    rendering_sha256: str = ""
    error: Exception | None = None


def rest(rests: Sequence[Rest], lease: str, now: datetime) -> None:
    """Put placements to rest and free their leases; inside the claim's transaction."""
    rows = [
        {
            "id": r.placement_id,
            "lease": lease,
            "generation": r.generation,
            "state": r.state,
            "remedy": r.remedy,
            "message": r.message,
        }
        for r in rests
    ]
    if rows:
        bulk.run(REST_SQL, REST_COLUMNS, bulk.encode(rows))
    settled = [r.placement_id for r in rests if r.state == State.SETTLED]
    if settled:
        Placement.objects.filter(pk__in=settled, settled_at=None).update(settled_at=now)


@transaction.atomic
def record(results: Sequence[Result], now: datetime) -> None:
    """Close the Deliveries and move the placements on. A row whose lease was lost is left to its new holder."""
    at = bulk.moment(now)
    found = _found_editions(results)
    rows = bulk.encode([_row(result, _edition_id(result, found), at) for result in results])
    bulk.run(DELIVERY_SQL, DELIVERY_COLUMNS, rows)
    bulk.run(PLACEMENT_SQL, PLACEMENT_COLUMNS, rows)
    _raise_floors(results)
    _note_outlets(results, now)


def _row(result: Result, actual_id: int | None, at: str | None) -> Row:
    """What both statements need of one result."""
    work, change = result.work, result.change
    made = work.operation == Operation.DELIVER and change.outcome in {"accepted", "settled"}
    settles = change.state == State.SETTLED and not work.before.settled
    receipt = change.receipt
    return {
        "id": work.placement_id,
        "lease": work.lease,
        "generation": work.generation,
        "actual_id": actual_id,
        "receipt": receipt.to_json() if receipt else None,
        "pending": change.pending,
        "attempts": change.attempts,
        "polls": change.polls,
        "remote_url": receipt.remote_url[:500] if receipt else "",
        "doubt": change.doubt.value,
        "token": work.token,
        "rendering": result.rendering_sha256 if made else None,
        "sent": result.rendering_sha256,
        "delivered_at": at if made else None,
        "settled_at": at if settles else None,
        "seen_at": at if change.seen else None,
        "outcome": change.outcome,
        "state": change.state,
        "remedy": change.remedy,
        "message": change.message[:500],
        "code": change.code[:100],
        "detail": change.detail,
        "due_at": bulk.moment(change.due_at),
        "now": at,
    }


def _edition_id(result: Result, found: dict[tuple[UUID, int], int]) -> int | None:
    number = result.change.actual
    if number is None:
        return None
    return result.work.editions.get(number) or found.get((result.work.content_id, number))


def _found_editions(results: Sequence[Result]) -> dict[tuple[UUID, int], int]:
    """Row ids of the editions that the claim did not know: an older copy was found at the outlet."""
    found = {}
    for result in results:
        number, content_id = result.change.actual, result.work.content_id
        if number is None or number in result.work.editions:
            continue
        record = EditionRecord.objects.filter(item_id=content_id, number=number).only("pk").first()
        if record is not None:
            found[content_id, number] = record.pk
    return found


def _raise_floors(results: Sequence[Result]) -> None:
    for result in results:
        if floor := result.change.adopt_floor:
            Item.objects.filter(content_id=result.work.content_id, number_floor__lt=floor).update(
                number_floor=floor
            )


def _note_outlets(results: Sequence[Result], now: datetime) -> None:
    """Circuit and configuration: an outlet that fails in a row rests, one that works is well again."""
    failures: dict[int, int] = defaultdict(int)
    well: set[int] = set()
    for result in results:
        outlet = result.work.outlet
        if result.error is None:
            if outlet.circuit_failures or not outlet.last_success_at or _stale(outlet.last_success_at, now):
                well.add(outlet.pk)
        elif isinstance(result.error, ConfigError) and result.work.operation == Operation.DELIVER:
            Outlet.objects.filter(pk=outlet.pk).update(blocked_reason=result.change.message[:500])
        elif result.change.remedy in {Remedy.RETRY, Remedy.VERIFY}:
            failures[outlet.pk] += 1
    if well:
        Outlet.objects.filter(pk__in=well).update(
            circuit_failures=0, circuit_open_until=None, last_success_at=now
        )
    for pk, count in failures.items():
        if pk not in well:
            _count_failures(pk, count, now)


def _stale(moment: datetime, now: datetime) -> bool:
    """`last_success_at` is for people: once a minute is enough."""
    return moment < now - timedelta(seconds=60)


def _count_failures(outlet_id: int, count: int, now: datetime) -> None:
    Outlet.objects.filter(pk=outlet_id).update(circuit_failures=F("circuit_failures") + count)
    failures = Outlet.objects.values_list("circuit_failures", flat=True).get(pk=outlet_id)
    if failures >= CIRCUIT_AFTER:
        seconds = min(CIRCUIT_CAP, CIRCUIT_BASE * 2 ** min(failures - CIRCUIT_AFTER, 10))
        Outlet.objects.filter(pk=outlet_id).update(circuit_open_until=now + timedelta(seconds=seconds))
