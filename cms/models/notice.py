"""NoticePage (通知公告): an announcement, with its document number and date."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from channels.edition import ItemType
from cms import proofing
from cms.models.content import ContentPage
from cms.models.official import OfficialDocument
from cms.panels import item_panels


class NoticePage(OfficialDocument, ContentPage):
    doc_number = models.CharField(
        "发文字号", max_length=50, blank=True, help_text="如 城政办发〔2026〕3号；括号自动改为〔〕"
    )
    index_number = models.CharField("索引号", max_length=50, blank=True)
    issued_on = models.DateField(
        "成文日期", null=True, blank=True, help_text="文件落款日期，与发布日期不同时填写"
    )

    item_type: ClassVar[ItemType] = ItemType.NOTICE
    page_description = "通知、公告、公示、通告"
    edit_handler = item_panels(
        FieldRowPanel(
            [FieldPanel("doc_number"), FieldPanel("index_number"), FieldPanel("issued_on")],
            heading="公文信息",
        )
    )

    class Meta:
        verbose_name = "通知公告"
        verbose_name_plural = "通知公告"

    def own_problems(self) -> proofing.Problems:
        return proofing.doc_number_problems(self.doc_number)
