"""Changes of what documents say beside their items: names, addresses, colours. Django's signals, as hints.

What no signal tells (an UPDATE by hand) is seen at the documents' next outline, within a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail import signals
from wagtail.models import get_page_models

from channels import changes

SAID = (
    "syndication.Outlet",
    "wagtailcore.Site",
    "wagtailcore.PageViewRestriction",
    "cms.Column",
    "cms.Unit",
    "hosted_sites.SavedFeed",
    "hosted_sites.SavedEmbed",
    "hosted_sites.Closure",
    "leaving.AllowedDomain",
    "cms.Topic",
)
"""Tables that pages or documents are made from, beside items and the tree of pages."""


def connect() -> None:
    """Attach the receivers; called once by SitesConfig.ready."""
    for model in (*map(apps.get_model, SAID), *_structural_pages()):
        for signal in (post_save, post_delete):
            signal.connect(on_change, sender=model, dispatch_uid=f"serving.{model._meta.label}")
    collected = apps.get_model("hosted_sites.ColumnIndex").columns.through  # written after the page itself
    m2m_changed.connect(on_change, sender=collected, dispatch_uid="serving.collected")
    signals.post_page_move.connect(on_move, dispatch_uid="serving.moved")


def on_change(raw: bool = False, **_: Any) -> None:
    if not raw:  # a fixture that is being loaded
        changes.touch()


def on_move(instance: Any, **_: Any) -> None:
    from cms.models import ContentPage

    if not isinstance(instance.specific, ContentPage):
        changes.touch()


def _structural_pages() -> Iterator[type[Model]]:
    """Every type of page but the items': readers see those as they were signed, never as a page."""
    from cms.models import ContentPage

    return (model for model in get_page_models() if not issubclass(model, ContentPage))
