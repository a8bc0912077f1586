"""A lease on one kind of work at one account, for what must not run beside itself. Held in the engine's checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from channels.models import CheckpointEntry, Outlet

SCOPE = "lease"


@contextmanager
def leased(outlet: Outlet, name: str, *, seconds: int) -> Iterator[bool]:
    """True for the one who may work, for at most `seconds`; outside transactions only."""
    now = timezone.now()
    rows = CheckpointEntry.objects.filter(outlet=outlet, scope=SCOPE, name=name)
    if not rows.exists():
        CheckpointEntry.objects.get_or_create(outlet=outlet, scope=SCOPE, name=name, defaults={"value": ""})
    until = _written(now + timedelta(seconds=seconds))
    if rows.filter(value__lte=_written(now)).update(value=until) != 1:
        yield False
        return
    try:
        yield True
    finally:
        rows.filter(value=until).update(value="")


def _written(moment: datetime) -> str:
    """Sorts as the moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
