"""What an account's pages share: the account, the tabs, and who may change anything."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property

from channels import drills
from channels.errors import ChannelError
from channels.models import Outlet
from channels.wechat.accounts import CHANNEL
from cms.dashboard.views.base import DeskView
from cms.permissions import can_run_outlets, require


def account(slug: str) -> Outlet:
    """The account behind an address of the desk; 404 for anything else."""
    return get_object_or_404(Outlet, slug=slug, channel=CHANNEL)


def makes_codes(outlet: Outlet) -> bool:
    """Whether it may make QR codes: a verified 服务号 may, nobody else (qrcode/create)."""
    options = outlet.options
    return options.get("kind") == "service" and options.get("verified", "yes") == "yes"


class AccountPage(DeskView):
    """A tab. Whoever may enter the admin may look; `verbs` (the value of `do` -> method) need the right to run outlets."""

    http_method_names = ["get", "post"]
    header_icon = "comment"
    tab = ""
    trail = (("微信公众号", "desk:wechat_accounts"),)
    verbs: ClassVar[dict[str, str]] = {}

    @cached_property
    def outlet(self) -> Outlet:
        return account(self.kwargs["slug"])

    @property
    def may_change(self) -> bool:
        return self.outlet.retired_at is None and can_run_outlets(self.request.user)

    def get_page_subtitle(self) -> str:
        return str(self.outlet.name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            outlet=self.outlet,
            tab=self.tab,
            may_change=self.may_change,
            drill=drills.of(self.outlet),
            can_run_outlets=can_run_outlets(self.request.user),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        require(self.may_change)
        method = self.verbs.get(request.POST.get("do", ""))
        if method is None:
            return self.again()
        try:
            answer: HttpResponseBase = getattr(self, method)()
        except ChannelError as error:
            code = f"（{error.code}）" if error.code else ""
            messages.error(request, f"{error.message}{code}")
            return self.again()
        return answer

    def again(self) -> HttpResponse:
        return redirect(self.request.get_full_path())
