"""扫码: codes that lead to an item, to the streets or to the account; made here, printed from here, counted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from channels.errors import ChannelError
from channels.models import Item, Outlet
from channels.wechat import scenes
from channels.wechat.accounts import CHANNEL
from channels.wechat.answering import account_name
from channels.wechat.models import Scene, SceneKind
from cms.dashboard.wechat.base import AccountPage, makes_codes
from cms.dashboard.wechat.forms import SceneForm
from cms.permissions import can_run_outlets, require

LIST_MAX = 200


class ScenesView(AccountPage):
    page_title = "二维码"
    tab = "scenes"
    template_name = "cms/desk/wechat/scenes.html"
    verbs = {"make": "make"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", SceneForm())
        rows = list(Scene.objects.filter(outlet=self.outlet)[: LIST_MAX + 1])
        now = timezone.now()
        return super().get_context_data(
            rows=[(row, scenes.holds(row, now=now)) for row in rows[:LIST_MAX]],
            cut=len(rows) > LIST_MAX,
            can_make=makes_codes(self.outlet),
            **kwargs,
        )

    def make(self) -> HttpResponseBase:
        form = SceneForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        values = form.cleaned_data
        scene = scenes.general_scene(
            self.outlet,
            SceneKind(values["kind"]),
            values["title"],
            permanent=values["permanent"],
            now=timezone.now(),
        )
        log(self.outlet, "wechat.scene", user=self.request.user, data={"text": scene.title})
        return redirect("desk:wechat_scene", self.outlet.slug, scene.pk)


class SceneView(AccountPage):
    """One code, to be printed."""

    page_title = "二维码"
    tab = "scenes"
    template_name = "cms/desk/wechat/scene.html"
    verbs = {"renew": "renew"}

    @cached_property
    def scene(self) -> Scene:
        return get_object_or_404(Scene, outlet=self.outlet, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scene, holds = self.scene, scenes.holds(self.scene, now=timezone.now())
        item = Item.objects.filter(pk=scene.content_id).first() if scene.content_id else None
        return super().get_context_data(
            scene=scene,
            item=item,
            holds=holds,
            account_name=account_name(self.outlet),
            drawing=mark_safe(scenes.drawing(scene)) if holds else "",  # noqa: S308 segno escapes the title
            **kwargs,
        )

    def renew(self) -> HttpResponseBase:
        scenes.renew(self.scene, now=timezone.now())
        messages.success(self.request, "二维码已更新，请重新打印；原来打印的到期后失效")
        return self.again()


@require_POST
def item_code(request: HttpRequest, slug: str, content_id: UUID) -> HttpResponseBase:
    """From an item's page to its code at one account. Runs outside a transaction: the platform is asked."""
    require(can_run_outlets(request.user))
    outlet = get_object_or_404(Outlet.objects.active(), slug=slug, channel=CHANNEL)
    item = get_object_or_404(Item, pk=content_id, current__isnull=False)
    try:
        scene = scenes.scene_for(
            outlet, item, permanent=request.POST.get("permanent") == "1", now=timezone.now()
        )
    except ChannelError as error:
        messages.error(request, error.message)
        return redirect("desk:item", content_id)
    log(outlet, "wechat.scene", user=request.user, data={"text": scene.title})
    return redirect("desk:wechat_scene", slug, scene.pk)
