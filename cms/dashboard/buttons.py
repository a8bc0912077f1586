"""撤稿 and 更正 in the header of an item's own pages and in Wagtail's lists of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from channels.models import Item
from cms.models import ContentPage
from cms.permissions import can_correct, can_withdraw


def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:  # noqa: ARG001
    """One query, and only for an item that is live: the rest has nothing to take back."""
    if not isinstance(page, ContentPage) or not page.live:
        return
    if not Item.objects.filter(content_id=page.content_id, withdrawn_at=None).exists():
        return
    if can_correct(user, page):
        yield Button(
            "更正", url=reverse("desk:correct", args=[page.content_id]), icon_name="edit", priority=5
        )
    if can_withdraw(user, page):
        yield Button(
            "撤稿", url=reverse("desk:withdraw", args=[page.content_id]), icon_name="bin", priority=6
        )
    yield Button("稿件档案", url=reverse("desk:item", args=[page.content_id]), icon_name="grid", priority=7)


def listing_buttons(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:  # noqa: ARG001
    """Costs no query a row: the address names the page, and the item is looked up when it is followed."""
    if not isinstance(page, ContentPage) or not page.live:
        return
    if can_correct(user, page):
        yield Button(
            "更正", url=reverse("desk:page_action", args=[page.pk, "correct"]), icon_name="edit", priority=11
        )
    if can_withdraw(user, page):
        yield Button(
            "撤稿", url=reverse("desk:page_action", args=[page.pk, "withdraw"]), icon_name="bin", priority=12
        )
