"""自动回复: keyword replies, the welcome and the default reply, and a place to try them out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.log_actions import log

from channels.wechat import answering, callback_address
from channels.wechat.models import Greeting, KeywordReply
from cms.dashboard.wechat.base import AccountPage
from cms.dashboard.wechat.forms import GreetingForm, ReplyForm


class RepliesView(AccountPage):
    page_title = "自动回复"
    tab = "replies"
    template_name = "cms/desk/wechat/replies.html"
    verbs = {"greet": "greet", "remove": "remove"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = self.request.GET.get("try", "").strip()[:1000]
        kwargs.setdefault("form", GreetingForm(instance=self.greeting))
        return super().get_context_data(
            rows=KeywordReply.objects.filter(outlet=self.outlet).select_related("item"),
            said=said,
            reply=answering.try_out(self.outlet, said, now=timezone.now()) if said else None,
            callback=callback_address.address(self.outlet),
            listens=callback_address.is_set_up(self.outlet),
            **kwargs,
        )

    @property
    def greeting(self) -> Greeting:
        return Greeting.objects.filter(outlet=self.outlet).first() or Greeting(outlet=self.outlet)

    def greet(self) -> HttpResponseBase:
        form = GreetingForm(self.request.POST, instance=self.greeting)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        form.save()
        log(self.outlet, "wechat.replies", user=self.request.user, data={"text": "欢迎语和默认回复"})
        messages.success(self.request, "已保存，关注者下次发来消息时生效")
        return self.again()

    def remove(self) -> HttpResponseBase:
        pk = self.request.POST.get("pk", "")
        rows = KeywordReply.objects.filter(outlet=self.outlet, pk=int(pk) if pk.isdecimal() else 0)
        for row in rows:
            row.delete()
            log(self.outlet, "wechat.replies", user=self.request.user, data={"text": f"删除“{row.words}”"})
            messages.success(self.request, f"已删除“{row.words}”的回复")
        return self.again()


class ReplyView(AccountPage):
    """One keyword reply, new or not."""

    page_title = "关键词回复"
    tab = "replies"
    template_name = "cms/desk/wechat/reply.html"
    verbs = {"save": "save"}

    @cached_property
    def row(self) -> KeywordReply:
        if "pk" not in self.kwargs:
            return KeywordReply(outlet=self.outlet)
        return get_object_or_404(KeywordReply, outlet=self.outlet, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ReplyForm(instance=self.row, outlet=self.outlet))
        return super().get_context_data(back=self.back, **kwargs)

    @property
    def back(self) -> str:
        return reverse("desk:wechat_replies", args=[self.outlet.slug])

    def save(self) -> HttpResponseBase:
        form = ReplyForm(self.request.POST, instance=self.row, outlet=self.outlet)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        row = form.save()
        log(self.outlet, "wechat.replies", user=self.request.user, data={"text": f"设置“{row.words}”"})
        messages.success(self.request, f"已保存“{row.words}”的回复")
        return redirect(self.back)
