"""推送 of one account: its pushes, its quota calendar, a new push, notes of pushes made elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from channels.errors import ChannelError
from channels.models import Outlet
from channels.wechat.accounts import CHANNEL
from channels.wechat.models import OutsidePush
from channels.wechat.push import calendar, tags, verbs
from cms.dashboard.wechat.base import AccountPage, account
from cms.dashboard.wechat.push import reading
from cms.dashboard.wechat.push.forms import OutsideForm
from cms.dashboard.wechat.push.looks import moves
from cms.permissions import can_push, require


class PushDesk(AccountPage):
    """A page of one account's pushes; looking needs admin access only."""

    http_method_names = ["get"]
    header_icon = "mail"
    tab = "pushes"

    @property
    def may_change(self) -> bool:
        return can_push(self.request.user)


class PushesView(PushDesk):
    page_title = "推送"
    template_name = "cms/desk/wechat/pushes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = reading.lines(self.outlet)
        today = calendar.local_day(timezone.now())
        return super().get_context_data(
            lines=lines,
            live=any(moves(line.push, timezone.now()) for line in lines),
            month=calendar.month(self.outlet, self._month(today), today=today),
            today=today,
            is_service=calendar.is_service(self.outlet),
            outside=OutsideForm(initial={"day": today}),
            can_push=can_push(self.request.user),
            **kwargs,
        )

    def _month(self, today: date) -> date:
        try:
            asked = date.fromisoformat(f"{self.request.GET.get('month', '')}-01")
        except ValueError:
            return today.replace(day=1)
        return asked if abs(asked.year - today.year) <= 5 else today.replace(day=1)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The menu's way in: the first account in service."""
    first = Outlet.objects.active().filter(channel=CHANNEL).first()
    if first is None:
        messages.error(request, "还没有微信公众号，请管理员在“发布终端”中添加")
        return redirect("desk:matrix")
    return redirect("desk:wechat_pushes", first.slug)


@require_POST
def create(request: HttpRequest, slug: str) -> HttpResponse:
    require(can_push(request.user))
    try:
        push = verbs.create(account(slug), by=request.user.get_username(), now=timezone.now())
    except ValueError as problem:
        messages.error(request, f"未新建：{problem}")
        return redirect("desk:wechat_pushes", slug)
    return redirect("desk:wechat_push", slug, push.pk)


@require_POST
def note_outside(request: HttpRequest, slug: str) -> HttpResponse:
    """A push that was made in the back office uses up the quota, too."""
    require(can_push(request.user))
    form = OutsideForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        verbs.note_outside(
            account(slug),
            values["day"],
            note=values["note"],
            by=request.user.get_username(),
            now=timezone.now(),
        )
        messages.success(request, f"已登记 {values['day']:%Y-%m-%d} 的后台群发")
    else:
        messages.error(request, "请填写正确的日期")
    return redirect("desk:wechat_pushes", slug)


@require_POST
def forget_outside(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    require(can_push(request.user))
    get_object_or_404(OutsidePush, pk=pk, outlet=account(slug)).delete()
    messages.success(request, "已删除登记")
    return redirect("desk:wechat_pushes", slug)


@require_POST
@transaction.non_atomic_requests
def refresh_tags(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Asks the platform, so it runs outside a transaction."""
    require(can_push(request.user))
    try:
        found = tags.refresh(account(slug))
    except ChannelError as error:
        messages.error(request, f"没有取得标签：{error.message}")
    else:
        messages.success(request, f"已取得 {len(found)} 个标签")
    return redirect("desk:wechat_push", slug, pk)
