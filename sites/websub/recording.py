"""Writes down what calls brought. Whoever has lost his claim meanwhile has nothing to say any more."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from channels.answers import retry_after
from channels.contract import Answer
from channels.errors import ChannelError, Remedy
from sites.models import Ending, Subscription, SubscriptionRequest
from sites.websub import confirming
from sites.websub.calls import Call, Delivery, Denial, Verification, is_success

logger = logging.getLogger(__name__)

BACKOFF, BACKOFF_MAX = 10.0, 3600.0
"""Seconds after the first failure, doubled with every further one, and the longest."""
TRIES_MAX = 3
"""For what is asked or told once: a callback that cannot be reached then is not asked again."""
GONE = 410


@dataclass(frozen=True, slots=True)
class Result:
    """What a call brought: an answer, or the reason why there is none. `chance` (0 to 1) spreads retries."""

    call: Call
    answer: Answer | None
    error: ChannelError | None
    chance: float


@transaction.atomic
def record(results: Sequence[Result], now: datetime) -> None:
    for result in results:
        match result.call:
            case Verification():
                _verified(result, result.call, now)
            case Delivery():
                _delivered(result, result.call, now)
            case Denial():
                _told(result, result.call.row, now)


def _verified(result: Result, call: Verification, now: datetime) -> None:
    answer, request = result.answer, call.request
    if answer is not None and call.is_confirmed(answer.status, answer.body):
        confirming.confirm(request, now)
    elif answer is None and _may_try_again(result, request):
        _put_off(result, request, now)
    else:
        confirming.drop(request)
        why = result.error.message if result.error else f"{answer.status if answer else ''}"
        logger.info("websub: %s did not confirm to %s: %s", request.callback_host, request.mode, why)


def _told(result: Result, row: Subscription | SubscriptionRequest, now: datetime) -> None:
    if result.answer is None and _may_try_again(result, row):
        _put_off(result, row, now)
    elif isinstance(row, SubscriptionRequest):
        confirming.drop(row)
    else:
        _mine(row).update(due_at=None, claimed_by="", claimed_until=None)


def _delivered(result: Result, call: Delivery, now: datetime) -> None:
    answer, row, tag = result.answer, call.subscription, call.document.outline.etag
    mine = Subscription.objects.filter(pk=row.pk, claimed_by=row.claimed_by)
    if answer is not None and is_success(answer.status):
        mine.update(
            sent=tag, sent_at=now, failures=0, message="", claimed_by="", claimed_until=None,
            due_at=Case(When(wanted=tag, then=Value(None)), default=Value(now)),
        )  # fmt: skip
    elif answer is not None and answer.status == GONE:
        mine.update(
            ended=Ending.GONE, ended_at=now, due_at=None, claimed_by="", claimed_until=None,
            message="接收地址答复已停用（410），订阅随之结束",
        )  # fmt: skip
    else:
        # A document that has become newer meanwhile is tried at once: it may be a withdrawal.
        later = now + _pause(result, row.failures + 1)
        mine.update(
            failures=F("failures") + 1, message=_why(result), claimed_by="", claimed_until=None,
            due_at=Case(When(wanted=tag, then=Value(later)), default=Value(now)),
        )  # fmt: skip


def _may_try_again(result: Result, row: Subscription | SubscriptionRequest) -> bool:
    """Only what time may heal, and a few times."""
    heals = result.error is not None and result.error.remedy == Remedy.RETRY
    return heals and row.failures + 1 < TRIES_MAX


def _put_off(result: Result, row: Subscription | SubscriptionRequest, now: datetime) -> None:
    _mine(row).update(
        failures=F("failures") + 1,
        due_at=now + _pause(result, row.failures + 1),
        claimed_by="",
        claimed_until=None,
    )


def _mine(row: Subscription | SubscriptionRequest) -> QuerySet[Subscription] | QuerySet[SubscriptionRequest]:
    return type(row)._default_manager.filter(pk=row.pk, claimed_by=row.claimed_by)


def _pause(result: Result, failures: int) -> timedelta:
    seconds: float = min(BACKOFF * 2 ** min(failures - 1, 20), BACKOFF_MAX) * (0.75 + 0.5 * result.chance)
    asked = retry_after(result.answer.headers) if result.answer else None
    return timedelta(seconds=max(seconds, asked or 0.0))


def _why(result: Result) -> str:
    if result.answer is not None:
        return f"接收地址答复 {result.answer.status}，未予接收，系统将自动重试"
    return result.error.message if result.error else ""
