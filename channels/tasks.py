"""Celery tasks of the engine: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from channels.engine import Dispatcher
from channels.http import HttpClient

logger = logging.getLogger(__name__)


@shared_task(name="channels.tasks.wake")  # type: ignore[untyped-decorator]  # Celery has no types
def wake() -> None:
    """Settle what is due. Sent after every change of desire, and every few seconds by beat."""
    Dispatcher(http=lambda: HttpClient(allowed_networks=settings.OUTBOUND_ALLOWED_NETWORKS)).run()


def wake_soon() -> None:
    """Send one wake-up. A broker that is down costs nothing but the seconds until the next beat."""
    try:
        wake.apply_async(retry=False, ignore_result=True)
    except wake.app.connection_for_write().recoverable_connection_errors as error:
        logger.warning("no wake-up sent, the beat will: %s", error)
