"""One item at one outlet: what is known, what happened, what a person may do about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.log_actions import log

from channels import rendering
from channels.errors import ChannelError
from channels.models import Placement
from channels.pulling import holdings
from channels.wechat.accounts import CHANNEL
from cms.dashboard import changes, charts, dossier
from cms.dashboard.verbs import REFUSE, VERBS, Verb, carry_out, entered, offers
from cms.dashboard.views.base import DeskView
from cms.permissions import can_operate, can_refuse_at, require

MUST_CARRY = "必转稿件不能拒用，请与宣传部联系"
CHANGED = "状态已经变化，请刷新后再操作"


class PlacementView(DeskView):
    """A page, or with the header `X-Desk: drawer` the part of it that opens beside the matrix."""

    page_title = "投递详情"
    template_name = "cms/desk/placement.html"
    trail = (("发布矩阵", "desk:matrix"),)

    def get_template_names(self) -> list[str]:
        drawer = self.request.headers.get("X-Desk") == "drawer"
        return ["cms/desk/_placement.html" if drawer else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Placement.objects.select_related("item", "outlet", "desired", "actual")
        placement = get_object_or_404(rows, pk=self.kwargs["pk"])
        line = dossier.line(placement)
        user = self.request.user
        verbs = (
            []
            if line.can is None
            else [verb for verb in offers(placement, line.can) if _may(user, verb, placement)]
        )
        return super().get_context_data(
            line=line,
            placement=placement,
            receipt=dossier.pretty(placement.receipt),
            attempts=dossier.history(placement),
            verbs=verbs,
            readings=charts.readings(placement.item_id, placement.outlet_id)
            if placement.outlet.channel == CHANNEL
            else [],
            changes=changes.to_make(placement),
            stage=holdings.stages([placement], [placement.outlet]).get(placement.pk, ""),
            checklist=_checklist(placement) if line.can and line.can.manual else [],
            next_url=get_valid_next_url_from_request(self.request),
            **kwargs,
        )


def _checklist(placement: Placement) -> list[str]:
    """What a person has to do at a hand-off outlet: in the very rendering that was handed over."""
    if placement.desired is None:
        return []
    try:
        return list(
            rendering.render(placement.outlet, placement.desired.edition()).payload.get("checklist", [])
        )
    except ChannelError:
        return []


def _may(user: Any, verb: Verb, placement: Placement) -> bool:
    """A sub-office without the desk's right may still refuse for its own site."""
    return can_refuse_at(user, placement.outlet_id) if verb is REFUSE else can_operate(user)


@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Carries a verb out, if it still makes sense: the row may have moved since the page was made."""
    if verb not in VERBS:
        raise Http404
    chosen = VERBS[verb]
    back = get_valid_next_url_from_request(request) or reverse("desk:placement", args=[pk])
    try:
        text = entered(chosen, request.POST.get("text", ""))
        with transaction.atomic():
            # Locks the placement row only: its nullable editions cannot be locked by an outer join.
            placement = get_object_or_404(
                Placement.objects.select_for_update(of=("self",)).select_related("outlet", "item"), pk=pk
            )
            require(_may(request.user, chosen, placement))
            if chosen is REFUSE and placement.must_carry:
                raise ValueError(MUST_CARRY)
            can = dossier.facts(placement)
            if can is None or chosen not in offers(placement, can):
                raise ValueError(CHANGED)
            carry_out(chosen, placement, text=text, by=request.user.get_username(), now=timezone.now())
            _log(request, placement, chosen.log, text)
    except ValueError as problem:
        messages.error(request, f"{chosen.label}未执行：{problem}")
    else:
        messages.success(request, f"{placement.outlet.name}：{chosen.done}")
    return redirect(back)


def _log(request: HttpRequest, placement: Placement, action: str, text: str) -> None:
    """Into the history of the item's page, while there is one; the delivery history keeps it anyway."""
    page = dossier.page_of(placement.item_id)
    if page is not None:
        log(page.specific, action, user=request.user, data={"outlet": placement.outlet.name, "text": text})
