"""What comes in: a form that asks to subscribe or unsubscribe, checked as far as that needs no call, and noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from django.core.cache import cache

from sites.models import Mode, Subscription, SubscriptionRequest
from sites.models.subscription import TOPIC_MAX
from sites.websub import callbacks, topics
from sites.websub.refusal import Refusal

LEASE = timedelta(days=10)
"""What the Recommendation suggests (5.1)."""
LEASE_MIN, LEASE_MAX = timedelta(minutes=1), timedelta(days=30)
SECRET_BYTES = 200
"""A secret has to be shorter (5.1)."""
FIELDS_MAX = 50
PER_HOST_MAX = 200
"""Subscriptions of one callback host, those that wait for their confirmation included."""
TOTAL_MAX = 20_000
WINDOW_SECONDS = 60
PER_HOST_RATE, TOTAL_RATE = 60, 600
"""Requests a window. Who sends them is not kept: each one makes the hub call the callback's host, so that is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that may be noted."""

    mode: Mode
    topic: str
    callback: str
    host: str
    lease: timedelta
    secret: str
    tag: str


def read(body: bytes, now: datetime) -> Asked:
    """Raises Refusal. Unknown parameters are ignored, as the Recommendation asks."""
    form = _form(body)
    mode = _mode(form)
    callback = form.get("hub.callback", "")
    host = callbacks.host_of(callback)
    topic = form.get("hub.topic", "")
    return Asked(
        mode=mode,
        topic=topic,
        callback=callback,
        host=host,
        lease=_lease(form.get("hub.lease_seconds", "")),
        secret=_secret(form.get("hub.secret", "")),
        tag=_tag(topic, callback, mode, now),
    )


def take(asked: Asked, now: datetime) -> None:
    """Note it for the worker, in place of an earlier one for the same topic and callback. Raises Refusal."""
    _limit_rate(asked.host)
    if asked.mode == Mode.SUBSCRIBE:
        _limit_number(asked, now)
    noted = SubscriptionRequest(
        topic=asked.topic,
        callback=asked.callback,
        callback_host=asked.host,
        lease_seconds=int(asked.lease.total_seconds()),
        mode=asked.mode,
        baseline=asked.tag,
        made_at=now,
        due_at=now,
    )
    noted.set_secrets({"secret": asked.secret} if asked.secret else {})
    SubscriptionRequest.objects.bulk_create(
        [noted],
        update_conflicts=True,
        unique_fields=["topic", "callback"],
        update_fields=[
            "sealed", "lease_seconds", "mode", "baseline", "made_at", "due_at", "claimed_by", "claimed_until",
            "failures",
        ],
    )  # fmt: skip


def _form(body: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict")
    except ValueError as error:
        raise Refusal(400, "form_invalid", "请求不是有效的 UTF-8 表单，请核对编码") from error
    named = [(name, value) for name, value in pairs if name.startswith("hub.")]
    form = dict(named)
    if len(form) != len(named):
        raise Refusal(400, "parameter_twice", "同一参数出现了两次，请只填写一次")
    return form


def _mode(form: Mapping[str, str]) -> Mode:
    try:
        return Mode(form.get("hub.mode", ""))
    except ValueError as error:
        raise Refusal(
            400, "mode_unknown", "请求类型（hub.mode）须为 subscribe（订阅）或 unsubscribe（退订）"
        ) from error


def _tag(topic: str, callback: str, mode: Mode, now: datetime) -> str:
    """The topic's tag; empty for one that is no more and that somebody leaves."""
    if not topic:
        raise Refusal(400, "topic_missing", "缺少订阅地址（hub.topic），请填写本系统订阅源的网址")
    tag = topics.tag_of(topic, now) if len(topic) <= TOPIC_MAX else None
    if tag is not None:
        return tag
    if mode == Mode.UNSUBSCRIBE and Subscription.objects.filter(topic=topic, callback=callback).exists():
        return ""
    raise Refusal(
        404,
        "topic_unknown",
        "没有这个订阅内容：订阅地址（hub.topic）须与订阅源中标明的地址（rel=self）一字不差，请复制后重试",
    )


def _lease(text: str) -> timedelta:
    """Clamped to what is granted; nothing asked is the default."""
    if not text:
        return LEASE
    if not (text.isascii() and text.isdigit()) or int(text[:20]) == 0:
        raise Refusal(400, "lease_invalid", "租期（hub.lease_seconds）须为正整数，单位为秒")
    seconds = min(int(text[:20]), int(LEASE_MAX.total_seconds()))
    return max(timedelta(seconds=seconds), LEASE_MIN)


def _secret(text: str) -> str:
    if len(text.encode()) >= SECRET_BYTES:
        raise Refusal(400, "secret_too_long", f"密钥（hub.secret）须少于 {SECRET_BYTES} 字节，请缩短")
    return text


def _limit_rate(host: str) -> None:
    for key, limit in ((f"host:{host}", PER_HOST_RATE), ("all", TOTAL_RATE)):
        if _count(f"websub:{key}") > limit:
            raise Refusal(429, "too_many_requests", "请求过于频繁，请稍后再试", retry_after=WINDOW_SECONDS)


def _count(key: str) -> int:
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:  # the window has ended between the two
        return 1


def _limit_number(asked: Asked, now: datetime) -> None:
    """A renewal never comes up against the limits."""
    live = Subscription.objects.live(now)
    if live.filter(topic=asked.topic, callback=asked.callback).exists():
        return
    waiting = SubscriptionRequest.objects.filter(mode=Mode.SUBSCRIBE)
    mine = live.filter(callback_host=asked.host).count() + waiting.filter(callback_host=asked.host).count()
    if mine >= PER_HOST_MAX:
        raise Refusal(
            403,
            "too_many_subscriptions",
            f"该主机的推送订阅已达 {PER_HOST_MAX} 个上限，请先退订不用的，或联系管理员",
        )
    if live.count() + waiting.count() >= TOTAL_MAX:
        raise Refusal(503, "hub_full", "推送订阅总数已达上限，请联系管理员", retry_after=3600)
