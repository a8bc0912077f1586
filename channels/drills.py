"""Drills (演练): a twin of an outlet takes its new items to the sandbox, while the real one rests. ADR 0015 says why.

The real outlet keeps its row, its credentials and its copies. Nothing of it is ever looked up in the sandbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from channels import outbox
from channels.models import CheckpointEntry, Outlet, Placement
from channels.outbox import Target
from channels.registry import adapter_class

REASON = "新稿件发往沙箱，演练结束后恢复"
"""Why the real outlet is paused."""
SUFFIX = "-drill"
MARK = "（演练）"
ENDED = "演练结束，从沙箱撤下"


class NotPossible(ValueError):
    """The drill cannot begin or end; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that is running."""

    real: Outlet
    twin: Outlet


def running() -> list[Drill]:
    """One query."""
    return [
        Drill(real, twin)
        for twin in Outlet.objects.twins().select_related("drill_of")
        if (real := twin.drill_of) is not None
    ]


def of(outlet: Outlet) -> Drill | None:
    """The drill that `outlet` takes part in, as the real one or as the twin."""
    return next((drill for drill in running() if outlet.pk in {drill.real.pk, drill.twin.pk}), None)


def can_drill(outlet: Outlet) -> bool:
    """Whether the channel has an address that can be that of the sandbox. Raises ConfigError for an unknown channel."""
    return outlet.drill_of_id is None and any(
        option.drill and not option.secret for option in adapter_class(outlet.channel).options
    )


@transaction.atomic
def start(outlet: Outlet, *, sandbox_url: str, now: datetime) -> Outlet:
    """Pause the real outlet and put its twin in service. Returns the twin. Raises NotPossible."""
    outlet = Outlet.objects.select_for_update().get(pk=outlet.pk)
    if not can_drill(outlet):
        raise NotPossible("该渠道没有可指向沙箱的接口地址，不能演练")
    if outlet.retired_at:
        raise NotPossible("终端已停用，不能演练")
    if of(outlet):
        raise NotPossible("演练已在进行，无需重复开始")
    if outlet.paused_at:
        raise NotPossible("终端已暂停，请先恢复再开始演练")
    twin = _twin(outlet, sandbox_url)
    outbox.pause(outlet, reason=REASON, now=now)
    return twin


@transaction.atomic
def end(outlet: Outlet, *, carry: bool, now: datetime) -> int:
    """Recall what is in the sandbox, retire the twin, resume the real outlet. `outlet` is the real one.

    carry: the items that were signed for it meanwhile go to the real outlet now (补投). Returns how many do.
    Raises NotPossible.
    """
    Outlet.objects.select_for_update().get(pk=outlet.pk)
    drill = of(outlet)
    if drill is None:
        raise NotPossible("演练已经结束，请刷新页面")
    owed = list(signed_meanwhile(drill)) if carry else []
    outbox.clear(drill.twin, reason=ENDED, now=now)
    # Out of service first: an item that is carried must not be led to the twin again.
    Outlet.objects.filter(pk=drill.twin.pk).update(retired_at=now)
    for placement in owed:
        target = Target(
            outlet_id=drill.real.pk,
            reason=placement.reason,
            must_carry=placement.must_carry,
        )
        outbox.add(placement.item_id, target, now=now)
    outbox.resume(drill.real, now=now)
    return len(owed)


def signed_meanwhile(drill: Drill) -> Sequence[Placement]:
    """What is wanted at the twin: the items that would have gone to the real outlet. One query."""
    rows = Placement.objects.filter(outlet=drill.twin, desired__isnull=False, refused_at=None)
    return list(rows.select_related("item").order_by("desired_at", "pk"))


def _twin(outlet: Outlet, sandbox_url: str) -> Outlet:
    """The outlet's twin, made or taken back into service. It is given no secret of the real one. Raises NotPossible."""
    slug = f"{outlet.slug[: 50 - len(SUFFIX)]}{SUFFIX}"
    twin = Outlet.objects.filter(drill_of=outlet).first() or Outlet(slug=slug, drill_of=outlet)
    if twin.pk is None and Outlet.objects.filter(slug=slug).exists():
        raise NotPossible(f"代码“{slug}”已被另一个终端使用，不能演练")
    values = {
        option.name: (
            option.drill.format(sandbox=sandbox_url, slug=twin.slug, number=outlet.pk),
            option.secret,
        )
        for option in adapter_class(outlet.channel).options
        if option.drill
    }
    for name in ("channel", "group", "rank", "contact", "phone", "max_age_hours"):
        setattr(twin, name, getattr(outlet, name))
    if twin.pk and any(
        twin.options.get(name) != value for name, (value, secret) in values.items() if not secret
    ):
        # Another sandbox: it knows none of the pictures that the twin remembers to have uploaded.
        CheckpointEntry.objects.filter(outlet=twin).delete()
    twin.name = f"{outlet.name[: 100 - len(MARK)]}{MARK}"
    twin.url = f"{sandbox_url}/"
    twin.options = {
        **outlet.options,
        **{name: value for name, (value, secret) in values.items() if not secret},
    }
    twin.set_secrets({name: value for name, (value, secret) in values.items() if secret})
    twin.retired_at = twin.paused_at = twin.circuit_open_until = None
    twin.paused_reason = twin.blocked_reason = ""
    twin.circuit_failures = 0
    twin.save()
    return twin
