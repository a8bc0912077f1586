"""Pausing, resuming and trying an outlet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from django.views.generic.edit import FormMixin
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.log_actions import log

from channels import drills, outbox, trying
from channels.models import Outlet
from cms.dashboard.forms import PauseForm
from cms.dashboard.views.base import DeskView
from cms.permissions import can_run_outlets, require


def _back(request: HttpRequest) -> str:
    return get_valid_next_url_from_request(request) or reverse("outlets:index")


class PauseView(FormMixin, DeskView):
    page_title = "暂停终端"
    header_icon = "no-view"
    template_name = "cms/desk/action.html"
    form_class = PauseForm
    trail = (("发布终端", "outlets:index"),)

    @cached_property
    def outlet(self) -> Outlet:
        return get_object_or_404(Outlet.objects.active(), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(can_run_outlets(request.user))
        if drills.of(self.outlet) and self.outlet.drill_of_id is None:
            messages.error(request, f"{self.outlet.name}正在演练，已经暂停")
            return redirect("desk:drill", self.outlet.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            subject=self.outlet.name, submit="暂停", grave=True, back=_back(self.request), **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        form = self.get_form()
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        reason = form.cleaned_data["reason"]
        outbox.pause(self.outlet, reason=reason, now=timezone.now())
        log(self.outlet, "desk.pause", user=request.user, data={"text": reason})
        messages.success(request, f"已暂停{self.outlet.name}，新稿件暂缓投递")
        return redirect(_back(request))


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the backlog up again, after a pause, a mended setting or a rest."""
    require(can_run_outlets(request.user))
    outlet = get_object_or_404(Outlet.objects.active(), pk=pk)
    if outlet.drill_of_id is None and drills.of(outlet):
        messages.error(request, f"{outlet.name}正在演练，请结束演练，真实终端随之恢复")
        return redirect("desk:drill", pk)
    outbox.resume(outlet, now=timezone.now())
    log(outlet, "desk.resume", user=request.user)
    messages.success(request, f"已恢复{outlet.name}，积压稿件将继续投递")
    return redirect(_back(request))


@transaction.non_atomic_requests
@require_POST
def try_connection(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the outlet, which takes seconds: no transaction is open meanwhile."""
    require(can_run_outlets(request.user))
    outlet = get_object_or_404(Outlet.objects.active(), pk=pk)
    if not trying.is_offered(outlet.channel):
        raise Http404("该渠道不提供试连")
    if outlet.drill_of_id is None and drills.of(outlet):
        messages.error(request, "演练中不试连真实终端，请先结束演练")
    else:
        trial = trying.try_connection(outlet)
        log(outlet, "desk.try", user=request.user, data={"text": trial.sentence})
        say = messages.success if trial.passed else messages.warning
        say(request, f"试连{outlet.name}：{trial.sentence}")
    return redirect("outlets:edit", pk)
