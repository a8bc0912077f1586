"""日志: what was fetched and what was pushed, with the outlet's own answers; and pushing it once more."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from channels import changes
from channels.models import Delivery, Outlet, Placement
from channels.pulling import replaying
from channels.pulling.models import Pull, PullDay
from sites.console.access import for_outlet, frame, page

LINES_MAX = 50
RECENT = 300
"""Placements whose deliveries are looked through: those of one outlet have no index of their own."""
DAYS = 14


@require_safe
@for_outlet("log")
def log(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    days = PullDay.objects.filter(outlet=outlet).order_by("-day", "document")
    return page(
        request,
        "log",
        {
            **frame(outlet, "log", request),
            "pulls": Pull.objects.filter(outlet=outlet).select_related("key").order_by("-pk")[:LINES_MAX],
            "days": _by_day(days),
            "deliveries": _deliveries(outlet),
            "can_replay": replaying.is_offered(outlet),
            "sequence": changes.stamp().sequence,
        },
    )


@require_POST
@for_outlet("log")
def replay(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    """One item (`item`), or everything that has changed after a number of the log (`since`)."""
    by, now = request.user.get_username(), timezone.now()
    try:
        if item := request.POST.get("item", ""):
            replaying.one(outlet, _content_id(item), by=by, now=now)
            messages.success(request, "已安排重新投递，结果见下方推送记录")
        else:
            count, reached = replaying.since(outlet, number(request.POST.get("since", "")), by=by, now=now)
            more = (
                f"；还有更多，请从序号 {reached} 继续"
                if reached < changes.stamp().sequence and count >= replaying.AT_ONCE
                else ""
            )
            messages.success(request, f"已安排重新投递 {count} 篇稿件{more}")
    except ValueError as problem:
        messages.error(request, str(problem))
    return redirect("console:log", outlet.slug)


def _deliveries(outlet: Outlet) -> QuerySet[Delivery]:
    recent = (
        Placement.objects.filter(outlet=outlet).order_by("-desired_at").values_list("pk", flat=True)[:RECENT]
    )
    rows = Delivery.objects.filter(placement__in=list(recent)).select_related("placement__item", "edition")
    return rows.defer("edition__document").order_by("-pk")[:LINES_MAX]


def _by_day(rows: QuerySet[PullDay]) -> list[tuple[object, int]]:
    """(day, fetches of all documents), the newest first."""
    days: dict[object, int] = {}
    for row in rows[: DAYS * 20]:
        days[row.day] = days.get(row.day, 0) + row.times
    return list(days.items())[:DAYS]


def _content_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValueError("稿件标识不正确，请刷新页面后再试") from error


def number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise ValueError("序号应为整数，请填写日志中的序号，0 表示全部")
    return int(text)
