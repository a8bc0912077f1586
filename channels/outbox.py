"""Desire: what should be at each outlet. The only writer of Placement.desired and generation.

Every verb opens its own transaction (or joins the caller's), costs a fixed number of statements whatever the number
of outlets, and sends one wake-up after commit. None of them speaks to an outlet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from channels import changes, checkpoints, registering
from channels.contract import Receipt
from channels.edition import Edition
from channels.models import (
    AssetFile,
    Delivery,
    EditionRecord,
    Item,
    Operation,
    Outcome,
    Outlet,
    Pending,
    Placement,
    State,
    WithdrawalKind,
)
from channels.search import entries
from channels.wanting import Target, unwant, want, want_again, want_also

__all__ = [
    "SlugTaken",
    "Target",
    "add",
    "clear",
    "confirm",
    "confirm_withdrawn",
    "newest",
    "pause",
    "plan",
    "recall",
    "refuse",
    "reinstate",
    "release",
    "resend",
    "resume",
    "retire",
    "retry",
    "sign_off",
]


def newest(content_id: UUID) -> EditionRecord | None:
    """The newest edition of an item, or None for an item never signed."""
    item = Item.objects.select_related("current").filter(content_id=content_id).first()
    return item.current if item else None


@transaction.atomic
def plan(
    edition: Edition,
    targets: Sequence[Target],
    *,
    now: datetime,
    source_revision: int | None = None,
    signed_by: str = "",
) -> EditionRecord:
    """Want `edition` at every target and nowhere else.

    The edition's own `version` is ignored: it gets the item's next number. When its checksum is that of the item's
    newest edition, and the item is not withdrawn, no edition is made and only a change of targets has an effect.
    """
    item = _item(edition, now)
    record = item.current
    if record is None or item.withdrawn_at or record.checksum != edition.checksum:
        record = _record(item, edition, now=now, source_revision=source_revision, signed_by=signed_by)
        registering.enter(item, record, edition, now)
        entries.write(item, record, edition)
    if want(item, record, edition, targets, now):
        changes.note([item.pk], now=now)
    wake_on_commit()
    return record


@transaction.atomic
def recall(
    content_id: UUID,
    *,
    kind: WithdrawalKind,
    reason: str,
    now: datetime,
    replacement_url: str = "",
    by: str = "",
) -> int:
    """Want the item absent everywhere, paused outlets included. Returns how many placements have to change.

    Calling it again on a withdrawn item changes the kind and the reason, not the placements.
    """
    item = Item.objects.get(content_id=content_id)
    item.withdrawn_at = item.withdrawn_at or now
    item.withdrawn_by = by[:150]
    item.withdrawal_kind = kind
    item.withdrawal_reason = reason
    item.replacement_url = replacement_url
    item.changed_at = now
    item.save()
    entries.remove(content_id)
    changed = unwant(Placement.objects.filter(item=item), now, message=f"撤稿：{reason}"[:500])
    if changed:
        changes.note([content_id], now=now)
    wake_on_commit()
    return changed


@transaction.atomic
def clear(outlet: Outlet, *, reason: str, now: datetime) -> int:
    """Want everything gone from one outlet. Returns how many placements have to change."""
    rows = Placement.objects.filter(outlet=outlet).exclude(desired=None)
    items = list(rows.values_list("item_id", flat=True))
    changed = unwant(rows, now, message=reason[:500])
    changes.note(items, now=now)
    wake_on_commit()
    return changed


@transaction.atomic
def retire(outlet: Outlet, *, now: datetime) -> None:
    """Take an outlet out of service. Its copies stay until their next correction; the log of changes tells of each
    of its items, because one that no other public outlet shows is no longer public."""
    Outlet.objects.filter(pk=outlet.pk).update(retired_at=now)
    rows = Placement.objects.filter(outlet=outlet).exclude(desired=None)
    changes.note(list(rows.values_list("item_id", flat=True)), now=now)
    changes.touch()


@transaction.atomic
def reinstate(outlet: Outlet, *, now: datetime) -> None:
    """Take a retired outlet into service again: what it still shows is public once more."""
    Outlet.objects.filter(pk=outlet.pk).update(retired_at=None)
    rows = Placement.objects.filter(outlet=outlet).exclude(desired=None)
    changes.note(list(rows.values_list("item_id", flat=True)), now=now)
    changes.touch()


@transaction.atomic
def add(content_id: UUID, target: Target, *, now: datetime) -> None:
    """Want an item at one more outlet, in its newest edition. Nothing for a withdrawn item or one never signed."""
    item = Item.objects.select_for_update().get(content_id=content_id)
    record = item.current
    if record is None or item.withdrawn_at:
        return
    if want_also(item, record, record.edition(), target, now):
        changes.note([item.pk], now=now)
    wake_on_commit()


@transaction.atomic
def refuse(placement: Placement, *, reason: str, by: str, now: datetime) -> None:
    """The outlet refuses the item (拒用); it sticks through later editions. Raises ValueError for a must-carry."""
    if placement.must_carry:
        raise ValueError("必转稿件不能拒用，请与宣传部联系")
    row = Placement.objects.filter(pk=placement.pk)
    row.update(refused_at=now, refused_reason=reason[:300])
    if unwant(row, now, message=f"终端拒用：{reason}"[:500]):
        changes.note([placement.item_id], now=now)
    _sign(placement, Operation.WITHDRAW, by=by, message=f"拒用：{reason}", now=now, outcome=Outcome.ACCEPTED)
    wake_on_commit()


@transaction.atomic
def pause(outlet: Outlet, *, reason: str, now: datetime) -> None:
    """Hold new items and keep the backlog; withdrawals go on."""
    Outlet.objects.filter(pk=outlet.pk).update(paused_at=now, paused_reason=reason[:300])


@transaction.atomic
def resume(outlet: Outlet, *, now: datetime) -> None:
    """Take up the backlog, after a pause or after a configuration error has been mended."""
    Outlet.objects.filter(pk=outlet.pk).update(
        paused_at=None,
        paused_reason="",
        blocked_reason="",
        circuit_failures=0,
        circuit_open_until=None,
    )
    checkpoints.forget_sealed(outlet.pk)
    stopped = Placement.objects.filter(outlet=outlet).filter(
        Q(remedy="admin") | Q(state__in=[State.WAITING, State.HELD])
    )
    stopped.update(state=State.DUE, remedy="", message="", code="", attempts=0, due_at=now)
    wake_on_commit()


@transaction.atomic
def retry(placement: Placement, *, by: str, now: datetime) -> None:
    """A person asks for another try now. Says nothing about what happened before: an unknown outcome is looked at first."""
    again = {"state": State.DUE, "remedy": "", "attempts": 0, "polls": 0, "due_at": now}
    Placement.objects.filter(pk=placement.pk).update(message=f"{by} 要求重试"[:500], **again)
    wake_on_commit()


@transaction.atomic
def resend(rows: QuerySet[Placement], *, by: str, now: datetime) -> int:
    """The outlet says that it may have lost these: what was done is in doubt and is done again.

    A new generation gives a new token, so that a receiver which remembers the old one does not answer from memory. For
    channels whose deliveries are repeatable; any other one only looks. Returns how many there are.
    """
    changed = want_again(rows, message=f"{by} 要求重新投递"[:500], now=now)
    if changed:
        wake_on_commit()
    return changed


@transaction.atomic
def release(placement: Placement, *, by: str, now: datetime) -> None:
    """A person lets a held item (too old, past its validity) go out after all."""
    Placement.objects.filter(pk=placement.pk).update(
        released_at=now, state=State.DUE, remedy="", message=f"{by} 已放行"[:500], due_at=now
    )
    wake_on_commit()


@transaction.atomic
def confirm(placement: Placement, *, url: str, by: str, now: datetime) -> None:
    """Hand-off: a person has posted the item at `url`; the engine goes and looks."""
    placement.refresh_from_db()
    receipt = {**(placement.receipt or {}), "remote_url": url, "awaits_person": False}
    Placement.objects.filter(pk=placement.pk).update(
        receipt=receipt,
        remote_url=url,
        pending=Pending.DELIVER,
        state=State.ACCEPTED,
        remedy="",
        message=f"{by} 已提交地址，待核对"[:500],
        polls=0,
        due_at=now,
    )
    _sign(placement, Operation.DELIVER, by=by, message=f"已发布：{url}", now=now, outcome=Outcome.ACCEPTED)
    wake_on_commit()


@transaction.atomic
def confirm_withdrawn(placement: Placement, *, by: str, now: datetime) -> None:
    """Hand-off: a person has taken the copy down; the engine goes and looks."""
    placement.refresh_from_db()
    receipt = {**(placement.receipt or {}), "awaits_person": False}
    Placement.objects.filter(pk=placement.pk).update(
        receipt=receipt,
        pending=Pending.WITHDRAW,
        state=State.ACCEPTED,
        remedy="",
        message=f"{by} 已撤下，待核对"[:500],
        polls=0,
        due_at=now,
    )
    _sign(placement, Operation.WITHDRAW, by=by, message="已撤下", now=now, outcome=Outcome.ACCEPTED)
    wake_on_commit()


@transaction.atomic
def look_again(rows: QuerySet[Placement], *, now: datetime) -> int:
    """The outlet has told of a change by itself: look at these now. Returns how many there are.

    Such a look is none of those that are planned: else a few of them would put the next one off for hours.
    """
    waiting = rows.filter(Q(due_at__gt=now) | Q(due_at=None))
    found = waiting.update(due_at=now, polls=Greatest(F("polls") - 1, 0))
    if found:
        wake_on_commit()
    return found


@transaction.atomic
def carried(placement: Placement, receipt: Receipt, *, by: str, now: datetime) -> None:
    """Something other than a delivery (a push) has put the desired edition there: the engine goes and looks."""
    Placement.objects.filter(pk=placement.pk).update(
        receipt=receipt.to_json(),
        remote_url=receipt.remote_url[:500],
        pending=Pending.DELIVER,
        doubt=None,
        state=State.ACCEPTED,
        remedy="",
        message=f"{by}，待核对"[:500],
        code="",
        attempts=0,
        polls=0,
        due_at=now,
    )
    placement.refresh_from_db()
    _sign(placement, Operation.DELIVER, by=by, message="随推送发出", now=now, outcome=Outcome.ACCEPTED)
    wake_on_commit()


@transaction.atomic
def sign_off(placement: Placement, *, by: str, note: str, now: datetime) -> None:
    """A person vouches that the outlet is as desired, where no look can prove it."""
    placement.refresh_from_db()
    operation = Operation.DELIVER if placement.desired_id else Operation.WITHDRAW
    Placement.objects.filter(pk=placement.pk).update(
        actual=placement.desired_id,
        pending="",
        doubt=None,
        state=State.SETTLED,
        remedy="",
        code="",
        message=f"{by} 人工确认：{note}"[:500],
        attempts=0,
        settled_at=now,
        due_at=None,
        receipt=placement.receipt if placement.desired_id else None,
    )
    _sign(placement, operation, by=by, message=f"人工确认：{note}", now=now, outcome=Outcome.SETTLED)


def wake_on_commit() -> None:
    """One wake-up of the dispatcher once the transaction is durable; losing it costs seconds, not deliveries."""
    from channels import tasks

    transaction.on_commit(tasks.wake_soon, robust=True)


class SlugTaken(ValueError):
    """Another item has this slug; the message is for the editor."""


def _item(edition: Edition, now: datetime) -> Item:
    """The register entry, locked: two signatures of one item take turns."""
    if Item.objects.exclude(content_id=edition.content_id).filter(slug=edition.slug).exists():
        raise SlugTaken(f"网址标识“{edition.slug}”已被另一篇稿件使用，请修改网址标识后重新签发")
    Item.objects.get_or_create(
        content_id=edition.content_id,
        defaults={
            "slug": edition.slug,
            "headline": edition.headline[:255],
            "item_type": edition.type.value,
            "changed_at": now,
        },
    )
    return Item.objects.select_for_update().get(content_id=edition.content_id)


def _record(
    item: Item, edition: Edition, *, now: datetime, source_revision: int | None, signed_by: str
) -> EditionRecord:
    number = max(item.current.number if item.current else 0, item.number_floor) + 1
    numbered = edition.with_version(number, at=now)
    record = EditionRecord.objects.create(
        item=item,
        number=number,
        checksum=numbered.checksum,
        document=numbered.to_json(),
        signed_at=now,
        signed_by=signed_by[:150],
        source_revision=source_revision,
    )
    held = EditionRecord.assets.through
    held.objects.bulk_create(
        held(editionrecord_id=record.pk, assetfile_id=sha256)
        for sha256 in AssetFile.objects.filter(
            sha256__in=[asset.sha256 for asset in numbered.assets]
        ).values_list("sha256", flat=True)
    )
    return record


def _sign(
    placement: Placement, operation: Operation, *, by: str, message: str, now: datetime, outcome: Outcome
) -> None:
    """A person's act, kept beside the machine's attempts."""
    Delivery.objects.create(
        placement=placement,
        edition_id=placement.desired_id or placement.actual_id,
        generation=placement.generation,
        operation=operation,
        token="",
        started_at=now,
        finished_at=now,
        outcome=outcome,
        message=message[:500],
        receipt=placement.receipt,
        by=by[:150],
    )
