"""关注者与订阅: what followers may choose, and how many have."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from wagtail.log_actions import log

from channels.wechat import interests
from channels.wechat.models import Follower, Interest
from cms.dashboard.wechat.base import AccountPage
from cms.dashboard.wechat.forms import InterestForm
from cms.models import Unit

NAME_MAX = 10


class InterestsView(AccountPage):
    page_title = "关注者与订阅"
    tab = "interests"
    template_name = "cms/desk/wechat/interests.html"
    verbs = {"seed": "seed", "add": "add", "remove": "remove", "settle": "settle"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", InterestForm(outlet=self.outlet))
        followers = Follower.objects.filter(outlet=self.outlet)
        return super().get_context_data(
            rows=interests.counts(self.outlet),
            followers=followers.count(),
            unsettled=followers.filter(unsettled=True).count(),
            **kwargs,
        )

    def seed(self) -> HttpResponseBase:
        units = Unit.objects.filter(kind="street")
        made = interests.seed(
            self.outlet, [(unit.code, (unit.short_name or unit.name)[:NAME_MAX]) for unit in units]
        )
        self._log(f"导入街道 {made} 个")
        messages.success(self.request, f"已导入 {made} 个街道" if made else "街道已全部导入，没有新的街道")
        return self.again()

    def add(self) -> HttpResponseBase:
        form = InterestForm(self.request.POST, outlet=self.outlet)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        row = form.save()
        self._log(f"添加“{row.name}”")
        messages.success(self.request, f"已添加“{row.name}”，关注者回复“我的街道”即可看到")
        return self.again()

    def remove(self) -> HttpResponseBase:
        pk = self.request.POST.get("pk", "")
        row = Interest.objects.filter(outlet=self.outlet, pk=int(pk) if pk.isdecimal() else 0).first()
        if row is not None:
            interests.remove(row)
            self._log(f"删除“{row.name}”")
            messages.success(self.request, f"已删除“{row.name}”，已订阅的关注者将自动取消该标签")
        return self.again()

    def settle(self) -> HttpResponseBase:
        """The same as the task, for somebody who does not want to wait; the view runs outside a transaction."""
        done = interests.settle(self.outlet)
        messages.success(self.request, f"已同步 {done} 位关注者的标签")
        return self.again()

    def _log(self, text: str) -> None:
        log(self.outlet, "wechat.interests", user=self.request.user, data={"text": text})
