"""What the accounts have to do that takes time. Every task may run twice, beside itself, and may be lost."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from channels.models import Outlet
from channels.wechat import figures, interests, pruning
from channels.wechat.models import Follower, Notice
from channels.wechat.push import worker

logger = logging.getLogger(__name__)

NOTICES_KEPT = timedelta(days=30)
_pushing = threading.Lock()


@shared_task(name="channels.wechat.tasks.settle_tags")  # type: ignore[untyped-decorator]  # Celery has no types
def settle_tags(outlet_id: int) -> int:
    """Make the platform's tags of one account those that its followers have chosen."""
    outlet = Outlet.objects.active().filter(pk=outlet_id).first()
    return interests.settle(outlet) if outlet else 0


@shared_task(name="channels.wechat.tasks.settle_all_tags")  # type: ignore[untyped-decorator]  # Celery has no types
def settle_all_tags() -> int:
    """The same for every account where something is open: a task was lost, or the platform was away."""
    open_at = Follower.objects.filter(unsettled=True).values("outlet")
    return sum(interests.settle(outlet) for outlet in Outlet.objects.active().filter(pk__in=open_at))


@shared_task(name="channels.wechat.tasks.prune_notices")  # type: ignore[untyped-decorator]  # Celery has no types
def prune_notices() -> int:
    """Nightly: the platform repeats a push for seconds; a month is for whoever looks into a complaint."""
    return Notice.objects.filter(received_at__lt=timezone.now() - NOTICES_KEPT).delete()[0]


@shared_task(name="channels.wechat.tasks.prune_memory")  # type: ignore[untyped-decorator]  # Celery has no types
def prune_memory() -> int:
    """Nightly: what the accounts' memory may forget, see channels.wechat.pruning."""
    return pruning.prune(now=timezone.now())


@shared_task(name="channels.wechat.tasks.fetch_figures")  # type: ignore[untyped-decorator]  # Celery has no types
def fetch_figures() -> int:
    """Hourly from the morning on: reading figures that are due, which most hours are none."""
    return figures.fetch(now=timezone.now())


@shared_task(name="channels.wechat.tasks.send_pushes")  # type: ignore[untyped-decorator]  # Celery has no types
def send_pushes() -> int:
    """Move the pushes on that are due, send previews, clean up behind sent ones.

    One round at a time in a process: while a platform hangs, beat would fill the threads with others.
    """
    if not _pushing.acquire(blocking=False):
        return 0
    try:
        return worker.run()
    finally:
        _pushing.release()


def soon(task: Any, *args: object) -> None:
    """Send a task from a thread of its own: a broker that does not answer costs the platform's caller nothing.

    Losing it costs the minutes until beat looks for what is open.
    """
    threading.Thread(target=_send, args=(task, args), name="task", daemon=True).start()


def _send(task: Any, args: tuple[object, ...]) -> None:
    try:
        task.apply_async(args=args, retry=False, ignore_result=True)
    except OperationalError as error:
        logger.warning("%s not sent, the beat will: %s", task.name, error)
