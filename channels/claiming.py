"""Claims due placements: lease, decide, open a Delivery, all in one short transaction."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from channels import bulk, decide
from channels.contract import Capabilities
from channels.errors import Remedy
from channels.models import Delivery, EditionRecord, Item, Operation, Outcome, Outlet, Placement, State
from channels.recording import CIRCUIT_AFTER, Rest, rest
from channels.registry import adapter_class
from channels.settling import Before
from channels.work import EditionKey, Work, receipt_of, token_of

OPERATIONS: Mapping[type[decide.Step], Operation] = {
    decide.Deliver: Operation.DELIVER,
    decide.Withdraw: Operation.WITHDRAW,
    decide.Verify: Operation.VERIFY,
}

COLUMNS = (
    "id",
    "item_id",
    "outlet_id",
    "generation",
    "desired_id",
    "actual_id",
    "pending",
    "doubt_id",
    "receipt",
    "state",
    "attempts",
    "polls",
    "desired_at",
    "released_at",
    "visible_until",
    "rendering_sha256",
)
# A conditional update, so that it is exact even where the choice took no lock. What was settled is shown as settled.
LEASE_SQL = f"""
UPDATE syndication_placement SET
    lease_owner = %s, lease_until = %s, state = CASE WHEN state = 'settled' THEN state ELSE 'working' END
WHERE due_at <= %s AND (lease_until IS NULL OR lease_until < %s) AND id IN (SELECT r.id FROM {{rows}})
RETURNING {", ".join(COLUMNS)}
"""  # noqa: S608  constants only

OPEN_COLUMNS = {
    "placement_id": "bigint",
    "edition_id": "bigint",
    "generation": "integer",
    "operation": "text",
    "token": "text",
    "started_at": "timestamptz",
}
OPEN_SQL = """
INSERT INTO syndication_delivery (placement_id, edition_id, generation, operation, token, started_at,
    outcome, remedy, code, message, detail, rendering_sha256, "by")
SELECT r.placement_id, r.edition_id, r.generation, r.operation, r.token, r.started_at, '', '', '', '', '', '', ''
FROM {rows}
"""

EDITIONS = ("desired", "actual", "doubt__edition")
"""What a row may point to an edition with: `_id` and `__number` follow."""

Row = dict[str, Any]
Draft = tuple[Row, Outlet, Capabilities, Operation]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim brought: calls to make, and how many placements were put to rest without one."""

    work: tuple[Work, ...] = ()
    rested: int = 0

    @property
    def empty(self) -> bool:
        return not self.work and not self.rested


@transaction.atomic
def claim(limit: int, *, busy: Mapping[int, int], now: datetime) -> Claim:
    """Lease up to `limit` due placements. `busy`: calls under way by outlet id, which count against its limit."""
    chosen = _choose(limit, busy, now)
    if not chosen:
        return Claim()
    lease = uuid.uuid4().hex
    leased = {row["id"]: row for row in _lease(chosen, lease, now)}
    rows = [leased[pk] for pk in chosen if pk in leased]
    _add_numbers(rows)
    outlets = Outlet.objects.in_bulk({row["outlet_id"] for row in rows})
    broken = _interrupted(rows, now)
    rests: list[Rest] = []
    drafts: list[Draft] = []
    for row in rows:
        if row["id"] in broken:
            continue
        outlet = outlets[row["outlet_id"]]
        capabilities = adapter_class(outlet.channel).capabilities
        step = decide.next_step(_situation(row, outlet), capabilities, now)
        operation = OPERATIONS.get(type(step))
        if operation is None:
            rests.append(_at_rest(row, step))
        else:
            drafts.append((row, outlet, capabilities, operation))
    rest(rests, lease, now)
    work = _open(drafts, lease, now)
    return Claim(work, len(rests) + len(broken))


def _due(now: datetime) -> QuerySet[Placement]:
    return Placement.objects.filter(due_at__lte=now).filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    )


