"""The address that the platform calls: checked, noted once, answered at once.

The platform waits 5 s, drops the connection and calls again, three times in all, and shows followers a fault when no
answer comes. So nothing here speaks to anybody: reads, one short transaction, and tasks for the rest. A repetition
changes nothing but gets the same reply: the first answer went into a connection that the platform had given up.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels.adapters.wechat_mp.api.callback import (
    BODY_MAX,
    Door,
    Forged,
    MassFinished,
    Message,
    NoReply,
    PublishFinished,
    UnknownEvent,
)
from channels.database import impatient
from channels.errors import ConfigError
from channels.models import Outlet
from channels.wechat import evidence, tasks
from channels.wechat.accounts import CHANNEL
from channels.wechat.answering import Answer, answer
from channels.wechat.models import Notice
from channels.wechat.push import outcome

logger = logging.getLogger(__name__)

PATIENCE = 0.6
"""Seconds that writing a note may wait for another writer; the platform comes again."""


@csrf_exempt
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """`/wechat/<slug>/`. 403 with nothing in it for whatever is not the platform."""
    outlet = get_object_or_404(Outlet.objects.active(), slug=slug, channel=CHANNEL)
    try:
        door = door_of(outlet)
        if request.method == "GET":
            return HttpResponse(door.greet(request.GET.dict()), content_type="text/plain; charset=utf-8")
        return _push(door, outlet, request)
    except (Forged, ConfigError) as error:
        logger.info("%s: push refused: %s", outlet.slug, error)
        return HttpResponse(status=403)


def door_of(outlet: Outlet) -> Door:
    """Raises ConfigError when the account's callback is not set up."""
    secrets = outlet.secrets()
    appid = str(outlet.options.get("appid", "")).strip()
    return Door(secrets.get("callback_token", ""), secrets.get("callback_key", ""), appid)


def _push(door: Door, outlet: Outlet, request: HttpRequest) -> HttpResponse:
    body = request.read(BODY_MAX + 1)
    received = door.read(request.GET.dict(), body, now=time.time(), content_type=request.content_type or "")
    message, now = received.message, timezone.now()
    answered = _handled(outlet, message, now)
    try:
        fresh = note(outlet, message, answered, now=now)
    except OperationalError as error:
        logger.warning("%s: no room to note a push (%s), the platform will repeat it", outlet.slug, error)
        if answered.effect is not None:
            return HttpResponse(status=503)
        fresh = False
    if fresh and answered.tags:
        tasks.soon(tasks.settle_tags, outlet.pk)
    content_type, data = door.close(answered.reply, received, now=time.time())
    return HttpResponse(data, content_type=content_type)


def note(outlet: Outlet, message: Message, answered: Answer, *, now: datetime) -> bool:
    """Write the push down and do what it says, together and once. False for a repetition."""
    key = hashlib.sha256(message.key.encode()).hexdigest()
    with impatient(PATIENCE), transaction.atomic():
        _, fresh = Notice.objects.get_or_create(
            outlet=outlet,
            key=key,
            defaults={"kind": kind_of(message), "received_at": now, "document": _document(message)},
        )
        if fresh and answered.effect is not None:
            answered.effect()
    return fresh


def _handled(outlet: Outlet, message: Message, now: datetime) -> Answer:
    """What followers say is answered; what the platform reports goes to whoever waits for it."""
    told = _REPORTS.get(type(message))
    if told is None:
        return answer(outlet, message, now=now)
    return Answer(NoReply(), lambda: told(outlet, message, now))


def _published(outlet: Outlet, finished: PublishFinished, now: datetime) -> None:
    evidence.published(
        outlet,
        publish_id=finished.publish_id,
        status=finished.status,
        article_id=finished.article_id,
        url=finished.articles[0][1] if finished.articles else "",
        now=now,
    )


def _pushed(outlet: Outlet, finished: MassFinished, now: datetime) -> None:
    outcome.finished(outlet, finished, now=now)


_REPORTS: Mapping[type[Message], Callable[[Outlet, Any, datetime], None]] = {
    PublishFinished: _published,
    MassFinished: _pushed,
}


def kind_of(message: Message) -> str:
    return message.name[:40] if isinstance(message, UnknownEvent) else type(message).__name__


def _document(message: Message) -> dict[str, Any]:
    """What is worth keeping for 30 days, and nothing about a person."""
    match message:
        case PublishFinished(publish_id=publish_id, status=status):
            return {"publish_id": publish_id, "status": status}
        case MassFinished(msg_id=msg_id, status=told):
            return {"msg_id": msg_id, "status": told}
    return {}
