"""微信公众号: the accounts, one account with its check list and budgets, and the probe."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from channels import drills
from channels.models import Outlet
from channels.wechat import budgets, probing
from channels.wechat.accounts import CHANNEL
from cms.dashboard import summary
from cms.dashboard.views.base import DeskView
from cms.dashboard.wechat import overview
from cms.dashboard.wechat.base import AccountPage
from cms.permissions import can_run_outlets, require


class AccountsView(DeskView):
    page_title = "微信公众号"
    header_icon = "comment"
    template_name = "cms/desk/wechat/accounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(
            rows=overview.rows(now=now),
            resets_at=budgets.resets_at(now),
            can_run_outlets=can_run_outlets(self.request.user),
            **kwargs,
        )


class AccountView(AccountPage):
    page_title = "概况"
    template_name = "cms/desk/wechat/account.html"
    tab = "account"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        word, reason = summary.condition(self.outlet, now)
        probe = probing.newest(self.outlet)
        level = probing.levels([self.outlet.pk]).get(self.outlet.pk)
        lines = overview.open_lines(self.outlet)
        meters = budgets.today([self.outlet.pk], now=now)[self.outlet.pk]
        return super().get_context_data(
            word=word,
            reason=reason,
            probe=probe,
            checks=overview.checks(probe),
            contradictions=overview.contradictions(self.outlet, probe),
            level=overview.level_text(level),
            draft_only=level is probing.Level.DRAFT,
            set_up=overview.set_up(self.outlet),
            callback=overview.callback(self.outlet),
            meters=[meter for meter in meters if overview.is_shown(meter)],
            idle=[meter for meter in meters if not overview.is_shown(meter)],
            resets_at=budgets.resets_at(now),
            lines=lines[: overview.SHOWN],
            cut=len(lines) > overview.SHOWN,
            today=overview.published_today(self.outlet, now=now),
            push=overview.next_pushes([self.outlet.pk], now).get(self.outlet.pk),
            **kwargs,
        )


@transaction.non_atomic_requests
@require_POST
def probe(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks the platform, which takes seconds: no transaction is open meanwhile."""
    require(can_run_outlets(request.user))
    outlet = get_object_or_404(Outlet.objects.active(), channel=CHANNEL, slug=slug)
    if drills.of(outlet) and outlet.drill_of_id is None:
        messages.error(request, "演练中不检测真实账号，请先结束演练")
    else:
        found = probing.probe(outlet, by=request.user.get_username(), now=timezone.now())
        log(outlet, "desk.probe", user=request.user, data={"text": overview.level_text(_level(found.level))})
        _say(request, outlet, found.level)
    return redirect("desk:wechat_account", slug)


def _say(request: HttpRequest, outlet: Outlet, level: str) -> None:
    if not level:
        messages.warning(request, "检测完成，有项目未通过，请按下列说明处理后再检测")
    elif outlet.blocked_reason:
        messages.success(request, "检测通过；该终端仍因配置故障停止投递，请点“恢复”")
    else:
        messages.success(request, f"检测完成：{overview.level_text(_level(level))}")


def _level(text: str) -> probing.Level | None:
    return probing.Level(text) if text else None
