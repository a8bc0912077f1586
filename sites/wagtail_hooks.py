"""What the public side adds to Wagtail's admin: the list of WebSub subscriptions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.websub import admin


class SubscriptionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return admin.may_look(request.user)


@hooks.register("register_admin_urls")
def subscription_urls() -> list[URLResolver]:
    return [path("subscriptions/", include("sites.websub.admin"))]


@hooks.register("register_hub_menu_item")
def subscriptions_menu_item() -> MenuItem:
    return SubscriptionsMenuItem(
        "推送订阅", reverse("websub_desk:subscriptions"), name="subscriptions", icon_name="rotate", order=-3
    )


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """`actions` is Wagtail's LogActionRegistry."""
    for action, label in admin.LOG_ACTIONS.items():
        actions.register_action(action, label, label)
