"""A sign of life of beat and a worker: a task that leaves the time in the cache, for cms.health to read."""

from __future__ import annotations

import time

from celery import shared_task
from django.core.cache import cache

KEY = "cms.heartbeat"


@shared_task(name="cms.heartbeat.beat", ignore_result=True)
def beat() -> None:
    """Sent by beat every 5 seconds."""
    cache.set(KEY, time.time(), timeout=None)


def age(now: float) -> float | None:
    """Seconds since the last beat (`now` as time.time() gives it); None before the first one."""
    last = cache.get(KEY)
    return None if last is None else max(0.0, now - last)
