"""Changes of what documents say beside their items: names, addresses, colours. Django's signals, as hints.

What no signal tells (an UPDATE by hand) is seen at the documents' next outline, within a minute.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail import signals
from wagtail.models import Site

from channels import changes
from channels.models import Outlet


def connect() -> None:
    """Attach the receivers; called once by SitesConfig.ready."""
    from cms.models import Column, Unit
    from sites.models import ColumnIndex, SavedEmbed, SavedFeed, SiteHome

    for model in (Outlet, Site, Column, Unit, SiteHome, ColumnIndex, SavedFeed, SavedEmbed):
        for signal in (post_save, post_delete):
            signal.connect(on_change, sender=model, dispatch_uid=f"serving.{model.__name__}")
    signals.post_page_move.connect(on_move, dispatch_uid="serving.moved")


def on_change(raw: bool = False, **_: Any) -> None:
    if not raw:  # a fixture that is being loaded
        changes.touch()


def on_move(instance: Any, **_: Any) -> None:
    from cms.models import ContentPage

    if not isinstance(instance.specific, ContentPage):
        changes.touch()
