"""NoticePage (通知公告): an announcement, with its document number and date."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from channels.edition import AltId, ItemType
from cms import proofing
from cms.models.content import ContentPage
from cms.panels import item_panels


class NoticePage(ContentPage):
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

    def alt_ids(self) -> tuple[AltId, ...]:
        numbers = {
            "doc_number": proofing.normal_doc_number(self.doc_number),
            "index_number": self.index_number.strip(),
        }
        return tuple(AltId(role=role, value=value) for role, value in numbers.items() if value)

    def issue_date(self) -> str:
        return self.issued_on.isoformat() if self.issued_on else ""

    def own_problems(self) -> proofing.Problems:
        number = proofing.normal_doc_number(self.doc_number)
        if number and not proofing.is_doc_number(number):
            return {"doc_number": "发文字号格式不对，应如“城政办发〔2026〕3号”，没有字号请留空"}
        return {}
