"""One item: its outlets and editions; and its two grave actions, 撤稿 and 更正."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET
from django.views.generic.edit import FormMixin
from wagtail import hooks
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.log_actions import log

from channels.models import Item, Outlet, WithdrawalKind
from channels.wechat.accounts import CHANNEL
from cms import publishing
from cms.dashboard import charts, dossier, withdrawal
from cms.dashboard.forms import CorrectForm, WithdrawForm
from cms.dashboard.views.base import DeskView
from cms.dashboard.wechat.base import makes_codes
from cms.models import ContentPage
from cms.permissions import can_correct, can_run_outlets, can_withdraw, require


class ItemView(DeskView):
    """稿件档案: every outlet, every edition."""

    page_title = "稿件档案"
    template_name = "cms/desk/item.html"
    trail = (("发布矩阵", "desk:matrix"),)

    @cached_property
    def item(self) -> Item:
        return get_object_or_404(Item.objects.select_related("current"), pk=self.kwargs["content_id"])

    @cached_property
    def page(self) -> ContentPage | None:
        return dossier.page_of(self.item.content_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            item=self.item,
            page=self.page,
            lines=dossier.of_item(self.item.content_id),
            editions=dossier.editions(self.item),
            readings=charts.readings(self.item.content_id),
            can_withdraw=can_withdraw(self.request.user, self.page),
            can_correct=can_correct(self.request.user, self.page),
            accounts=self._accounts(),
            # What other packages know of the item; each hook gives HTML, or nothing.
            panels=[hook(self.request, self.item) for hook in hooks.get_hooks("desk_item_panel")],
            **kwargs,
        )

    def _accounts(self) -> list[Outlet]:
        """The official accounts that can make a code for this item: the platform lets service accounts only."""
        if not can_run_outlets(self.request.user) or self.item.current is None:
            return []
        return [outlet for outlet in Outlet.objects.active().filter(channel=CHANNEL) if makes_codes(outlet)]


class ItemActionView(FormMixin, ItemView):
    """A confirmation page: GET shows what will happen, POST does it."""

    http_method_names = ["get", "post"]
    template_name = "cms/desk/action.html"

    def allowed(self) -> bool:
        raise NotImplementedError

    @property
    def user(self) -> AbstractBaseUser:
        """Somebody signed in: the admin lets nobody else through."""
        return cast("AbstractBaseUser", self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(self.allowed())
        if self.item.withdrawn_at:
            messages.error(request, "此稿已撤稿")
            return redirect(self.back())
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        form = self.get_form()
        return (
            self.form_valid(form)
            if form.is_valid()
            else self.render_to_response(self.get_context_data(form=form))
        )

    def back(self) -> str:
        return get_valid_next_url_from_request(self.request) or reverse(
            "desk:item", args=[self.item.content_id]
        )


class WithdrawView(ItemActionView):
    page_title = "撤稿"
    header_icon = "bin"
    form_class = WithdrawForm

    def allowed(self) -> bool:
        return can_withdraw(self.request.user, self.page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            impact=withdrawal.impact(self.item.content_id),
            submit="确认撤稿",
            grave=True,
            back=self.back(),
            **kwargs,
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        publishing.withdraw(
            self.page or self.item.content_id,
            kind=WithdrawalKind(form.cleaned_data["kind"]),
            reason=form.cleaned_data["reason"],
            replacement_url=form.cleaned_data["replacement_url"],
            user=self.user,
        )
        if self.page is not None:
            log(
                self.page.specific,
                "desk.withdraw",
                user=self.request.user,
                data={"text": form.cleaned_data["reason"]},
            )
        messages.success(self.request, f"已撤稿《{self.item.headline}》，各终端的撤下情况见撤稿台账")
        return redirect(self.back())


class CorrectView(ItemActionView):
    page_title = "更正"
    header_icon = "edit"
    form_class = CorrectForm

    def allowed(self) -> bool:
        return can_correct(self.request.user, self.page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submit="开始更正", grave=False, back=self.back(), **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        page = publishing.start_correction(
            cast("ContentPage", self.page).specific,  # allowed() is False without one
            note=form.cleaned_data["note"],
            major=form.cleaned_data["major"] == "major",
            user=self.user,
        )
        log(page, "desk.correct", user=self.request.user, data={"text": form.cleaned_data["note"]})
        messages.success(self.request, "请修改稿件后提交审核；签发后各终端更新，并显示更正说明")
        return redirect("wagtailadmin_pages:edit", page.pk)


@require_GET
def page_action(request: HttpRequest, page_id: int, action: str) -> HttpResponse:  # noqa: ARG001
    """From a page in Wagtail's lists to the same action on its item. 404 for what was never signed."""
    page = get_object_or_404(ContentPage, pk=page_id)
    item = get_object_or_404(Item, pk=page.content_id)
    return redirect(f"desk:{action}", item.content_id)
