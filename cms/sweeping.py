"""The sweep: finds what no signal told, and makes it so. Bounded, resumable, and safe beside itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.models import Page, Revision, Site

from channels.errors import ChannelError
from channels.models import Item
from cms import publishing, tree
from cms.models import ContentPage

logger = logging.getLogger(__name__)

BATCH = 200
"""Rows fetched at a time."""

LIMIT = 2000
"""Items mended in one run; the next run takes up the rest."""

EXPECTED = (ChannelError, ValidationError, ValueError, LookupError, OSError, DatabaseError)
"""What one item may fail with while the others go on."""


def sweep(*, limit: int = LIMIT) -> int:
    """Release what is signed and not frozen as it stands, recall what is no longer signed. Returns how many were mended."""
    # Wagtail keeps the list of sites for an hour and tells a change to the process that made it alone.
    Site.clear_site_root_paths_cache()
    mended = 0
    for key, mend in _work():
        if mended >= limit:
            break
        mended += _tried(mend, key)
    return mended


def publish_due(*, now: datetime | None = None) -> int:
    """Publish what is due and expire what is over, each in its own transaction. Returns how many were done.

    Takes the place of Wagtail's `publish_scheduled`, where one bad page stops the whole run.
    """
    now = now or timezone.now()
    due = list(
        Revision.objects.filter(approved_go_live_at__lte=now)
        .order_by("approved_go_live_at", "pk")
        .values_list("pk", flat=True)[:LIMIT]
    )
    over = list(
        Page.objects.filter(live=True, expire_at__lte=now).order_by("pk").values_list("pk", flat=True)[:LIMIT]
    )
    return sum(_tried(lambda pk: _go_live(pk, now), pk) for pk in due) + sum(
        _tried(lambda pk: _expire(pk, now), pk) for pk in over
    )


def unfrozen() -> QuerySet[ContentPage]:
    """Signed items whose newest edition is not of their live revision, or not of their place, or withdrawn."""
    standing = Item.objects.filter(content_id=OuterRef("content_id"), withdrawn_at=None)
    return _signed().filter(
        Q(signed_revision=None)
        | ~Q(signed_revision=Coalesce(F("live_revision_id"), 0))
        | ~Q(signed_place=tree.place())
        | ~Exists(standing)
    )


def orphaned() -> QuerySet[Item]:
    """Items that are wanted somewhere although no signed page stands behind them."""
    page = _signed().filter(content_id=OuterRef("content_id"))
    return Item.objects.filter(withdrawn_at=None).exclude(Exists(page))


def _signed() -> QuerySet[ContentPage]:
    return ContentPage.objects.live().public().filter(alias_of=None)


def _work() -> Iterator[tuple[Any, Callable[[Any], bool]]]:
    for pk in _keys(unfrozen(), "pk"):
        yield pk, _release
    for content_id in _keys(orphaned(), "content_id"):
        yield content_id, _recall


def _keys(rows: QuerySet[Any], key: str) -> Iterator[Any]:
    """Keys in their order, by keyset: one that cannot be mended does not hide those behind it."""
    after: Any = None
    while True:
        page = rows.order_by(key) if after is None else rows.order_by(key).filter(**{f"{key}__gt": after})
        found = list(page.values_list(key, flat=True)[:BATCH])
        yield from found
        if len(found) < BATCH:
            return
        after = found[-1]


def _tried(work: Callable[[Any], bool], key: Any) -> bool:
    try:
        with transaction.atomic():
            return work(key)
    except EXPECTED:
        logger.exception("cannot mend %s, will try again", key)
        return False


def _release(pk: int) -> bool:
    return publishing.release(Page(pk=pk)) is not None


def _recall(content_id: UUID) -> bool:
    if not orphaned().filter(content_id=content_id).exists():
        return False  # published again since it was found
    publishing.settle_absent(content_id)
    return True


def _go_live(pk: int, now: datetime) -> bool:
    revision = Revision.objects.select_for_update().filter(pk=pk, approved_go_live_at__lte=now).first()
    if revision is None:
        return False  # another run was faster
    revision.publish(log_action="wagtail.publish.scheduled", skip_permission_checks=True)
    return True


def _expire(pk: int, now: datetime) -> bool:
    page = Page.objects.select_for_update().filter(pk=pk, live=True, expire_at__lte=now).first()
    if page is None:
        return False
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True