def _choose(limit: int, busy: Mapping[int, int], now: datetime) -> list[int]:
    """Ids in the order of service, no outlet above its limit; an outlet that rests is left out."""
    candidates = _due(now).filter(
        Q(outlet__circuit_open_until__isnull=True) | Q(outlet__circuit_open_until__lte=now)
    )
    if connection.features.has_select_for_update_skip_locked:
        candidates = candidates.select_for_update(skip_locked=True, of=("self",))
    taken = Counter(busy)
    chosen: list[int] = []
    full: set[int] = set()
    while len(chosen) < limit:
        wanted = limit - len(chosen)
        page = candidates.exclude(outlet_id__in=full).exclude(pk__in=chosen)
        columns = page.order_by("lane", "due_at", "id").values_list(
            "id", "outlet_id", "outlet__channel", "outlet__circuit_failures"
        )
        found = list(columns[:wanted])
        before = len(full)
        for pk, outlet_id, channel, failures in found:
            if taken[outlet_id] >= _parallel(channel, failures):
                full.add(outlet_id)
            elif len(chosen) < limit:
                taken[outlet_id] += 1
                chosen.append(pk)
        if len(found) < wanted or len(full) == before:
            break
    return chosen


def _parallel(channel: str, failures: int) -> int:
    return 1 if failures >= CIRCUIT_AFTER else adapter_class(channel).capabilities.parallel


def lease_time() -> timedelta:
    """How long a claim holds: longer than any call may take, so that it never expires under a living worker."""
    return timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def _lease(chosen: Sequence[int], lease: str, now: datetime) -> list[Row]:
    """The placements that are ours now, as they are: read by the statement that takes them, in no order."""
    at = bulk.moment(now)
    ids = bulk.encode([{"id": pk} for pk in chosen])
    until = bulk.moment(now + lease_time())
    found = bulk.returned(LEASE_SQL, {"id": "bigint"}, ids, shared=[lease, until, at, at])
    return [_read(dict(zip(COLUMNS, values, strict=True))) for values in found]


def _read(row: Row) -> Row:
    row["item_id"] = bulk.read_key(row["item_id"])
    row["receipt"] = bulk.read_document(row["receipt"])
    for name in ("desired_at", "released_at", "visible_until"):
        row[name] = bulk.read_moment(row[name])
    return row


def _add_numbers(rows: Sequence[Row]) -> None:
    """What other tables say about a row's editions and its doubt; none of it ever changes."""
    doubts = {row["doubt_id"] for row in rows} - {None}
    calls = {pk: (token, edition) for pk, token, edition in _calls(doubts)} if doubts else {}
    for row in rows:
        row["doubt__token"], row["doubt__edition_id"] = calls.get(row["doubt_id"], (None, None))
    ids = {row[f"{name}_id"] for row in rows for name in EDITIONS} - {None}
    numbers = dict(EditionRecord.objects.filter(pk__in=ids).values_list("pk", "number"))
    for row in rows:
        for name in EDITIONS:
            row[f"{name}__number"] = numbers.get(row[f"{name}_id"])


def _calls(ids: set[int]) -> Iterable[tuple[int, str, int | None]]:
    return Delivery.objects.filter(pk__in=ids).values_list("pk", "token", "edition_id")


def _interrupted(rows: Iterable[Row], now: datetime) -> set[int]:
    """Close the calls that a dead worker left open, and let their placements be looked at in the next claim."""
    ids = [row["id"] for row in rows]
    opened = Delivery.objects.filter(placement_id__in=ids, finished_at=None)
    found = list(opened.values_list("id", "placement_id", "operation"))
    if not found:
        return set()
    opened.update(
        finished_at=now,
        outcome=Outcome.UNKNOWN,
        remedy=Remedy.VERIFY,
        message="处理中断（进程重启），结果待核对",
    )
    for pk, placement_id, operation in found:
        if operation != Operation.VERIFY:
            Placement.objects.filter(pk=placement_id).update(doubt_id=pk, polls=0)
    broken = {placement_id for _, placement_id, _ in found}
    Placement.objects.filter(pk__in=broken).update(
        lease_owner="", lease_until=None, state=State.UNKNOWN, message="上次处理中断，正在核对", due_at=now
    )
    return broken


def _situation(row: Row, outlet: Outlet) -> decide.Situation:
    receipt = row["receipt"] or {}
    return decide.Situation(
        desired=row["desired__number"],
        actual=row["actual__number"],
        desired_at=row["desired_at"],
        pending=row["pending"],
        pending_version=receipt.get("version"),
        awaits_person=bool(receipt.get("awaits_person")),
        watched=bool(receipt.get("watched")),
        doubt=row["doubt_id"] is not None,
        paused=outlet.holds_new_items,
        released=row["released_at"] is not None,
        expires=row["visible_until"],
        max_age=timedelta(hours=outlet.max_age_hours),
    )


