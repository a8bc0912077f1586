"""Wagtail's signals, as hints: each only says that something may have changed, publishing looks for itself.

An exception goes up on purpose. Requests are transactions (ATOMIC_REQUESTS), so a publish whose edition cannot be
frozen falls as a whole; outside a transaction the sweep repairs.
"""

from __future__ import annotations

from typing import Any

from wagtail import signals
from wagtail.models import Page


def connect() -> None:
    """Attach the receivers; called once by CmsConfig.ready.

    No sender: `page_unpublished` comes from the base class Page when a schedule expires.
    """
    for signal, receiver in (
        (signals.page_published, on_published),
        (signals.page_unpublished, on_unpublished),
        (signals.post_page_move, on_moved),
    ):
        signal.connect(receiver, dispatch_uid=f"cms.{receiver.__name__}")


def on_published(instance: Page, alias: bool = False, **_: Any) -> None:
    from cms import publishing

    if _is_item(instance) and not alias:
        publishing.release(instance)


def on_unpublished(instance: Page, **_: Any) -> None:
    """Also comes inside a deletion, where the row may still say that it is live: the signal is believed here."""
    from cms import publishing

    item = instance.specific
    if _is_item(item) and not item.alias_of_id:
        publishing.settle_absent(item.content_id)


def on_moved(instance: Page, **_: Any) -> None:
    """Only the item itself. Those below a section that moves send nothing and may be many: the sweep takes them up."""
    from cms import publishing

    if _is_item(instance.specific):
        publishing.release(instance)


def _is_item(page: Page) -> bool:
    from cms.models import ContentPage

    return isinstance(page, ContentPage)
