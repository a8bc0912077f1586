"""Runs an inspection and keeps it: one nightly run a day, findings for three months, figures for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate, localtime

from sites.inspection.collecting import collect
from sites.inspection.findings import Difference, Finding, difference, pack, totals, unpack
from sites.inspection.judging import VETOES, judge
from sites.inspection.models import InspectionRun
from sites.inspection.scoring import SCORES
from sites.models import SiteHome

FINDINGS_KEPT = timedelta(days=90)
BY_HAND_KEPT = timedelta(days=7)
HISTORY_DAYS = 60


@dataclass(frozen=True, slots=True)
class Report:
    """A run with its findings, and what is new against the last nightly run of an earlier day."""

    run: InspectionRun
    findings: Sequence[Finding]
    change: Difference | None
    compared_with: date | None


def inspect(now: datetime, *, by: str = "", is_nightly: bool = False) -> InspectionRun:
    """A second nightly run of the same day takes the place of the first."""
    findings = judge(collect(now), (*VETOES, *SCORES))
    sums = totals(findings)
    run = InspectionRun(
        at=now,
        by=by,
        is_nightly=is_nightly,
        vetoes=sums.vetoes,
        warnings=sums.warnings,
        deductions=Decimal(sums.tenths) / 10,
        findings=pack(findings),
    )
    with transaction.atomic():
        if is_nightly:
            InspectionRun.objects.filter(is_nightly=True, at__date=localdate(now)).delete()
        run.save()
    return run


def newest() -> InspectionRun | None:
    """The last run, by whomever."""
    return InspectionRun.objects.exclude(findings=None).order_by("-at").first()


def latest() -> Report | None:
    run = newest()
    return report(run) if run else None


def report(run: InspectionRun) -> Report:
    """Two queries at most."""
    findings = unpack(run.findings)
    earlier = InspectionRun.objects.filter(is_nightly=True, at__lt=_midnight(run.at)).exclude(findings=None)
    before = earlier.order_by("-at").first()
    return Report(
        run,
        findings,
        difference(unpack(before.findings), findings) if before else None,
        localdate(before.at) if before else None,
    )


def is_overdue(since: datetime) -> bool:
    """Whether the last nightly run is older than that, or there is none though there are sites."""
    return (
        SiteHome.objects.live().exists()
        and not InspectionRun.objects.filter(is_nightly=True, at__gt=since).exists()
    )


def history(now: datetime) -> list[InspectionRun]:
    """The nightly runs of the last HISTORY_DAYS, oldest first, without their findings."""
    runs = InspectionRun.objects.filter(is_nightly=True, at__gte=now - timedelta(days=HISTORY_DAYS))
    return list(runs.defer("findings").order_by("at"))


def forget(now: datetime) -> None:
    InspectionRun.objects.filter(is_nightly=False, at__lt=now - BY_HAND_KEPT).delete()
    old = InspectionRun.objects.filter(at__lt=now - FINDINGS_KEPT)
    old.exclude(findings=None).update(findings=None)


def _midnight(moment: datetime) -> datetime:
    return localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
