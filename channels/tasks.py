"""Celery tasks of the engine: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from channels import assets
from channels.engine import Dispatcher

if TYPE_CHECKING:
    from channels.http import HttpClient

logger = logging.getLogger(__name__)

UNUSED_AFTER = timedelta(days=2)


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
                Dispatcher(http=_http).run()
            finally:
                self._running.release()


def _http() -> HttpClient:
    # Imported with the first call to an outlet: aiohttp and what comes with it take 7 MiB.
    from channels.http import HttpClient

    return HttpClient(allowed_networks=settings.OUTBOUND_ALLOWED_NETWORKS)


_dispatching = _OneAtATime()


@shared_task(name="channels.tasks.wake")  # type: ignore[untyped-decorator]  # Celery has no types
def wake() -> None:
    """Settle what is due. Sent after every change of desire, and every few seconds by beat."""
    _dispatching.run()


@shared_task(name="channels.tasks.clear_assets")  # type: ignore[untyped-decorator]  # Celery has no types
def clear_assets() -> None:
    """Nightly: forget the files that only previews of drafts ever needed."""
    assets.forget_unused(before=timezone.now() - UNUSED_AFTER)


def wake_soon() -> None:
    """Send one wake-up, from a thread of its own: a broker that does not answer costs whoever signs nothing.

    Losing it costs the seconds until beat sends the next.
    """
    threading.Thread(target=_send_wake, name="wake", daemon=True).start()


def _send_wake() -> None:
    try:
        wake.apply_async(retry=False, ignore_result=True)
    except OperationalError as error:
        logger.warning("no wake-up sent, the beat will: %s", error)
