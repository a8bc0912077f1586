"""Celery tasks of the inspection: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from sites.inspection import running
from sites.linkcheck.tasks import check_links

OVERDUE = timedelta(hours=25)


@shared_task(name="sites.inspection.tasks.nightly")
def nightly() -> None:
    """First the links, then everything."""
    check_links()
    now = timezone.now()
    running.inspect(now, is_nightly=True)
    running.forget(now)


@shared_task(name="sites.inspection.tasks.catch_up")
def catch_up() -> None:
    """Hourly: a hub that was switched off at night, or is new, is inspected now."""
    if running.is_overdue(timezone.now() - OVERDUE):
        nightly()


@shared_task(name="sites.inspection.tasks.inspect_now")
def inspect_now(by: str) -> None:
    """Asked for by a person."""
    running.inspect(timezone.now(), by=by)
