"""ServiceNoticePage (便民信息): where, from when to when, whom to call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from channels.edition import ItemType, ServiceFacts
from cms import proofing
from cms.models.content import ContentPage
from cms.panels import item_panels

GRACE = timedelta(hours=24)
"""How long a notice stays listed after what it announces has ended."""


class ServiceKind(models.TextChoices):
    """What a notice is about; the values travel with every edition. A notice of before has none and counts as OTHER."""

    WATER = "water", "停水"
    POWER = "power", "停电"
    GAS = "gas", "停气"
    TRAFFIC = "traffic", "交通"
    PAYMENT = "payment", "缴费"
    SIGN_UP = "sign_up", "报名"
    OTHER = "other", "其他"


class ServiceNoticePage(ContentPage):
    kind = models.CharField(
        "类别",
        max_length=10,
        choices=ServiceKind.choices,
        default=ServiceKind.OTHER,
        help_text="便民日历按类别查看",
    )
    area = models.CharField("影响区域", max_length=300, help_text="如 潭中街道文昌社区、晨华社区")
    starts_at = models.DateTimeField("开始时间", null=True, blank=True)
    ends_at = models.DateTimeField(
        "结束时间", null=True, blank=True, help_text="未填“有效期至”时，结束 24 小时后退出列表"
    )
    contact = models.CharField("联系方式", max_length=200, blank=True)
    deadline = models.DateTimeField("办理截止", null=True, blank=True)

    item_type: ClassVar[ItemType] = ItemType.SERVICE_NOTICE
    page_description = "停水停电、缴费、报名、交通等便民提示"
    edit_handler = item_panels(
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("kind"), FieldPanel("area")]),
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                FieldRowPanel([FieldPanel("deadline"), FieldPanel("contact")]),
            ],
            heading="便民要素",
        )
    )

    class Meta:
        verbose_name = "便民信息"
        verbose_name_plural = "便民信息"

    def service_facts(self) -> ServiceFacts:
        return ServiceFacts(
            area=self.area.strip(),
            start=self.starts_at,
            end=self.ends_at,
            contact=self.contact.strip(),
            deadline=self.deadline,
            kind=self.kind,
        )

    def end_of_validity(self) -> datetime | None:
        last = max(filter(None, (self.ends_at, self.deadline)), default=None)
        return self.valid_until or (last + GRACE if last else None)

    def own_problems(self) -> proofing.Problems:
        found: proofing.Problems = {}
        if not self.area.strip():
            found["area"] = "请填写影响区域"
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            found["ends_at"] = "结束时间早于开始时间，请核对"
        return found
