"""What pulling has to do at night. May run twice, and may be lost."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from channels.pulling import flushing

KEPT = timedelta(days=90)
"""For whoever looks into a complaint; what outlets hold is kept for good."""


@shared_task(name="channels.pulling.tasks.prune_pulls")  # type: ignore[untyped-decorator]  # Celery has no types
def prune_pulls() -> int:
    """Nightly: forget the log of fetches."""
    return flushing.prune(before=timezone.now() - KEPT)
