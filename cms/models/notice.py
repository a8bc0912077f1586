"""NoticePage (通知公告): an announcement, with its document number and dates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from channels.edition import ItemType
from cms.models.content import ContentPage


class NoticePage(ContentPage):
    doc_number = models.CharField("发文字号", max_length=50, blank=True, help_text="如 城政办发〔2026〕3号")
    index_number = models.CharField("索引号", max_length=50, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)

    item_type: ClassVar[ItemType] = ItemType.NOTICE

    class Meta:
        verbose_name = "通知公告"
        verbose_name_plural = "通知公告"
