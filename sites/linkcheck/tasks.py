"""Celery tasks of the link checker: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from sites.linkcheck import collecting, watching
from sites.linkcheck.checking import Checker, check_one
from sites.linkcheck.models import Link, LinkEvent
from sites.linkcheck.probing import AGENT, Caller

EVENTS_KEPT = timedelta(days=400)
UNUSED_KEPT = timedelta(days=60)
_running = threading.Lock()
"""One night a process: two would only share the same budget."""


def _client() -> AbstractAsyncContextManager[Caller]:
    from channels.http import HttpClient  # brings a library that an idle hub does without

    return HttpClient(
        allowed_networks=settings.OUTBOUND_ALLOWED_NETWORKS,
        user_agent=f"{AGENT}/0.1 (+{settings.PUBLIC_URL})",
    )


@shared_task(name="sites.linkcheck.tasks.check_links")
def check_links() -> None:
    """The nightly inspection begins with it: collect what readers are shown, check it, watch the domains."""
    if not _running.acquire(blocking=False):
        return
    try:
        collecting.collect()
        Checker(_client, time.monotonic, asyncio.sleep, timezone.now()).run()
        watching.watch(client=_client, clock=time.monotonic, sleep=asyncio.sleep, now=timezone.now())
        forget()
    finally:
        _running.release()


@shared_task(name="sites.linkcheck.tasks.check_link")
def check_link(pk: int) -> None:
    """Asked for by a person: one link, now."""
    link = Link.objects.filter(pk=pk).first()
    if link is not None:
        check_one(link, client=_client, clock=time.monotonic, sleep=asyncio.sleep, now=timezone.now())


def forget() -> None:
    """Links that nobody has been shown for two months, and the history after a year; editions hold on to theirs."""
    now = timezone.now()
    LinkEvent.objects.filter(at__lt=now - EVENTS_KEPT).delete()
    Link.objects.filter(
        is_used=False, in_editions=None, on_homes=None, checked_at__lt=now - UNUSED_KEPT
    ).delete()
