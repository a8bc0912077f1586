"""What the beat calls on the source's side. Every task may run twice, and beside itself."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from cms import sweeping


@shared_task(name="cms.tasks.sweep")
def sweep() -> int:
    """Find and mend what no signal told."""
    return sweeping.sweep()


@shared_task(name="cms.tasks.publish_due")
def publish_due() -> int:
    """Publish what is scheduled for now, expire what is over."""
    return sweeping.publish_due()


@shared_task(name="cms.tasks.clear_sessions")
def clear_sessions() -> None:
    """Forget log-ins that have run out."""
    call_command("clearsessions")
