"""What the message box adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.enquiries import rights
from sites.enquiries.days import HolidayViewSet
from sites.enquiries.panel import EnquiriesMenuItem, EnquiriesPanel


@hooks.register("register_admin_urls")
def enquiry_urls() -> list[URLResolver]:
    return [path("enquiries/", include("sites.enquiries.desk"))]


@hooks.register("register_admin_menu_item")
def enquiries_menu_item() -> MenuItem:
    return EnquiriesMenuItem(
        "留言", reverse("enquiries_desk:index"), name="enquiries", icon_name="mail", order=55
    )


@hooks.register("register_admin_viewset")
def holiday_viewset() -> HolidayViewSet:
    return HolidayViewSet()


@hooks.register("construct_homepage_panels")
def enquiries_panel(request: HttpRequest, panels: list[Any]) -> None:
    if rights.may_handle(request.user):
        panels.append(EnquiriesPanel())


@hooks.register("register_permissions")
def enquiry_permissions() -> QuerySet[Permission]:
    return rights.registered()
