"""链接检查 and 外链域名 at the desk: lists, the one link with its history, and what operators do about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from cms.dashboard.views.base import DeskView
from cms.permissions import can_operate, require
from sites.linkcheck import judging, listing, tasks, verbs, watching
from sites.linkcheck.models import Link, OutboundDomain, WatchWord

PER_PAGE = 50
HOLDERS_SHOWN = 3
LOG_ACTIONS = {
    "linkcheck.mute": "链接检查：忽略",
    "linkcheck.unmute": "链接检查：取消忽略",
    "linkcheck.confirm": "外链域名：核对无误",
}


class InspectionPage(DeskView):
    """A page below 体检; `tab` is the one that is open."""

    trail: tuple[tuple[str, str], ...] = (("体检", "inspection_desk:today"),)
    header_icon = "pick"
    tab = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tab=self.tab, can_operate=can_operate(self.request.user), **kwargs)


class LinksView(InspectionPage):
    page_title = "链接检查"
    template_name = "sites/admin/inspection/links.html"
    tab = "links"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        view = self.request.GET.get("view", "")
        view = view if view in listing.VIEWS else ""
        page = Paginator(listing.links(view), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            counts=listing.counts(),
            views=listing.VIEWS,
            view=view,
            page=page,
            lines=listing.lines(page.object_list),
            shown=HOLDERS_SHOWN,
            **kwargs,
        )


class LinkView(InspectionPage):
    page_title = "链接"
    template_name = "sites/admin/inspection/link.html"
    trail = (("体检", "inspection_desk:today"), ("链接检查", "linkcheck_desk:links"))
    tab = "links"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        link = get_object_or_404(Link, pk=self.kwargs["pk"])
        events = [
            (event.at, judging.State(event.state).label, judging.words(event.code))
            for event in link.events.order_by("-at", "-pk")[:50]
        ]
        line = listing.lines([link])[0]
        return super().get_context_data(
            line=line,
            link=link,
            events=events,
            is_reported=judging.is_reported(link.state, link.failures, is_own=link.is_own),
            **kwargs,
        )


@require_POST
def mute(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_operate(request.user))
    link = get_object_or_404(Link, pk=pk)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "请写明忽略的原因，如“浏览器可以正常打开，对方拦截自动访问”")
    else:
        verbs.mute(link, reason=reason, by=request.user.get_username(), now=timezone.now())
        log(link, "linkcheck.mute", user=request.user, data={"reason": reason[:200]})
        messages.success(request, "已忽略；该链接恢复正常后自动取消")
    return redirect("linkcheck_desk:link", pk)


@require_POST
def unmute(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_operate(request.user))
    link = get_object_or_404(Link, pk=pk)
    verbs.unmute(link)
    log(link, "linkcheck.unmute", user=request.user)
    messages.success(request, "已取消忽略")
    return redirect("linkcheck_desk:link", pk)


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The worker does it: a foreign site may take its 15 seconds."""
    require(can_operate(request.user))
    link = get_object_or_404(Link, pk=pk)
    tasks.check_link.delay(link.pk)
    messages.success(request, "已安排重新检查，稍后刷新本页查看结果")
    return redirect("linkcheck_desk:link", pk)


class DomainsView(InspectionPage):
    page_title = "外链域名"
    template_name = "sites/admin/inspection/domains.html"
    tab = "domains"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = OutboundDomain.objects.filter(is_used=True).order_by("alarmed_at", "host")
        asked = self.request.GET.get("q", "").strip()[:100]
        if asked:
            rows = rows.filter(host__icontains=asked)
        alarms = list(rows.filter(alarmed_at__isnull=False)[:200])
        page = Paginator(rows.filter(alarmed_at=None), PER_PAGE).get_page(self.request.GET.get("p"))
        shown = [*alarms, *page.object_list]
        owners = listing.owners_of([row.host for row in shown])
        return super().get_context_data(
            alarms=[(row, owners.get(row.host, [])) for row in alarms],
            rows=[(row, owners.get(row.host, [])) for row in page.object_list],
            page=page,
            asked=asked,
            shown=HOLDERS_SHOWN,
            may_edit_words=self.request.user.has_perm("linkcheck.change_watchword"),
            **kwargs,
        )


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_operate(request.user))
    domain = get_object_or_404(OutboundDomain, pk=pk)
    watching.confirm(domain, by=request.user.get_username(), now=timezone.now())
    log(domain, "linkcheck.confirm", user=request.user)
    messages.success(request, f"已核对 {domain.host}，今后以现在的标题和指向为准")
    return redirect("linkcheck_desk:domains")


class WatchWordViewSet(ModelViewSet):
    """Reached from 外链域名; it has no entry in the menu of its own."""

    model = WatchWord
    name = "watch_words"
    icon = "warning"
    menu_label = "外链警示词"
    add_to_admin_menu = False
    copy_view_enabled = False
    form_fields = ["word", "kind"]
    list_display = ["word", "kind"]
    search_fields = ["word"]


app_name = "linkcheck_desk"
urlpatterns = [
    path("", LinksView.as_view(), name="links"),
    path("<int:pk>/", LinkView.as_view(), name="link"),
    path("<int:pk>/mute/", mute, name="mute"),
    path("<int:pk>/unmute/", unmute, name="unmute"),
    path("<int:pk>/check/", check, name="check"),
    path("domains/", DomainsView.as_view(), name="domains"),
    path("domains/<int:pk>/confirm/", confirm, name="confirm"),
]
