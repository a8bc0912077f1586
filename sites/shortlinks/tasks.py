"""What the beat calls for short links. May run twice, and may be lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sites.shortlinks import links

AT_ONCE = 5_000


@shared_task(name="sites.shortlinks.tasks.give_codes")
def give_codes() -> int:
    """Nightly: codes for what has been published without anybody asking for one; returns how many."""
    return links.give_codes(now=timezone.now(), limit=AT_ONCE)
