"""推送订阅: who is told of changes, for operators; and the few things that they can do about one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.log_actions import log

from cms.permissions import can_operate, can_run_outlets, require
from sites.models import Algorithm, Ending, Subscription
from sites.websub import topics, verbs

Permits = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Verb:
    """A button: what it says, what it asks before, what it says after."""

    label: str
    question: str
    done: str
    permits: Permits
    act: Callable[[int, datetime], bool]


VERBS: Mapping[str, Verb] = {
    "redeliver": Verb(
        "重新发送",
        "将立即向该接收地址重新发送订阅源的最新内容。确认重新发送？",
        "已安排重新发送，结果稍后显示在列表中",
        can_operate,
        lambda pk, now: verbs.redeliver(pk, now=now),
    ),
    "end": Verb(
        "终止",
        "终止后不再向该接收地址推送，并通知对方；对方可以重新订阅。确认终止？",
        "已终止该订阅，系统将通知对方",
        can_run_outlets,
        lambda pk, now: verbs.terminate(pk, now=now),
    ),
    "sha1": Verb(
        "改用 SHA-1 签名",
        "仅供只认 SHA-1 签名的旧系统使用，安全性低于 SHA-256。确认改用 SHA-1？",
        "已改用 SHA-1 签名",
        can_run_outlets,
        lambda pk, now: verbs.sign_with(pk, Algorithm.SHA1, now=now),
    ),
    "sha256": Verb(
        "改用 SHA-256 签名",
        "今后的推送以 SHA-256 签名。确认改用？",
        "已改用 SHA-256 签名",
        can_run_outlets,
        lambda pk, now: verbs.sign_with(pk, Algorithm.SHA256, now=now),
    ),
}
LOG_ACTIONS = {f"websub.{name}": f"推送订阅：{verb.label}" for name, verb in VERBS.items()}


def may_look(user: Any) -> bool:
    return can_operate(user) or can_run_outlets(user)


class ButtonsColumn(Column):
    """What the user may do about the row."""

    def get_value(self, row: Subscription) -> Subscription:
        return row

    def get_cell_context_data(self, row: Subscription, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(row, parent_context)
        user = parent_context["request"].user
        links = [
            (verb.label, reverse(f"websub_desk:{name}", args=[row.pk]))
            for name, verb in offered(row)
            if verb.permits(user)
        ]
        context["value"] = format_html_join(
            " ", '<a class="button button-small button-secondary" href="{1}">{0}</a>', links
        )
        return context


def offered(row: Subscription) -> list[tuple[str, Verb]]:
    """Nothing for what has ended; of the two signatures the other one, where there is a secret."""
    if row.ended or row.expires_at <= timezone.now():
        return []
    other = {Algorithm.SHA256: "sha1", Algorithm.SHA1: "sha256"}[Algorithm(row.algorithm)]
    names = ["redeliver", "end", *([other] if row.sealed else [])]
    return [(name, VERBS[name]) for name in names]


def _moment(field: str, label: str) -> Column:
    """Wagtail's own column says 刚刚 of everything that lies ahead."""

    def shown(row: Subscription) -> str:
        moment = getattr(row, field)
        return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""

    return Column(field, label=label, accessor=shown, sort_key=field)


class SubscriptionsView(generic.IndexView):
    """Callbacks may carry keys: the list shows their hosts."""

    model = Subscription
    page_title = "推送订阅"
    header_icon = "rotate"
    index_url_name = "websub_desk:subscriptions"
    index_results_url_name = "websub_desk:subscription_results"
    any_permission_required = None
    search_fields = ["callback_host", "topic"]
    paginate_by = 50
    default_ordering = ["ended", "-failures", "callback_host", "topic"]
    columns = [
        Column("topic", label="订阅内容", accessor=lambda row: topics.path_of(row.topic) or row.topic, sort_key="topic"),
        Column("callback_host", label="接收主机", sort_key="callback_host"),
        Column("state", label="状态", accessor=lambda row: state(row, timezone.now())),
        _moment("expires_at", "租期截止"),
        _moment("sent_at", "最近送达"),
        Column("failures", label="连续失败", accessor=lambda row: row.failures or "", sort_key="failures"),
        _moment("due_at", "下次发送"),
        ButtonsColumn("buttons", label="操作"),
    ]  # fmt: skip

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(may_look(request.user))
        return super().dispatch(request, *args, **kwargs)


def state(row: Subscription, now: datetime) -> SafeString:
    """A word with a sign, and why."""
    if row.ended:
        word, why = "– 已结束", Ending(row.ended).label
    elif row.expires_at <= now:
        word, why = "– 已结束", "租期届满，对方未续订"
    elif row.failures:
        word, why = "! 未送达", row.message
    elif row.due_at:
        word, why = "◷ 待发送", ""
    else:
        word, why = "✓ 正常", ""
    return format_html('<span class="w-status">{}</span> {}', word, why)


def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Asks first, does it on POST."""
    verb = VERBS[name]
    require(verb.permits(request.user))
    row = get_object_or_404(Subscription, pk=pk)
    back = reverse(SubscriptionsView.index_url_name)
    if request.method != "POST":
        context = {"row": row, "verb": verb, "back": back, "path": topics.path_of(row.topic) or row.topic}
        return TemplateResponse(request, "sites/admin/subscription_act.html", context)
    if verb.act(pk, timezone.now()):
        log(row, f"websub.{name}", user=request.user)
        messages.success(request, verb.done)
    else:
        messages.error(request, "该订阅已经结束，未作改动")
    return redirect(back)


app_name = "websub_desk"
urlpatterns = [
    path("", SubscriptionsView.as_view(), name="subscriptions"),
    path("results/", SubscriptionsView.as_view(results_only=True), name="subscription_results"),
    *(path(f"<int:pk>/{name}/", act, {"name": name}, name=name) for name in VERBS),
]
