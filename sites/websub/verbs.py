"""What people do to subscriptions, and what is asked about them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from sites.models import Algorithm, Ending, Subscription
from sites.websub import confirming


def subscriptions_of(*, callback_host: str = "", feed: str = "") -> QuerySet[Subscription]:
    """Subscriptions, the ended ones included, of one host (with its port where it has one) or of one feed's address."""
    rows = Subscription.objects.all()
    if callback_host:
        rows = rows.filter(callback_host=callback_host.lower())
    return rows.filter(topic=feed) if feed else rows


def redeliver(pk: int, *, now: datetime) -> bool:
    """Send the document as it is now, whatever has been sent. False for a subscription that has ended."""
    return bool(Subscription.objects.live(now).filter(pk=pk).update(due_at=now, failures=0))


def terminate(pk: int, *, now: datetime) -> bool:
    """End it and tell the subscriber. False if it had ended already."""
    return bool(confirming.end(Subscription.objects.live(now).filter(pk=pk), Ending.OPERATOR, now))


def sign_with(pk: int, algorithm: Algorithm, *, now: datetime) -> bool:
    """How deliveries to this subscriber are signed from now on."""
    return bool(Subscription.objects.live(now).filter(pk=pk).update(algorithm=algorithm))


def forget(*, before: datetime) -> int:
    """Delete what ended before, and what ran out before. Returns how many."""
    over = Q(expires_at__lt=before) | Q(ended_at__lt=before)
    return int(Subscription.objects.filter(over).delete()[0])
