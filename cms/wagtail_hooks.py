"""What the hub adds to Wagtail's admin: the desk, its menu, its buttons and its panels."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms import permissions
from cms.dashboard.viewsets import HubGroup

LOG_ACTIONS = {
    "desk.withdraw": ("撤稿", "撤稿"),
    "desk.correct": ("更正", "开始更正"),
    "desk.retry": ("重试", "要求重试投递"),
    "desk.release": ("放行", "放行暂缓的投递"),
    "desk.confirm": ("交办完成", "提交交办地址"),
    "desk.confirm_withdrawn": ("已撤下确认", "确认已在终端撤下"),
    "desk.sign_off": ("人工确认", "人工确认终端现状"),
    "desk.refuse": ("拒用", "终端拒用"),
    "desk.pause": ("暂停", "暂停终端"),
    "desk.resume": ("恢复", "恢复终端"),
    "desk.retire": ("停用", "停用终端"),
}


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern | URLResolver]:
    return [path("desk/", include("cms.dashboard.urls"))]


@hooks.register("register_admin_menu_item")
def matrix_menu_item() -> MenuItem:
    return MenuItem("发布矩阵", reverse("desk:matrix"), name="matrix", icon_name="grid", order=50)


@hooks.register("register_hub_menu_item")
def asking_menu_item() -> MenuItem:
    return MenuItem("待办", reverse("desk:asking"), name="asking", icon_name="tasks", order=-30)


@hooks.register("register_hub_menu_item")
def ledger_menu_item() -> MenuItem:
    return MenuItem("撤稿台账", reverse("desk:ledger"), name="ledger", icon_name="bin", order=-20)


@hooks.register("register_hub_menu_item")
def handoff_menu_item() -> MenuItem:
    return MenuItem("交办台", reverse("desk:handoff"), name="handoff", icon_name="clipboard-list", order=-10)


@hooks.register("register_admin_viewset")
def hub_viewsets() -> HubGroup:
    return HubGroup()


@hooks.register("register_permissions")
def desk_permissions() -> QuerySet[Permission]:
    return permissions.registered()


@hooks.register("register_log_actions")
def desk_log_actions(actions: Any) -> None:
    """Wagtail's history shows what people did at the desk, in their words."""
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)
