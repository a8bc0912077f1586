"""What the public side adds to Wagtail's admin: 体检 with its links and reports, sites, subscriptions, scans, trusted hosts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.inspection import admin as inspection
from sites.inspection.panel import InspectionPanel
from sites.leaving.admin import AllowedDomainViewSet
from sites.linkcheck import admin as linkcheck
from sites.making import closing
from sites.making.desk import may_make
from sites.shortlinks import admin as shortlinks
from sites.websub import admin


class SubscriptionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return admin.may_look(request.user)


@hooks.register("register_admin_urls")
def subscription_urls() -> list[URLResolver]:
    return [path("subscriptions/", include("sites.websub.admin"))]


@hooks.register("register_admin_urls")
def inspection_urls() -> list[URLResolver]:
    return [
        path("inspection/", include("sites.inspection.admin")),
        path("inspection/links/", include("sites.linkcheck.admin")),
    ]


@hooks.register("register_admin_menu_item")
def inspection_menu_item() -> MenuItem:
    return MenuItem("体检", reverse("inspection_desk:today"), name="inspection", icon_name="pick", order=55)


@hooks.register("register_admin_viewset")
def watch_words() -> linkcheck.WatchWordViewSet:
    return linkcheck.WatchWordViewSet()


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, panels: list[Any]) -> None:  # noqa: ARG001
    panels.append(InspectionPanel())


@hooks.register("register_hub_menu_item")
def subscriptions_menu_item() -> MenuItem:
    return SubscriptionsMenuItem(
        "推送订阅", reverse("websub_desk:subscriptions"), name="subscriptions", icon_name="rotate", order=-3
    )


class SitesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_make(request.user)


@hooks.register("register_admin_urls")
def site_urls() -> list[URLResolver]:
    return [path("hosted/", include("sites.making.desk"))]


@hooks.register("register_admin_menu_item")
def sites_menu_item() -> MenuItem:
    return SitesMenuItem("站点", reverse("sites_desk:index"), name="hosted", icon_name="site", order=58)


@hooks.register("register_admin_viewset")
def allowed_domains() -> AllowedDomainViewSet:
    return AllowedDomainViewSet()


@hooks.register("register_admin_urls")
def scan_urls() -> list[URLResolver]:
    return [path("shortlinks/", include("sites.shortlinks.admin"))]


@hooks.register("register_hub_menu_item")
def scans_menu_item() -> MenuItem:
    return MenuItem("扫码统计", reverse("shortlinks_desk:scans"), name="scans", icon_name="link", order=-2)


hooks.register("desk_item_panel", shortlinks.panel)


@hooks.register("register_permissions")
def allowed_domain_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="leaving")


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """`actions` is Wagtail's LogActionRegistry."""
    found = {**admin.LOG_ACTIONS, **inspection.LOG_ACTIONS, **linkcheck.LOG_ACTIONS, **closing.LOG_ACTIONS}
    for action, label in found.items():
        actions.register_action(action, label, label)
