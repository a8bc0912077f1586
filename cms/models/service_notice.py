"""ServiceNoticePage (便民信息): where, from when to when, whom to call."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from channels.edition import ItemType
from cms.models.content import ContentPage


class ServiceNoticePage(ContentPage):
    area = models.CharField("影响区域", max_length=200)
    starts_at = models.DateTimeField("开始时间", null=True, blank=True)
    ends_at = models.DateTimeField("结束时间", null=True, blank=True)
    contact = models.CharField("联系方式", max_length=200, blank=True)
    deadline = models.DateTimeField("办理截止", null=True, blank=True)

    item_type: ClassVar[ItemType] = ItemType.SERVICE_NOTICE

    class Meta:
        verbose_name = "便民信息"
        verbose_name_plural = "便民信息"
