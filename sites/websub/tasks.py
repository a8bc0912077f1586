"""Celery tasks of the hub: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

import threading
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from sites.websub import verbs
from sites.websub.distributor import Caller, Distributor

KEPT = timedelta(days=30)
_running = threading.Lock()
"""One distributor a process: it looks for new work while it runs."""


def _client() -> AbstractAsyncContextManager[Caller]:
    from channels.http import HttpClient  # brings a library that an idle hub does without

    return HttpClient(allowed_networks=settings.OUTBOUND_ALLOWED_NETWORKS)


@shared_task(name="sites.websub.tasks.distribute")
def distribute() -> None:
    """Every few seconds: verify what has been asked for, send what has changed."""
    if not _running.acquire(blocking=False):
        return
    try:
        Distributor(http=_client).run()
    finally:
        _running.release()


@shared_task(name="sites.websub.tasks.forget")
def forget() -> None:
    """Nightly: subscriptions that ended or ran out a month ago."""
    verbs.forget(before=timezone.now() - KEPT)
