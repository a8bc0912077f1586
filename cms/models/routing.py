"""RoutingRule (分发规则): which outlets an item goes to by column, unit and type."""

from __future__ import annotations

from django.db import models
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel

from channels.edition import ItemType

ITEM_TYPE_LABELS = {kind: kind.label for kind in ItemType}


class RoutingRule(ClusterableModel):
    """An empty condition matches everything. cms.targeting evaluates; the name is the reason that editors read."""

    name = models.CharField("规则名称", max_length=100, help_text="编辑会看到这句话作为投放理由")
    columns = ParentalManyToManyField("cms.Column", verbose_name="栏目", blank=True)
    units = ParentalManyToManyField("cms.Unit", verbose_name="发布单位", blank=True)
    item_types = models.JSONField("稿件类型", default=list, blank=True)
    outlets = ParentalManyToManyField("syndication.Outlet", verbose_name="发布终端", blank=True)
    must_carry = models.BooleanField("必转", default=False)
    must_carry_hours = models.PositiveIntegerField("必转时限（小时）", default=24)
    enabled = models.BooleanField("启用", default=True)
    rank = models.PositiveIntegerField("排序", default=100)

    class Meta:
        verbose_name = "分发规则"
        verbose_name_plural = "分发规则"
        ordering = ["rank", "pk"]

    def __str__(self) -> str:
        return self.name