def _at_rest(row: Row, step: decide.Step) -> Rest:
    match step:
        case decide.Hold(message=message):
            return Rest(row["id"], row["generation"], State.HELD, "", message)
        case decide.Ask(remedy=remedy, message=message):
            return Rest(row["id"], row["generation"], State.ASKING, remedy, message)
        case _:
            return Rest(row["id"], row["generation"], State.SETTLED, "", "")


def _open(drafts: Sequence[Draft], lease: str, now: datetime) -> tuple[Work, ...]:
    """The calls, each with its Delivery begun: committed before any of them goes out."""
    needed = {row["desired_id"] for row, _, _, operation in drafts if operation == Operation.DELIVER}
    documents = dict(EditionRecord.objects.filter(pk__in=needed).values_list("pk", "document"))
    taken_back = {row["item_id"] for row, _, _, operation in drafts if operation == Operation.WITHDRAW}
    reasons = dict(Item.objects.filter(pk__in=taken_back).values_list("pk", "withdrawal_reason"))
    work = tuple(_work(draft, documents, reasons, lease, now) for draft in drafts)
    if work:
        at = bulk.moment(now)
        rows = [_opened(w, at) for w in work]
        bulk.run(OPEN_SQL, OPEN_COLUMNS, bulk.encode(rows))
    return work


def _opened(work: Work, at: str | None) -> Row:
    return {
        "placement_id": work.placement_id,
        "edition_id": work.edition.id if work.edition else None,
        "generation": work.generation,
        "operation": work.operation.value,
        "token": work.token,
        "started_at": at,
    }


def _work(
    draft: Draft, documents: Mapping[int, str], reasons: Mapping[UUID, str], lease: str, now: datetime
) -> Work:
    row, outlet, capabilities, operation = draft
    receipt = receipt_of(row["receipt"])
    edition = _edition(row, operation)
    return Work(
        placement_id=row["id"],
        content_id=row["item_id"],
        outlet=outlet,
        capabilities=capabilities,
        generation=row["generation"],
        lease=lease,
        operation=operation,
        edition=edition,
        document=documents.get(row["desired_id"], "") if operation == Operation.DELIVER else "",
        editions={key.number: key.id for key in _keys(row)},
        token=_token(row, operation),
        before=Before(
            desired=row["desired__number"],
            actual=row["actual__number"],
            version=edition.number if edition else receipt.version if receipt else None,
            pending=row["pending"],
            doubt=row["doubt_id"] is not None,
            receipt=receipt,
            attempts=row["attempts"],
            polls=row["polls"],
            settled=_was_settled(row),
        ),
        started_at=now,
        rendering_sha256=row["rendering_sha256"],
        reason=reasons.get(row["item_id"], ""),
    )


def _was_settled(row: Row) -> bool:
    """Whether this is a look at something that was as desired (the lease leaves the state of such a row alone)."""
    return bool(row["state"] == State.SETTLED)


def _keys(row: Row) -> list[EditionKey]:
    return [
        EditionKey(id=row[f"{name}_id"], number=row[f"{name}__number"])
        for name in EDITIONS
        if row[f"{name}_id"] is not None
    ]


def _edition(row: Row, operation: Operation) -> EditionKey | None:
    """What the call is about; None for a copy whose edition no column names (a queued one that was overtaken)."""
    order = ("desired",) if operation == Operation.DELIVER else ("doubt__edition", "pending", "actual")
    version = (row["receipt"] or {}).get("version", 0)
    by_number = {key.number: key for key in _keys(row)}
    for name in order:
        if name == "pending":
            if row["pending"]:
                return by_number.get(version)
        elif row[f"{name}_id"] is not None:
            return EditionKey(id=row[f"{name}_id"], number=row[f"{name}__number"])
    return None


def _token(row: Row, operation: Operation) -> str:
    if operation != Operation.DELIVER:
        known = row["doubt__token"] or (row["receipt"] or {}).get("token")
        if known:
            return str(known)
    return token_of(row["item_id"], row["outlet_id"], row["generation"], row["desired_at"])
