"""Writes down what calls brought: many rows in one short transaction, each guarded by its lease and generation.

Plain SQL through executemany: at a thousand outlets the ORM's own work would cost more than the calls.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from channels.errors import ConfigError
from channels.models import EditionRecord, Item, Operation, Outlet, Placement, State
from channels.settling import Change
from channels.work import Work

CIRCUIT_BASE = 15.0
CIRCUIT_CAP = 900.0

FREE_LEASE = "lease_owner = '', lease_until = NULL"
PLACEMENT_SQL = f"""
UPDATE syndication_placement SET
    actual_id = %s, receipt = %s, pending = %s, attempts = %s, polls = %s, remote_url = %s,
    doubt_id = CASE %s
        WHEN 'clear' THEN NULL
        WHEN 'raise' THEN (
            SELECT max(d.id) FROM syndication_delivery d WHERE d.placement_id = syndication_placement.id
            AND d.token = %s AND d.operation <> 'verify')
        ELSE doubt_id END,
    rendering_sha256 = CASE WHEN %s <> '' THEN %s ELSE rendering_sha256 END,
    delivered_at = CASE WHEN %s = 1 THEN %s ELSE delivered_at END,
    settled_at = CASE WHEN %s = 1 THEN %s ELSE settled_at END,
    seen_at = CASE WHEN %s = 1 THEN %s ELSE seen_at END,
    state = CASE WHEN generation = %s THEN %s ELSE 'due' END,
    remedy = CASE WHEN generation = %s THEN %s ELSE '' END,
    message = CASE WHEN generation = %s THEN %s ELSE '' END,
    code = CASE WHEN generation = %s THEN %s ELSE '' END,
    due_at = CASE WHEN generation = %s THEN %s ELSE %s END,
    {FREE_LEASE}
WHERE id = %s AND lease_owner = %s
"""  # noqa: S608  constants only
DELIVERY_SQL = """
UPDATE syndication_delivery SET finished_at = %s, outcome = %s, remedy = %s, code = %s, message = %s, detail = %s,
    rendering_sha256 = %s, receipt = %s
WHERE placement_id = %s AND finished_at IS NULL AND token = %s
"""
REST_SQL = f"""
UPDATE syndication_placement SET
    state = CASE WHEN generation = %s THEN %s ELSE 'due' END,
    remedy = %s, message = %s, due_at = CASE WHEN generation = %s THEN NULL ELSE due_at END, {FREE_LEASE}
WHERE id = %s AND lease_owner = %s
"""  # noqa: S608  constants only


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


def rest(rests: Iterable[Rest], lease: str, now: datetime) -> None:
    """Put placements to rest and free their leases; inside the claim's transaction."""
    rows = [(r.generation, r.state, r.remedy, r.message, r.generation, r.placement_id, lease) for r in rests]
    _many(REST_SQL, rows)
    settled = [r.placement_id for r in rests if r.state == State.SETTLED]
    if settled:
        Placement.objects.filter(pk__in=settled, settled_at=None).update(settled_at=now)


@transaction.atomic
def record(results: Sequence[Result], now: datetime) -> None:
    """Close the Deliveries and move the placements on. A row whose lease was lost is left to its new holder."""
    unknown = _editions(results)
    _many(DELIVERY_SQL, [_delivery_row(r, now) for r in results])
    _many(PLACEMENT_SQL, [_placement_row(r, unknown, now) for r in results])
    _raise_floors(results)
    _note_outlets(results, now)


def _placement_row(result: Result, unknown: dict[tuple[Any, int], int], now: datetime) -> tuple[Any, ...]:
    work, change = result.work, result.change
    receipt = change.receipt
    generation = work.generation
    made = work.operation == Operation.DELIVER and change.outcome in {"accepted", "settled"}
    sha256 = result.rendering_sha256 if made else ""
    moment = _moment(now)
    return (
        _edition_id(work, change.actual, unknown),
        json.dumps(receipt.to_json()) if receipt else None,
        change.pending,
        change.attempts,
        change.polls,
        receipt.remote_url[:500] if receipt else "",
        change.doubt.value,
        work.token,
        sha256,
        sha256,
        int(made),
        moment,
        int(change.state == State.SETTLED and not work.before.settled),
        moment,
        int(change.seen),
        moment,
        *(generation, change.state),
        *(generation, change.remedy),
        *(generation, change.message[:500]),
        *(generation, change.code[:100]),
        *(generation, _moment(change.due_at), moment),
        work.placement_id,
        work.lease,
    )


def _delivery_row(result: Result, now: datetime) -> tuple[Any, ...]:
    work, change = result.work, result.change
    return (
        _moment(now),
        change.outcome,
        change.remedy,
        change.code[:100],
        change.message[:500],
        change.detail,
        result.rendering_sha256,
        json.dumps(change.receipt.to_json()) if change.receipt else None,
        work.placement_id,
        work.token,
    )


def _edition_id(work: Work, number: int | None, unknown: dict[tuple[Any, int], int]) -> int | None:
    if number is None:
        return None
    return work.editions.get(number) or unknown.get((work.content_id, number))


def _editions(results: Sequence[Result]) -> dict[tuple[Any, int], int]:
    """Row ids of the editions seen that the claim did not know: an older copy found at the outlet."""
    missing = [
        (r.work.content_id, r.change.actual)
        for r in results
        if r.change.actual is not None and r.change.actual not in r.work.editions
    ]
    found = {}
    for content_id, number in missing:
        pk = (
            EditionRecord.objects.filter(item_id=content_id, number=number)
            .values_list("pk", flat=True)
            .first()
        )
        if pk is not None:
            found[content_id, number] = pk
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
    blocked: dict[int, str] = {}
    well: set[int] = set()
    for result in results:
        outlet = result.work.outlet
        if result.error is None:
            well.add(outlet.pk)
        elif isinstance(result.error, ConfigError) and result.work.operation == Operation.DELIVER:
            blocked[outlet.pk] = result.change.message
        elif result.change.remedy in {"retry", "verify"}:
            failures[outlet.pk] += 1
    for pk, message in blocked.items():
        Outlet.objects.filter(pk=pk).update(blocked_reason=message[:500])
    stale = now - timedelta(seconds=60)
    Outlet.objects.filter(pk__in=well).filter(
        Q(circuit_failures__gt=0) | Q(last_success_at__isnull=True) | Q(last_success_at__lt=stale)
    ).update(circuit_failures=0, circuit_open_until=None, last_success_at=now)
    for pk, count in failures.items():
        if pk not in well:
            _open_circuit(pk, count, now)


def _open_circuit(outlet_id: int, count: int, now: datetime) -> None:
    from channels.claiming import CIRCUIT_AFTER

    Outlet.objects.filter(pk=outlet_id).update(circuit_failures=F("circuit_failures") + count)
    failures = Outlet.objects.values_list("circuit_failures", flat=True).get(pk=outlet_id)
    if failures >= CIRCUIT_AFTER:
        rest_seconds = min(CIRCUIT_CAP, CIRCUIT_BASE * 2 ** min(failures - CIRCUIT_AFTER, 10))
        Outlet.objects.filter(pk=outlet_id).update(circuit_open_until=now + timedelta(seconds=rest_seconds))


def _moment(value: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if value else None


def _many(sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)
