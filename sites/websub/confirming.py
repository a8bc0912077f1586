"""What a confirmed request changes. Only here do subscriptions come into being; before, nothing has changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sites.models import Ending, Mode, Subscription, SubscriptionRequest
from sites.models.subscription import SubscriptionQuerySet


def confirm(request: SubscriptionRequest, now: datetime) -> None:
    """The callback has said yes. Does nothing if a later request has taken this one's place."""
    if not drop(request):
        return
    if request.mode == Mode.SUBSCRIBE:
        _subscribe(request, now)
    else:
        live = Subscription.objects.live(now).filter(topic=request.topic, callback=request.callback)
        end(live, Ending.UNSUBSCRIBED, now)


def drop(request: SubscriptionRequest) -> bool:
    """Forget a request that is settled; False if it was not the caller's any more."""
    mine = SubscriptionRequest.objects.filter(pk=request.pk, claimed_by=request.claimed_by)
    return bool(mine.delete()[0])


def end(rows: SubscriptionQuerySet, why: Ending, now: datetime) -> int:
    """No more calls; a notice where the subscriber does not know. Returns how many ended."""
    return rows.update(
        ended=why,
        ended_at=now,
        due_at=now if why in Ending.told() else None,
        failures=0,
        message="",
        claimed_by="",
        claimed_until=None,
    )


def _subscribe(request: SubscriptionRequest, now: datetime) -> None:
    """A renewal takes over secret and lease; what has been sent stays, so whoever was away gets what he has missed."""
    granted = {
        "sealed": request.sealed,
        "lease_seconds": request.lease_seconds,
        "expires_at": now + timedelta(seconds=request.lease_seconds),
    }
    begun = {
        **granted,
        "callback_host": request.callback_host,
        "subscribed_at": now,
        "wanted": request.baseline,
        "sent": request.baseline,
    }
    known = Subscription.objects.filter(topic=request.topic, callback=request.callback)
    if known.filter(ended="").update(**granted):
        return
    if not known.update(**begun, ended="", ended_at=None, due_at=None, failures=0, message=""):
        Subscription.objects.create(topic=request.topic, callback=request.callback, **begun)
