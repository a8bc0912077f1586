"""What the hub adds to Wagtail's admin: the desk, its menu, its buttons and its panels."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms import permissions
from cms.dashboard import drill_strip, journal
from cms.dashboard.buttons import header_buttons, listing_buttons
from cms.dashboard.home import DeskPanel
from cms.dashboard.side_panel import ItemViewSet
from cms.dashboard.viewsets import HubGroup


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


@hooks.register("register_hub_menu_item")
def pulls_menu_item() -> MenuItem:
    return MenuItem("取用情况", reverse("desk:pulls"), name="pulls", icon_name="download", order=-8)


@hooks.register("register_hub_menu_item")
def accounts_menu_item() -> MenuItem:
    return MenuItem(
        "微信公众号", reverse("desk:wechat_accounts"), name="wechat", icon_name="comment", order=-5
    )


@hooks.register("register_hub_menu_item")
def pushes_menu_item() -> MenuItem:
    return MenuItem(
        "公众号推送", reverse("desk:wechat_pushes_home"), name="pushes", icon_name="mail", order=-4
    )


@hooks.register("insert_global_admin_css")
def drill_stylesheet() -> SafeString:
    return drill_strip.stylesheet()


@hooks.register("insert_global_admin_js")
def drill_banner() -> SafeString:
    """The one hook whose output stands in the body of every page, before its content."""
    return drill_strip.strip()


@hooks.register("register_admin_viewset")
def hub_viewsets() -> HubGroup:
    return HubGroup()


@hooks.register("register_permissions")
def desk_permissions() -> QuerySet[Permission]:
    return permissions.registered()


@hooks.register("register_admin_viewset")
def item_viewset() -> ItemViewSet:
    return ItemViewSet()


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, panels: list[Any]) -> None:  # noqa: ARG001
    panels.append(DeskPanel())


@hooks.register("construct_homepage_summary_items", order=1000)
def home_summary(request: HttpRequest, items: list[Any]) -> None:  # noqa: ARG001
    """How many pages and pictures there are helps nobody; the desk's panel takes the place."""
    items.clear()


hooks.register("register_page_header_buttons", header_buttons)
hooks.register("register_page_listing_more_buttons", listing_buttons)
hooks.register("register_log_actions", journal.register)
