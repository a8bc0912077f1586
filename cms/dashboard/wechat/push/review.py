"""The second person: confirming a push, and saying what became of one whose outcome is unclear."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from channels.errors import ChannelError
from channels.wechat.models import PushState
from channels.wechat.push import content, verbs
from cms.dashboard.wechat.push import reading
from cms.dashboard.wechat.push.editor import PushPage
from cms.dashboard.wechat.push.forms import NotSentForm, PreviewForm, SentForm
from cms.permissions import can_confirm_push, require

LOOKED = ("job", "draft", "statistics")
"""The system's own looks at the platform, in the order of their weight."""
FINISHED = {"send success": "发送成功", "send fail": "发送失败"}


class ConfirmView(PushPage):
    """Everything that goes out, and whether a preview of exactly this was sent, and by whom."""

    page_title = "推送复核"
    header_icon = "check"
    template_name = "cms/desk/wechat/push_confirm.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        push = self.push
        rows = reading.rows(push)
        return super().get_context_data(
            rows=rows,
            obstacles=verbs.obstacles(push, now=timezone.now()),
            own=self.request.user.get_username() == push.proposed_by,
            open=push.status is PushState.PROPOSED,
            published=[row for row in rows if row.published or row.pushed],
            previews=self._previews(),
            preview=PreviewForm(),
            **kwargs,
        )

    def _previews(self) -> list[Any]:
        """Those of exactly this content that have gone out."""
        try:
            found = content.pieces(self.push)
            digest = content.digest(content.renderings(self.push, found))
        except ChannelError:
            return []
        return list(self.push.previews.filter(digest=digest, sent_at__isnull=False).order_by("sent_at"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        require(can_confirm_push(request.user))
        by, now = request.user.get_username(), timezone.now()
        try:
            push = verbs.confirm(self.push.pk, seen=request.POST.get("seen", ""), by=by, now=now)
        except ValueError as problem:
            messages.error(request, f"未通过：{problem}")
            return redirect("desk:wechat_push_confirm", self.kwargs["slug"], self.push.pk)
        when = "将按排定时间发送" if push.scheduled_at else "约十秒后开始发送"
        messages.success(request, f"复核通过，{when}")
        return redirect("desk:wechat_push", self.kwargs["slug"], push.pk)


class CheckView(PushPage):
    """待核实: the evidence, and the two things that a person may say."""

    page_title = "核实推送结果"
    header_icon = "warning"
    template_name = "cms/desk/wechat/push_check.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        push = self.push
        forms = {"sent": SentForm(push), "not_sent": NotSentForm(), **kwargs}
        within = push.attempted_at and timezone.now() - push.attempted_at < verbs.SAME_MESSAGE
        return super().get_context_data(
            evidence=[
                (datetime.fromisoformat(one["at"]), one["says"])
                for one in (push.evidence.get(name) for name in LOOKED)
                if one
            ],
            finished=[
                {**one, "word": FINISHED.get(one["status"], "未成功")}
                for one in push.evidence.get("finished", [])
            ],
            open=push.status is PushState.UNKNOWN,
            failed=push.status is PushState.FAILED and push.attempts > 0,
            guarded=bool(within),
            events=list(push.events.order_by("-pk")[:30]),
            **forms,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        require(can_confirm_push(request.user))
        sent = "addresses" in request.POST
        form = SentForm(self.push, request.POST) if sent else NotSentForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{"sent" if sent else "not_sent": form}))
        values = {"note": form.cleaned_data["note"], "by": request.user.get_username(), "now": timezone.now()}
        try:
            if isinstance(form, SentForm):
                verbs.checked_sent(self.push.pk, form.addresses(), **values)
                messages.success(request, "已登记为已发出，各稿件随后核对")
            else:
                verbs.checked_not_sent(self.push.pk, **values)
                messages.success(request, "已登记为未发出，系统将再发一次")
        except ValueError as problem:
            messages.error(request, f"未执行：{problem}")
        return redirect("desk:wechat_push", self.kwargs["slug"], self.push.pk)
