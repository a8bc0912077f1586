"""Outlet (发布终端): one concrete site, account, feed or publication."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from channels.contract import OutletConfig
from channels.sealing import Seal


class OutletQuerySet(models.QuerySet["Outlet"]):
    def active(self) -> OutletQuerySet:
        """Outlets that take new items, paused or not."""
        return self.filter(retired_at=None)

    def real(self) -> OutletQuerySet:
        """Without the twins of drills: what items are aimed at."""
        return self.filter(drill_of=None)

    def twins(self) -> OutletQuerySet:
        """The twins of the drills that are running."""
        return self.filter(retired_at=None, drill_of__isnull=False)


class Outlet(models.Model):
    """`options` are shown and edited, `sealed` holds the secrets encrypted. A slug is never used again.

    paused: a person holds new items and keeps the backlog. blocked_reason: a configuration error does the same until
    somebody resumes. circuit_*: the engine rests after failures in a row. drill_of: this is the twin that takes the
    new items of another outlet while that one is being drilled (演练).
    """

    slug = models.SlugField(
        "代码", max_length=50, unique=True, help_text="小写字母、数字和连字符，启用后不可更改"
    )
    name = models.CharField("名称", max_length=100)
    channel = models.CharField("渠道", max_length=30)
    group = models.CharField(
        "矩阵分组", max_length=50, blank=True, help_text="矩阵中相邻显示，如“街道”“部门”"
    )
    rank = models.PositiveIntegerField("排序", default=100)
    url = models.URLField("公开地址", max_length=500, blank=True, help_text="读者看到的首页地址")
    options = models.JSONField("渠道设置", default=dict, blank=True)
    sealed = models.TextField("加密密钥", blank=True, editable=False)
    contact = models.CharField("责任人", max_length=100, blank=True)
    phone = models.CharField("联系电话", max_length=50, blank=True)
    max_age_hours = models.PositiveIntegerField(
        "积压时限（小时）", default=72, help_text="故障恢复后，早于此时限的稿件须人工确认才投递"
    )
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    paused_reason = models.CharField("暂停原因", max_length=300, blank=True)
    blocked_reason = models.CharField("配置故障", max_length=500, blank=True)
    circuit_failures = models.PositiveIntegerField("连续失败", default=0)
    circuit_open_until = models.DateTimeField("休整至", null=True, blank=True)
    last_success_at = models.DateTimeField("最近成功", null=True, blank=True)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    drill_of = models.ForeignKey(
        "self",
        verbose_name="演练的终端",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="twins",
    )

    objects = OutletQuerySet.as_manager()

    class Meta:
        verbose_name = "发布终端"
        verbose_name_plural = "发布终端"
        ordering = ["rank", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def holds_new_items(self) -> bool:
        return bool(self.paused_at or self.blocked_reason)

    def set_secrets(self, secrets: dict[str, str]) -> None:
        """Replaces the secrets; the caller saves."""
        self.sealed = Seal(settings.OUTLET_KEYS).close(secrets)

    def secrets(self) -> dict[str, str]:
        """Plain secrets, for the adapter only. Raises ConfigError when no key fits."""
        return dict(_opened(tuple(settings.OUTLET_KEYS), self.sealed))

    def config(self) -> OutletConfig:
        """This outlet as its adapter sees it."""
        options: dict[str, Any] = self.options
        return OutletConfig(
            slug=self.slug,
            name=self.name,
            public_url=settings.PUBLIC_URL,
            options={name: str(value) for name, value in options.items()},
            secrets=self.secrets(),
        )


@lru_cache(maxsize=2048)
def _opened(keys: tuple[str, ...], sealed: str) -> dict[str, str]:
    """Opening costs as much as the rest of a delivery's bookkeeping."""
    return Seal(keys).open(sealed)
