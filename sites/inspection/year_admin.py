"""年度报表 at the desk: which sites have one, the form with the counted lines filled in, the printed page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from wagtail.log_actions import log

from cms.permissions import can_operate, require
from sites.inspection import yearly
from sites.inspection.models import YearReport
from sites.linkcheck.admin import InspectionPage
from sites.models import SiteHome

FIRST_YEAR = 2018
"""The rule's own."""
YEARS_SHOWN = 3
ADDRESS_MAX = 500


class ReportsView(InspectionPage):
    page_title = "年度报表"
    template_name = "sites/admin/inspection/reports.html"
    tab = "reports"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        this_year = timezone.localdate().year
        years = range(this_year, this_year - YEARS_SHOWN, -1)
        stored = {(one.home_id, one.year): one for one in YearReport.objects.filter(year__in=years)}
        homes = SiteHome.objects.live().order_by("path")
        rows = [(home, [(year, stored.get((home.pk, year))) for year in years]) for home in homes]
        return super().get_context_data(years=years, rows=rows, due_year=this_year - 1, **kwargs)


class ReportView(InspectionPage):
    """GET shows, POST keeps what differs from what is counted."""

    template_name = "sites/admin/inspection/report.html"
    trail = (("体检", "inspection_desk:today"), ("年度报表", "inspection_desk:reports"))
    tab = "reports"
    problems: tuple[str, ...] = ()

    def get_page_title(self) -> str:
        return f"{self.kwargs['year']} 年度报表"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        home, year = _asked(self.kwargs["home"], self.kwargs["year"])
        return super().get_context_data(**{**kwargs, **_context(home, year), "problems": self.problems})

    def post(self, request: HttpRequest, home: int, year: int) -> HttpResponse:
        require(can_operate(request.user))
        site, year = _asked(home, year)
        report = yearly.report_of(site, year)
        typed, problems = _typed(request, yearly.counted(site, year))
        address = request.POST.get("published_url", "").strip()[:ADDRESS_MAX]
        try:
            if address:
                URLValidator(["http", "https"])(address)
        except ValidationError:
            problems.append("公布网址不是有效的网址，请从浏览器地址栏复制")
        if problems:
            self.problems = tuple(problems)
            return self.get(request, home, year)
        report.typed, report.published_url = typed, address
        report.changed_at, report.changed_by = timezone.now(), request.user.get_username()
        report.save()
        log(report, "inspection.report", user=request.user)
        messages.success(request, "年度报表已保存")
        return redirect("inspection_desk:report", home, year)


def printable(request: HttpRequest, home: int, year: int) -> HttpResponse:
    site, year = _asked(home, year)
    return TemplateResponse(request, "sites/admin/inspection/report_print.html", _context(site, year))


def _asked(home: int, year: int) -> tuple[SiteHome, int]:
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404("没有这一年度的报表")
    return get_object_or_404(SiteHome.objects.select_related("unit"), pk=home), year


def _context(home: SiteHome, year: int) -> dict[str, Any]:
    report = yearly.report_of(home, year)
    groups = yearly.filled(yearly.counted(home, year), report.typed)
    missing = sum(one.is_missing for _, filled in groups for one in filled)
    return {"home": home, "year": year, "report": report, "groups": groups, "missing": missing}


def _typed(request: HttpRequest, counted: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """What people say differently, and what is wrong with it."""
    typed: dict[str, str] = {}
    problems = []
    for row in yearly.ROWS:
        try:
            value = yearly.clean(row, request.POST.get(row.key, ""))
        except ValueError as error:
            problems.append(str(error))
            continue
        if value and value != counted.get(row.key, ""):
            typed[row.key] = value
    return typed, problems
