"""PublicNoticePage (公示): something is shown for a time, and everybody may object."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from channels.edition import ItemType, PublicityFacts
from cms import proofing
from cms.models.content import ContentPage
from cms.panels import item_panels


class PublicNoticePage(ContentPage):
    start_on = models.DateField("公示开始", null=True, blank=True, help_text="含当日")
    end_on = models.DateField("公示结束", null=True, blank=True, help_text="含当日；一般为 5 至 7 个工作日")
    objection_phone = models.CharField("异议电话", max_length=100, blank=True)
    objection_address = models.CharField(
        "异议地址", max_length=200, blank=True, help_text="书面意见送达的地址"
    )
    objection_email = models.EmailField("异议邮箱", blank=True)

    item_type: ClassVar[ItemType] = ItemType.PUBLIC_NOTICE
    page_description = "拟认定、拟聘、名单等公示，标明公示期和异议渠道"
    edit_handler = item_panels(
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("start_on"), FieldPanel("end_on")]),
                FieldRowPanel([FieldPanel("objection_phone"), FieldPanel("objection_email")]),
                FieldPanel("objection_address"),
            ],
            heading="公示期和异议渠道",
        )
    )

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = "公示"

    def publicity_facts(self) -> PublicityFacts | None:
        return PublicityFacts(
            start_on=self.start_on.isoformat() if self.start_on else "",
            end_on=self.end_on.isoformat() if self.end_on else "",
            phone=self.objection_phone.strip(),
            address=self.objection_address.strip(),
            email=self.objection_email.strip(),
        )

    def own_problems(self) -> proofing.Problems:
        found: proofing.Problems = {}
        if not self.start_on:
            found["start_on"] = "请填写公示开始日期"
        if not self.end_on:
            found["end_on"] = "请填写公示结束日期"
        if self.start_on and self.end_on and self.end_on < self.start_on:
            found["end_on"] = "公示结束日期早于开始日期，请核对"
        channels = (self.objection_phone, self.objection_address, self.objection_email)
        if not any(channel.strip() for channel in channels):
            found["objection_phone"] = "请至少填写一种异议渠道：电话、地址或邮箱"
        return found
