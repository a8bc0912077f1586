"""What inspections ask of the message box: what is overdue now, and the year's figures for 《政府网站工作年度报表》."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from sites.enquiries.models import Enquiry, Reason, State

VETO_AFTER = timedelta(days=90)
"""A valid message that is unanswered for more than three months fails a site (国办秘函〔2019〕19号, as 参考)."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the messages received in one local year; spam counts nowhere. `mean_days`: None when none has ended."""

    year: int
    received: int
    closed: int
    mean_days: float | None
    public_answers: int
    unanswered_over_3_months: int


def overdue(now: datetime, *, sites: Iterable[int] | None = None) -> QuerySet[Enquiry]:
    """Open past the last working day of their clock, oldest first. `sites`: keys of SiteHome; None: of all."""
    rows = _of(sites).filter(state=State.OPEN, due_on__lt=timezone.localdate(now))
    return rows.select_related("unit", "site").order_by("due_on", "pk")


def unanswered_for_months(now: datetime, *, sites: Iterable[int] | None = None) -> QuerySet[Enquiry]:
    """Open for more than three months: what the inspectors call 互动回应差."""
    return _of(sites).filter(state=State.OPEN, received_at__lt=now - VETO_AFTER).order_by("received_at", "pk")


def statistics(year: int, *, now: datetime | None = None, sites: Iterable[int] | None = None) -> Statistics:
    """Two queries."""
    rows = _of(sites).exclude(reason=Reason.SPAM).filter(received_at__year=year)
    span = ExpressionWrapper(F("closed_at") - F("received_at"), output_field=DurationField())
    found = rows.aggregate(
        received=Count("pk"),
        closed=Count("pk", filter=~Q(state=State.OPEN)),
        mean=Avg(span, filter=~Q(state=State.OPEN)),
        public=Count("pk", filter=Q(published_at__isnull=False)),
    )
    old = unanswered_for_months(now or timezone.now(), sites=sites).filter(received_at__year=year)
    mean: timedelta | None = found["mean"]
    return Statistics(
        year=year,
        received=found["received"],
        closed=found["closed"],
        mean_days=round(mean / timedelta(days=1), 1) if mean is not None else None,
        public_answers=found["public"],
        unanswered_over_3_months=old.count(),
    )


def _of(sites: Iterable[int] | None) -> QuerySet[Enquiry]:
    rows = Enquiry.objects.all()
    return rows if sites is None else rows.filter(site__in=list(sites))
