"""Celery tasks of the engine: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

import logging
import threading
from functools import partial

from celery import shared_task
from django.conf import settings

from channels.engine import Dispatcher
from channels.http import HttpClient

logger = logging.getLogger(__name__)


class _OneAtATime:
    """One dispatcher a process: it looks for new work while it runs, so a second would only crowd the outlets."""

    def __init__(self) -> None:
        self._running = threading.Lock()
        self._wanted = threading.Event()

    def run(self) -> None:
        """Settle what is due, here or in the dispatcher that runs already."""
        self._wanted.set()
        while self._wanted.is_set() and self._running.acquire(blocking=False):
            try:
                self._wanted.clear()
                http = partial(HttpClient, allowed_networks=settings.OUTBOUND_ALLOWED_NETWORKS)
                Dispatcher(http=http).run()
            finally:
                self._running.release()


_dispatching = _OneAtATime()


@shared_task(name="channels.tasks.wake")  # type: ignore[untyped-decorator]  # Celery has no types
def wake() -> None:
    """Settle what is due. Sent after every change of desire, and every few seconds by beat."""
    _dispatching.run()


def wake_soon() -> None:
    """Send one wake-up. A broker that is down costs nothing but the seconds until the next beat."""
    try:
        wake.apply_async(retry=False, ignore_result=True)
    except wake.app.connection_for_write().recoverable_connection_errors as error:
        logger.warning("no wake-up sent, the beat will: %s", error)
