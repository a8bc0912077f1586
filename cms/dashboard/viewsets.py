"""发布中枢: outlets, routing rules, columns and units, on Wagtail's own lists and forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log

from channels import drills, outbox, trying
from channels.models import Outlet
from channels.rendering import capabilities, channel_choices
from channels.wechat.accounts import CHANNEL
from cms import models
from cms.dashboard import summary
from cms.dashboard.outlet_form import OutletForm, channel_label
from cms.dashboard.views.drill import can_drill
from cms.models.routing import ITEM_TYPE_LABELS
from cms.permissions import can_run_outlets


class OutletIndexView(generic.IndexView):
    """Wagtail's list; the last column says what is wrong."""

    def get_list_more_buttons(self, instance: Outlet) -> list[Button]:
        buttons = super().get_list_more_buttons(instance)
        if can_run_outlets(self.request.user) and instance.retired_at is None:
            url = reverse("desk:pause", args=[instance.pk])
            buttons.append(Button("暂停", url=url, icon_name="no-view", priority=50))
            if can_drill(instance):
                url = reverse("desk:drill", args=[instance.pk])
                buttons.append(Button("演练", url=url, icon_name="warning", priority=51))
        if instance.channel == CHANNEL:
            url = reverse("desk:wechat_account", args=[instance.slug])
            buttons.append(Button("公众号", url=url, icon_name="comment", priority=40))
        return buttons


