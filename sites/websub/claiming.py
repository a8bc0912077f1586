"""Claims due calls: each is held by one worker until it is done or the claim runs out, no host gets too many at a time."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from sites.models import Ending, Mode, Subscription, SubscriptionRequest
from sites.models.subscription import Addressed
from sites.serving.documents import Document
from sites.websub import topics
from sites.websub.calls import REASONS, Call, Delivery, Denial, Verification

CLAIM = timedelta(seconds=30)
"""Three times what a call may take: a claim runs out under no living worker."""
PER_HOST = 4
"""Calls that one host gets at a time."""

Row = TypeVar("Row", bound=Addressed)


def claim_requests(limit: int, now: datetime) -> list[Call]:
    """Verifications to make; a topic that has gone since is denied."""
    rows = _claim(SubscriptionRequest.objects.all(), limit, now)
    return [_question(row, now) for row in rows]


def claim_subscriptions(limit: int, documents: Mapping[str, Document], now: datetime) -> list[Call]:
    """Documents and notices to send. `documents` are those of the last look."""
    told = Q(ended__in=Ending.told())
    rows = _claim(Subscription.objects.filter(Q(ended="", expires_at__gt=now) | told), limit, now)
    calls: list[Call] = []
    for row in rows:
        document = documents.get(row.topic)
        if row.ended:
            calls.append(Denial(row, REASONS[Ending(row.ended)]))
        elif document is not None and document.outline.etag == row.wanted:
            calls.append(Delivery(row, document))
        else:  # somebody has seen a newer one meanwhile: it is sent after our next look
            _release(row)
    return calls


def _release(row: Subscription) -> None:
    """Give a claim back untouched."""
    Subscription.objects.filter(pk=row.pk, claimed_by=row.claimed_by).update(
        claimed_by="", claimed_until=None
    )


def _question(row: SubscriptionRequest, now: datetime) -> Call:
    if row.mode == Mode.SUBSCRIBE and topics.tag_of(row.topic, now) is None:
        return Denial(row, REASONS[Ending.TOPIC_GONE])
    return Verification(row, secrets.token_urlsafe(32))


def _claim(rows: QuerySet[Row], limit: int, now: datetime) -> list[Row]:
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = rows.filter(free, due_at__lte=now)
    return _taken(due, limit, now) if due.exists() else []


@transaction.atomic
def _taken(due: QuerySet[Row], limit: int, now: datetime) -> list[Row]:
    chosen = _choose(due, limit, _busy(due.model, now))
    if not chosen:
        return []
    owner = uuid.uuid4().hex
    due.filter(pk__in=chosen).update(claimed_by=owner, claimed_until=now + CLAIM)
    return list(due.model._default_manager.filter(pk__in=chosen, claimed_by=owner))


def _busy(model: type[Row], now: datetime) -> Counter[str]:
    held = model._default_manager.filter(claimed_until__gt=now)
    return Counter(held.order_by().values_list("callback_host", flat=True))


def _choose(due: QuerySet[Row], limit: int, busy: Counter[str]) -> list[int]:
    """Those that have not failed first: hosts that are down wait for the others, never the other way round."""
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    chosen: list[int] = []
    full = {host for host, number in busy.items() if number >= PER_HOST}
    while len(chosen) < limit:
        page = due.exclude(callback_host__in=full).exclude(pk__in=chosen)
        wanted = limit - len(chosen)
        found = list(
            page.order_by("failures", "due_at", "pk").values_list("pk", "callback_host")[: wanted * 2]
        )
        before = len(full), len(chosen)
        for pk, host in found:
            if busy[host] < PER_HOST and len(chosen) < limit:
                busy[host] += 1
                chosen.append(pk)
            if busy[host] >= PER_HOST:
                full.add(host)
        if (len(full), len(chosen)) == before:
            break
    return chosen
