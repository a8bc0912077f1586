"""WebSub: who is told of changes of a feed, and who has asked to be. The verbs live in sites.websub."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from channels.sealing import Seal

TOPIC_MAX, CALLBACK_MAX = 800, 1000
"""Characters; together they fit into one entry of an index."""


class Mode(models.TextChoices):
    SUBSCRIBE = "subscribe", "订阅"
    UNSUBSCRIBE = "unsubscribe", "退订"


class Ending(models.TextChoices):
    """Why a subscription ended before its lease did."""

    UNSUBSCRIBED = "unsubscribed", "对方已退订"
    GONE = "gone", "对方已停用接收地址"
    TOPIC_GONE = "topic_gone", "订阅内容已停止提供"
    OPERATOR = "operator", "已由管理员终止"

    @classmethod
    def told(cls) -> list[Ending]:
        """The subscriber does not know of these: he is sent a notice."""
        return [cls.TOPIC_GONE, cls.OPERATOR]


class Algorithm(models.TextChoices):
    """For the signature; sha1 for old subscribers that know nothing else. The Recommendation has no negotiation."""

    SHA256 = "sha256", "SHA-256"
    SHA1 = "sha1", "SHA-1"


class Addressed(models.Model):
    """A call to a callback that is due at `due_at`; a worker that makes it holds it until `claimed_until`.

    `callback_host` has the port where one is named. `sealed` holds the secret.
    """

    topic = models.CharField("订阅地址", max_length=TOPIC_MAX)
    callback = models.CharField("接收地址", max_length=CALLBACK_MAX)
    callback_host = models.CharField("接收主机", max_length=270, db_index=True)
    sealed = models.TextField("加密密钥", blank=True, editable=False)
    lease_seconds = models.PositiveIntegerField("租期（秒）")
    due_at = models.DateTimeField("下次发送", null=True)
    claimed_by = models.CharField("处理者", max_length=32, blank=True)
    claimed_until = models.DateTimeField("处理期限", null=True)
    failures = models.PositiveIntegerField("连续失败", default=0)

    class Meta:
        abstract = True

    def set_secrets(self, secrets: dict[str, str]) -> None:
        """Replaces the secret (key `secret`); the caller saves."""
        self.sealed = Seal(settings.OUTLET_KEYS).close(secrets)

    def secrets(self) -> dict[str, str]:
        """Empty for a subscriber who gave none. Raises ConfigError when no key fits."""
        return Seal(settings.OUTLET_KEYS).open(self.sealed)


class SubscriptionRequest(Addressed):
    """What somebody has asked for and the callback has not confirmed yet; the latest word of each (topic, callback).

    `baseline` is the topic's tag at that time: whatever comes later is sent.
    """

    mode = models.CharField("请求", max_length=11, choices=Mode.choices)
    baseline = models.CharField("版本标记", max_length=64)
    made_at = models.DateTimeField("请求时间")

    class Meta:
        verbose_name = "订阅请求"
        verbose_name_plural = "订阅请求"
        constraints = [
            models.UniqueConstraint(fields=["topic", "callback"], name="subscription_request_key"),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.callback_host}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def live(self, now: datetime) -> Self:
        """Those whose subscribers are told of changes."""
        return self.filter(ended="", expires_at__gt=now)


class Subscription(Addressed):
    """One callback for one topic. `wanted` is the tag of the document that it should have, `sent` of what it took last.

    Whenever `wanted` changes, `due_at` is set; what is sent is always the document of that moment.
    """

    algorithm = models.CharField(
        "签名算法", max_length=6, choices=Algorithm.choices, default=Algorithm.SHA256
    )
    subscribed_at = models.DateTimeField("订阅时间")
    expires_at = models.DateTimeField("租期截止")
    wanted = models.CharField("应有版本", max_length=64)
    sent = models.CharField("已送版本", max_length=64)
    sent_at = models.DateTimeField("最近送达", null=True)
    message = models.CharField("说明", max_length=500, blank=True)
    ended = models.CharField("结束原因", max_length=12, choices=Ending.choices, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "推送订阅"
        verbose_name_plural = "推送订阅"
        ordering = ["callback_host", "topic", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "callback"], name="subscription_key"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="subscription_due"),
        ]

    def __str__(self) -> str:
        return f"{self.callback_host} ← {self.topic}"
