"""What the beat calls for the index. Every task carries no content, may run twice, beside itself, and may be lost."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from channels.search import entries, popular, reading

FILES = 20
TITLES = 500
MENDED = 2_000
TALLIES_KEPT = timedelta(days=90)


@shared_task(name="channels.search.tasks.complete")  # type: ignore[untyped-decorator]  # Celery has no types
def complete() -> None:
    """Every few seconds: add the sounds of new titles, read new files."""
    entries.spell(limit=TITLES)
    reading.read_waiting(limit=FILES, now=timezone.now())


@shared_task(name="channels.search.tasks.mend")  # type: ignore[untyped-decorator]  # Celery has no types
def mend() -> None:
    """Now and then: write the entries that are missing or old, remove those of withdrawn items."""
    entries.mend(limit=MENDED)


@shared_task(name="channels.search.tasks.forget_tallies")  # type: ignore[untyped-decorator]  # Celery has no types
def forget_tallies() -> None:
    """Nightly: forget what was looked for long ago."""
    popular.forget(before=timezone.localdate() - TALLIES_KEPT)
