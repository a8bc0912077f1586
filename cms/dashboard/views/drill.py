"""演练 of an outlet: beginning one, what it has taken in, ending it with or without 补投."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from channels import drills
from channels.errors import ConfigError
from channels.models import Outlet
from channels.wechat import probing
from cms.dashboard.views.base import DeskView
from cms.permissions import can_run_outlets, require

ANSWER_SECONDS = 2.0


class DrillView(DeskView):
    page_title = "演练"
    header_icon = "warning"
    template_name = "cms/desk/drill.html"
    trail = (("发布终端", "outlets:index"),)

    @cached_property
    def outlet(self) -> Outlet:
        return get_object_or_404(Outlet.objects.active().real(), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(can_run_outlets(request.user))
        if not can_drill(self.outlet):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drill = drills.of(self.outlet)
        return super().get_context_data(
            outlet=self.outlet,
            drill=drill,
            owed=drills.signed_meanwhile(drill) if drill else [],
            sandbox_url=settings.SANDBOX_URL,
            **kwargs,
        )


def can_drill(outlet: Outlet) -> bool:
    """False, too, for a channel that is not installed any more."""
    try:
        return drills.can_drill(outlet)
    except ConfigError:
        return False


@transaction.non_atomic_requests
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Only when the sandbox answers, which is asked before any transaction: a drill without one would only hold items."""
    require(can_run_outlets(request.user))
    outlet = get_object_or_404(Outlet.objects.active().real(), pk=pk)
    if not _answers(settings.SANDBOX_URL):
        messages.error(request, f"沙箱 {settings.SANDBOX_URL} 没有应答，请先启动沙箱再开始演练")
        return redirect("desk:drill", pk)
    try:
        with transaction.atomic():
            twin = drills.start(outlet, sandbox_url=settings.SANDBOX_URL, now=timezone.now())
            probing.copy_level(outlet, twin)
            log(outlet, "desk.drill_start", user=request.user, data={"text": f"新稿件改投{twin.name}"})
    except drills.NotPossible as problem:
        messages.error(request, f"未开始演练：{problem}")
    else:
        messages.success(request, f"演练已开始：投往{outlet.name}的新稿件改投沙箱，真实终端暂停")
    return redirect("desk:drill", pk)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_run_outlets(request.user))
    outlet = get_object_or_404(Outlet.objects.real(), pk=pk)
    choice = request.POST.get("carry", "")
    if choice not in {"yes", "no"}:
        messages.error(request, "请选择演练期间签发的稿件是否补投")
        return redirect("desk:drill", pk)
    try:
        carried = drills.end(outlet, carry=choice == "yes", now=timezone.now())
    except drills.NotPossible as problem:
        messages.error(request, f"{problem}")
        return redirect("desk:drill", pk)
    said = f"补投 {carried} 篇" if choice == "yes" else "演练稿件不补投"
    log(outlet, "desk.drill_end", user=request.user, data={"text": said})
    messages.success(request, f"演练已结束：沙箱稿件正在撤下，{outlet.name}已恢复，{said}")
    return redirect("desk:drill", pk)


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=ANSWER_SECONDS).close()
    except OSError:
        return False
    return True
