"""取用情况: who holds what, who has not taken a withdrawal or correction; keys and webmasters of an outlet."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from django.views.generic.edit import FormMixin
from wagtail.log_actions import log

from channels.models import Outlet
from channels.pulling import holdings, keys, webmasters
from channels.pulling.models import Holding, Invitation, Membership, PullKey
from cms.dashboard.forms import InviteForm
from cms.dashboard.views.base import DeskView
from cms.permissions import can_run_outlets, require

OVERDUE_SHOWN = 5


def pulling() -> QuerySet[Outlet]:
    """Outlets that pull, or could: feeds, and whoever has a key or a webmaster."""
    has = (Exists(model.objects.filter(outlet=OuterRef("pk"))) for model in (PullKey, Membership))
    by_key, by_person = has
    return Outlet.objects.active().real().filter(Q(channel=holdings.FEED) | Q(by_key) | Q(by_person))


class PullsView(DeskView):
    """The worst first; seven queries whatever the number of outlets."""

    page_title = "取用情况"
    header_icon = "download"
    template_name = "cms/desk/pulls.html"
    trail = (("发布矩阵", "desk:matrix"),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = holdings.worst_first(holdings.of(list(pulling())))
        people: dict[int, list[str]] = defaultdict(list)
        for row in Membership.objects.filter(outlet__in=[one.outlet.pk for one in held]).select_related(
            "user"
        ):
            people[row.outlet_id].append(row.user.last_name or row.user.get_username())
        now = timezone.now()
        return super().get_context_data(
            rows=[(one, people.get(one.outlet.pk, []), one.is_silent(now)) for one in held],
            overdue_shown=OVERDUE_SHOWN,
            **kwargs,
        )


class OutletPullsView(FormMixin, DeskView):
    """One outlet: its documents, keys and webmasters; inviting shows the link once."""

    header_icon = "download"
    template_name = "cms/desk/outlet_pulls.html"
    form_class = InviteForm
    trail = (("发布矩阵", "desk:matrix"), ("取用情况", "desk:pulls"))

    @cached_property
    def outlet(self) -> Outlet:
        return get_object_or_404(Outlet.objects.active().real(), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.outlet.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        [held] = holdings.of([self.outlet])
        return super().get_context_data(
            outlet=self.outlet,
            held=held,
            documents=Holding.objects.filter(outlet=self.outlet).order_by("-last_at"),
            keys=PullKey.objects.filter(outlet=self.outlet).order_by("-made_at", "-pk"),
            members=Membership.objects.filter(outlet=self.outlet).select_related("user").order_by("made_at"),
            invitations=Invitation.objects.filter(
                outlet=self.outlet, used_at=None, revoked_at=None, expires_at__gt=timezone.now()
            ).order_by("-made_at"),
            can_run_outlets=can_run_outlets(self.request.user),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        require(can_run_outlets(request.user))
        form = self.get_form()
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        link = _invite(request, self.outlet, form.cleaned_data["person"])
        return self.render_to_response(self.get_context_data(form=InviteForm(), link=link))


@require_POST
def revoke_key(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    require(can_run_outlets(request.user))
    row = get_object_or_404(PullKey.objects.select_related("outlet"), pk=key, outlet=pk)
    if keys.revoke(row, by=request.user.get_username(), now=timezone.now()):
        log(row.outlet, "desk.revoke_key", user=request.user, data={"text": row.prefix})
        messages.success(request, f"已吊销密钥 {row.prefix}…")
    return redirect("desk:outlet_pulls", pk)


@require_POST
def revoke_invitation(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    require(can_run_outlets(request.user))
    row = get_object_or_404(Invitation, pk=invitation, outlet=pk)
    if webmasters.take_back(row, now=timezone.now()):
        messages.success(request, f"已作废发给{row.person}的邀请")
    return redirect("desk:outlet_pulls", pk)


@require_POST
def webmaster(request: HttpRequest, pk: int, membership: int, verb: str) -> HttpResponse:
    """`dismiss` ends it, `reset` makes a link by which he sets a new password."""
    require(can_run_outlets(request.user))
    row = get_object_or_404(Membership.objects.select_related("user", "outlet"), pk=membership, outlet=pk)
    if verb == "reset":
        view = OutletPullsView()
        view.setup(request, pk=pk)
        try:
            link = _invite(request, row.outlet, row.user.last_name or row.user.get_username(), row)
        except webmasters.NotPossible as problem:
            messages.error(request, str(problem))
            return redirect("desk:outlet_pulls", pk)
        return view.render_to_response(view.get_context_data(form=InviteForm(), link=link))
    if verb != "dismiss":
        raise Http404
    row.delete()
    log(row.outlet, "desk.dismiss", user=request.user, data={"text": row.user.get_username()})
    messages.success(
        request, f"{row.user.get_username()} 不再是{row.outlet.name}的站长；其创建的密钥如需停用请另行吊销"
    )
    return redirect("desk:outlet_pulls", pk)


def _invite(request: HttpRequest, outlet: Outlet, person: str, member: Membership | None = None) -> str:
    """The link, which is nowhere to be found again."""
    _, token = webmasters.invite(
        outlet,
        person=person,
        by=request.user.get_username(),
        now=timezone.now(),
        user=member.user if member else None,
    )
    log(outlet, "desk.invite", user=request.user, data={"text": person})
    return f"{settings.PUBLIC_URL}{reverse('console:invitation', args=[token])}"
