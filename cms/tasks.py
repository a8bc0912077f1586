"""What the beat calls on the source's side. Every task may run twice, and beside itself."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.management import call_command

from cms import sweeping

logger = logging.getLogger(__name__)


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


def sweep_soon() -> None:
    """Ask for a sweep now; a broker that is down costs only the time until the beat's next one."""
    try:
        sweep.apply_async(retry=False, ignore_result=True)
    except sweep.app.connection_for_write().recoverable_connection_errors as error:
        logger.warning("no sweep asked for, the beat will: %s", error)
