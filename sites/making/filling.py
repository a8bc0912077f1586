"""What a new site shows on its first day: recent items that its rules aim at it, as if they were signed today.

A new site would be empty until the next signature, and empty columns fail an inspection.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from channels import outbox
from channels.models import Item, Outlet
from cms.models import ContentPage
from cms.targeting import targets_for

RECENT = timedelta(days=90)
ITEMS_MAX = 100
"""Newest first; each costs a few statements of the one request that makes the site."""


def fill(outlet: Outlet, *, now: datetime) -> int:
    """Places them; returns how many. Items that are withdrawn, over, or have no page any more are left out."""
    recent = Item.objects.filter(withdrawn_at=None, first_published_at__gt=now - RECENT).exclude(current=None)
    lasting = recent.exclude(expires_at__lte=now).order_by("-first_published_at")
    ids = list(lasting.values_list("content_id", flat=True)[:ITEMS_MAX])
    count = 0
    for page in ContentPage.objects.live().filter(content_id__in=ids).specific():
        for target in targets_for(page):
            if target.outlet_id == outlet.pk:
                outbox.add(page.content_id, target, now=now)
                count += 1
    return count
