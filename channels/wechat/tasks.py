"""What the beat calls for the accounts. Every task may run twice, and beside itself."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from channels.wechat import figures


@shared_task(name="channels.wechat.tasks.fetch_figures")  # type: ignore[untyped-decorator]  # Celery has no types
def fetch_figures() -> int:
    """Hourly from the morning on: reading figures that are due, which most hours are none."""
    return figures.fetch(now=timezone.now())
