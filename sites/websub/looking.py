"""Looks whether the subscribed topics have changed, and marks who has to get what is new.

Marks are made one process after the other, each with documents read after the one before: so `wanted` never goes back
to an older document, and whoever sends what is wanted never sends an old one after a newer one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from channels import changes
from sites.models import Ending, Subscription
from sites.serving.documents import Document, Shelf
from sites.websub import confirming, topics

logger = logging.getLogger(__name__)

LOCK = 0x5745425355420001
"""PostgreSQL's advisory lock of those who mark. On SQLite every transaction that may write is alone anyway."""


def look(shelf: Shelf, now: datetime) -> Mapping[str, Document]:
    """The newest documents of all topics with a live subscription; whoever lacks one is due now."""
    wanted = _wanted(now)
    found = _documents({topic for topic, _ in wanted}, shelf, now)
    if all(topic in found and found[topic].outline.etag == tag for topic, tag in wanted):
        return found
    return _mark(shelf, now)


@transaction.atomic
def _mark(shelf: Shelf, now: datetime) -> Mapping[str, Document]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    wanted = _wanted(now)
    asked = {topic for topic, _ in wanted}
    found = _documents(asked, shelf, now)  # made by the look before, unless something has changed in between
    for topic in asked - set(found):
        _end(topic, now)
    for topic, tag in wanted:
        if topic in found and found[topic].outline.etag != tag:
            lacking = Subscription.objects.live(now).filter(topic=topic, wanted=tag)
            lacking.update(wanted=found[topic].outline.etag, due_at=now)
    return found


def _wanted(now: datetime) -> set[tuple[str, str]]:
    """(topic, tag). What lies at another address than ours (PUBLIC_URL was changed) is left to run out."""
    pairs = Subscription.objects.live(now).values_list("topic", "wanted").order_by().distinct()
    return {(topic, tag) for topic, tag in pairs if topics.path_of(topic)}


def _documents(asked: Iterable[str], shelf: Shelf, now: datetime) -> dict[str, Document]:
    stamp = changes.stamp()
    found = {topic: topics.document_of(topic, shelf, stamp, now) for topic in asked}
    return {topic: document for topic, document in found.items() if document}


def _end(topic: str, now: datetime) -> None:
    number = confirming.end(Subscription.objects.live(now).filter(topic=topic), Ending.TOPIC_GONE, now)
    logger.info("websub: %s is gone, %s subscriptions end", topic, number)
