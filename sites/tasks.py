"""What the beat calls on the public side."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from sites.making import closing
from sites.serving import documents, fragments

DOCUMENTS_KEPT = timedelta(days=30)
FRAGMENTS_KEPT = timedelta(days=120)
"""Longer than an entry stands in a feed of a district that publishes daily; what is cut off is rendered once more."""


@shared_task(name="sites.tasks.prune")
def prune() -> None:
    """Nightly: forget what was rendered long ago and may never be read again."""
    now = timezone.now()
    documents.prune(before=now - DOCUMENTS_KEPT)
    fragments.prune(before=now - FRAGMENTS_KEPT)


@shared_task(name="sites.tasks.stand")
def stand() -> None:
    """Nightly: close the sites whose notice has run out, open those that have rested enough."""
    closing.due(now=timezone.now())