class OutletCreateView(generic.CreateView):
    """First the channel, then the form that the channel needs."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.channel is None:
            context = {"channels": channel_choices(), "header_title": "添加发布终端"}
            return TemplateResponse(request, "cms/desk/choose_channel.html", context)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.get(request) if self.channel is None else super().post(request, *args, **kwargs)

    @property
    def channel(self) -> str | None:
        asked = self.request.GET.get("channel")
        return asked if asked in dict(channel_choices()) else None

    def get_page_subtitle(self) -> str:
        return f"发布终端（{channel_label(self.channel or '')}）" if self.channel else "发布终端"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "channel": self.channel or ""}

    def get_add_url(self) -> str:
        return f"{super().get_add_url()}?channel={self.channel or ''}"

    def get_success_url(self) -> str:
        """A new account is not known to work before it has been probed."""
        if self.object.channel == CHANNEL:
            return reverse("desk:wechat_account", args=[self.object.slug])
        url: str = super().get_success_url()
        return url

    def get_success_message(self, instance: Outlet) -> str:
        said: str = super().get_success_message(instance)
        return f"{said} 请点“检测”，确认账号可用。" if instance.channel == CHANNEL else said


class OutletRetireView(generic.DeleteView):
    """Stands where Wagtail deletes: the history of an outlet has to stay, so it is taken out of service."""

    page_title = "停用"
    success_message = "已停用%(object)s"

    @property
    def confirmation_message(self) -> str:
        return "停用后不再投放新稿件，已投放的稿件在下次更正时从该终端撤下；投递记录保留，代码不再使用。确认停用？"

    def delete_action(self) -> None:
        outbox.retire(self.object, now=timezone.now())
        log(self.object, "desk.retire", user=self.request.user)


class OutletEditView(generic.EditView):
    """The form, and where the outlet stands."""

    template_name = "cms/desk/outlet_edit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        word, reason = summary.condition(self.object, timezone.now())
        return super().get_context_data(
            outlet=self.object,
            word=word,
            reason=reason,
            channel=channel_label(self.object.channel),
            is_account=self.object.channel == CHANNEL,
            can_drill=can_drill(self.object),
            can_try=trying.is_offered(self.object.channel),
            is_manual=capabilities(self.object).manual,
            drill=drills.of(self.object),
            can_run_outlets=can_run_outlets(self.request.user),
            **kwargs,
        )


def _state(outlet: Outlet) -> SafeString:
    word, reason = summary.condition(outlet, timezone.now())
    sign = "✓" if word == "正常" else "!"
    return format_html('<span class="w-status">{} {}</span> {}', sign, word, reason)


class OutletViewSet(ModelViewSet):
    """Outlets are never deleted, their history hangs on them: they are paused, or retired by an operator."""

    model = Outlet
    name = "outlets"
    icon = "site"
    menu_label = "发布终端"
    copy_view_enabled = False
    add_to_reference_index = False
    index_view_class = OutletIndexView
    add_view_class = OutletCreateView
    edit_view_class = OutletEditView
    delete_view_class = OutletRetireView
    list_per_page = 100
    search_fields = ["name", "slug", "contact"]
    list_display = [
        "name",
        Column(
            "channel", label="渠道", accessor=lambda outlet: channel_label(outlet.channel), sort_key="channel"
        ),
        Column("group", label="矩阵分组", sort_key="group"),
        Column("state", label="状态", accessor=_state),
        DateColumn("last_success_at", label="最近成功", sort_key="last_success_at"),
        Column("contact", label="责任人", accessor=lambda outlet: f"{outlet.contact} {outlet.phone}".strip()),
    ]

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:  # noqa: ARG002
        return OutletForm


class RuleForm(WagtailAdminModelForm):
    """Conditions as check boxes: nothing ticked matches everything."""

    item_types = forms.MultipleChoiceField(
        label="稿件类型",
        required=False,
        choices=[(key.value, label) for key, label in ITEM_TYPE_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="不选则适用于所有类型",
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = models.RoutingRule
        fields = [
            "name",
            "columns",
            "units",
            "item_types",
            "outlets",
            "must_carry",
            "must_carry_hours",
            "enabled",
            "rank",
        ]
        widgets = dict.fromkeys(("columns", "units", "outlets"), forms.CheckboxSelectMultiple)
        help_texts = {
            "columns": "不选则适用于所有栏目",
            "units": "不选则适用于所有单位",
            "must_carry": "勾选后，编辑取消投放须说明理由，终端不能拒用",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outlets"].queryset = Outlet.objects.active().real()
        self.fields["outlets"].required = True


class RuleViewSet(ModelViewSet):
    model = models.RoutingRule
    name = "routing_rules"
    icon = "order"
    menu_label = "分发规则"
    copy_view_enabled = False
    list_display = [
        "name",
        Column("outlets", label="发布终端", accessor=lambda rule: f"{rule.outlets.count()} 个"),
        BooleanColumn("must_carry", label="必转"),
        BooleanColumn("enabled", label="启用"),
        Column("rank", label="排序", sort_key="rank"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:  # noqa: ARG002
        return RuleForm


class ColumnViewSet(ModelViewSet):
    model = models.Column
    name = "columns"
    icon = "folder"
    menu_label = "栏目"
    copy_view_enabled = False
    form_fields = ["name", "code", "description", "rank"]
    list_display = ["name", "code", "rank"]
    search_fields = ["name", "code"]


class TopicViewSet(ModelViewSet):
    model = models.Topic
    name = "topics"
    icon = "tag"
    menu_label = "专题"
    copy_view_enabled = False
    form_fields = ["name", "code", "description", "cover", "closed_on", "rank"]
    list_display = ["name", "code", "closed_on", "rank"]
    search_fields = ["name", "code"]


class UnitViewSet(ModelViewSet):
    model = models.Unit
    name = "units"
    icon = "group"
    menu_label = "单位"
    copy_view_enabled = False
    form_fields = ["name", "short_name", "code", "kind", "phone", "rank"]
    list_display = ["name", "short_name", "kind", "code"]
    list_filter = ["kind"]
    search_fields = ["name", "short_name", "code"]


class HubGroup(ViewSetGroup):
    """The desk's own pages come first, through `submenu_hook`."""

    menu_label = "发布中枢"
    menu_name = "hub"
    menu_icon = "globe"
    menu_order = 60
    submenu_hook = "register_hub_menu_item"
    items = (OutletViewSet, RuleViewSet, ColumnViewSet, TopicViewSet, UnitViewSet)
