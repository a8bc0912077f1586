"""Fragments: parts of documents that are rendered once and kept. Their key is a digest of all that their bytes depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.db import DatabaseError, transaction
from django.utils import timezone

from sites.models import StoredFragment

Subject = TypeVar("Subject")


def fetch(
    wanted: Mapping[str, Subject], render: Callable[[dict[str, Subject]], dict[str, bytes]]
) -> dict[str, bytes]:
    """The fragment of each key; only those that are not kept yet are rendered. A statement, and a write for new ones."""
    rows = StoredFragment.objects.filter(pk__in=list(wanted)).values_list("pk", "body")
    held = {key: bytes(body) for key, body in rows}
    missing = {key: subject for key, subject in wanted.items() if key not in held}
    if missing:
        made = render(missing)
        _keep(made)
        held |= made
    return held


def prune(*, before: datetime) -> int:
    """Forget fragments made before; returns how many."""
    return int(StoredFragment.objects.filter(made_at__lt=before).delete()[0])


def _keep(made: Mapping[str, bytes]) -> None:
    now = timezone.now()
    rows = [StoredFragment(key=key, body=body, made_at=now) for key, body in made.items()]
    try:
        with transaction.atomic():
            StoredFragment.objects.bulk_create(rows, ignore_conflicts=True)
    except DatabaseError:  # a locked database: they are rendered once more next time
        return
