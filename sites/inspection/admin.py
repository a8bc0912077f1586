"""体检 at the desk: today's findings, a printable page, the table, earlier runs, explanations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from cms.dashboard import charts, spreadsheet
from cms.permissions import can_operate, require
from sites.inspection import exporting, reading, running, tasks, year_admin
from sites.inspection.findings import State, nearest
from sites.inspection.models import Explanation, InspectionRun
from sites.linkcheck.admin import InspectionPage

LOG_ACTIONS = {
    "inspection.explain": "体检：情况说明",
    "inspection.unexplain": "体检：撤销情况说明",
    "inspection.report": "年度报表：填报",
}
CLOCKS_SHOWN = 10


class TodayView(InspectionPage):
    """The newest run; `?run=` shows an earlier one."""

    page_title = "体检"
    template_name = "sites/admin/inspection/today.html"
    trail = ()
    tab = "today"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**shown(self.request), **kwargs)


class HistoryView(InspectionPage):
    page_title = "历次体检"
    template_name = "sites/admin/inspection/history.html"
    tab = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = running.history(timezone.now())
        days = [(timezone.localdate(run.at), run) for run in runs]
        return super().get_context_data(
            runs=list(reversed(runs)),
            vetoes=charts.bars([(day, run.vetoes) for day, run in days], title="每日单项否决不达标数"),
            deductions=charts.bars([(day, round(run.deductions)) for day, run in days], title="每日参考扣分"),
            **kwargs,
        )


def shown(request: HttpRequest) -> dict[str, Any]:
    """Everything that the page and its printed form show. `report` is None before the first run."""
    asked = request.GET.get("run", "")
    found: running.Report | None
    if asked.isdecimal():
        found = running.report(get_object_or_404(InspectionRun.objects.exclude(findings=None), pk=int(asked)))
    else:
        found = running.latest()
    if found is None:
        return {"report": None}
    today = timezone.localdate()
    clocks = reading.clocks(found.findings, today)
    return {
        "report": found,
        "run": found.run,
        "is_latest": not asked,
        "first": reading.first_things(found.findings, today),
        "vetoes": reading.vetoes(found.findings, today),
        "scores": reading.scores(found.findings, today),
        "clocks": clocks[:CLOCKS_SHOWN],
        "more_clocks": clocks[CLOCKS_SHOWN:],
        "nearest": next(iter(reading.lines(filter(None, [nearest(found.findings, today)]), today)), None),
        "new": reading.lines(found.change.new, today) if found.change else [],
        "solved": reading.lines(found.change.solved, today) if found.change else [],
        "explanations": {one.key: one for one in Explanation.objects.all()},
        "states": State,
    }


def printable(request: HttpRequest) -> HttpResponse:
    """The same on paper: everything open, no buttons."""
    return TemplateResponse(
        request, "sites/admin/inspection/print.html", {**shown(request), "now": timezone.now()}
    )


def export(request: HttpRequest) -> HttpResponse:
    context = shown(request)
    if context["report"] is None:
        messages.error(request, "还没有体检结果，请先点“立即体检”")
        return redirect("inspection_desk:today")
    today, at = timezone.localdate(), timezone.localtime(context["run"].at)
    lines = (exporting.cells(one, today) for one in context["report"].findings)
    return spreadsheet.attachment(f"inspection-{at:%Y%m%d}", exporting.HEADER, lines)


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """The worker does it: it reads five pages of every site."""
    require(can_operate(request.user))
    tasks.inspect_now.delay(request.user.get_username())
    messages.success(request, "已开始体检，约一分钟后刷新本页查看结果")
    return redirect("inspection_desk:today")


@require_POST
def explain(request: HttpRequest) -> HttpResponse:
    """Only for what the table of rules lets people explain; counts from the next run on."""
    require(can_operate(request.user))
    key, reason = request.POST.get("key", "")[:200], request.POST.get("reason", "").strip()[:300]
    found = running.latest()
    finding = next((one for one in found.findings if one.key == key), None) if found else None
    if finding is None or not finding.of.explainable:
        messages.error(request, "该项不能作情况说明，请按下一步处理")
    elif not reason:
        messages.error(request, "请写明情况，如“网站迁移前的历史稿件，补录时保留原发布日期”")
    else:
        values = {"reason": reason, "at": timezone.now(), "by": request.user.get_username()}
        explanation, _ = Explanation.objects.update_or_create(key=key, defaults=values)
        log(explanation, "inspection.explain", user=request.user, data={"key": key, "reason": reason})
        messages.success(request, "情况说明已登记，下次体检起不再计入；之后新出现的仍会列出")
    return redirect("inspection_desk:today")


@require_POST
def unexplain(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_operate(request.user))
    explanation = get_object_or_404(Explanation, pk=pk)
    log(explanation, "inspection.unexplain", user=request.user, data={"key": explanation.key})
    explanation.delete()
    messages.success(request, "已撤销情况说明，下次体检起重新计入")
    return redirect("inspection_desk:today")


app_name = "inspection_desk"
urlpatterns = [
    path("", TodayView.as_view(), name="today"),
    path("print/", printable, name="print"),
    path("export/", export, name="export"),
    path("run/", run, name="run"),
    path("explain/", explain, name="explain"),
    path("explain/<int:pk>/remove/", unexplain, name="unexplain"),
    path("history/", HistoryView.as_view(), name="history"),
    path("reports/", year_admin.ReportsView.as_view(), name="reports"),
    path("reports/<int:home>/<int:year>/", year_admin.ReportView.as_view(), name="report"),
    path("reports/<int:home>/<int:year>/print/", year_admin.printable, name="report_print"),
]
