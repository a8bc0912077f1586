"""What the beat calls for the message box."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sites.enquiries import verbs


@shared_task(name="sites.enquiries.tasks.tend")
def tend() -> None:
    """Nightly: forget who wrote long ago, and set the clocks by the calendar as it is known now."""
    verbs.purge(now=timezone.now())
    verbs.reckon()
