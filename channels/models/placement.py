"""Placement (一稿一端): one item at one outlet, desired and actual. It is the outbox: the table is the queue."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from channels.edition import Lane


class State(models.TextChoices):
    """What the desk shows; written with every change of the row, derived from nothing later."""

    DUE = "due", "待投递"
    WORKING = "working", "投递中"
    ACCEPTED = "accepted", "已受理，待落实"
    WAITING = "waiting", "等待重试"
    UNKNOWN = "unknown", "结果未知，核对中"
    ASKING = "asking", "需人工处理"
    HELD = "held", "暂缓"
    SETTLED = "settled", "已落实"


class Pending(models.TextChoices):
    """What the outlet (or a person) has accepted and no look has proven yet."""

    DELIVER = "deliver", "已受理投递"
    WITHDRAW = "withdraw", "已受理撤稿"


class Placement(models.Model):
    """Unique (item, outlet); outlives the item's page.

    desired: null = must be absent. actual: null = believed absent. generation rises with every change of desire, and a
    result is recorded for the generation it was made for. due_at null = nothing to do; lane 0 is withdrawal.
    doubt: the call whose outcome is unknown, until a look has cleared it. released_at: a person let a held one go.
    Only channels.outbox writes desired and generation, only channels.engine writes actual and the lease.

    Every index is written a thousand times by one signature, and again with every delivery: none stands on a foreign key
    or on the slug by itself. An item is found by its slug through Item, where the slug is unique.
    """

    WITHDRAWAL_LANE = 0

    item = models.ForeignKey(
        "syndication.Item",
        verbose_name="稿件",
        on_delete=models.PROTECT,
        related_name="placements",
        db_index=False,
    )
    outlet = models.ForeignKey(
        "syndication.Outlet",
        verbose_name="终端",
        on_delete=models.PROTECT,
        related_name="placements",
        db_index=False,
    )
    desired = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="应有版本",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    actual = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="实有版本",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    generation = models.PositiveIntegerField("代次", default=1)
    desired_at = models.DateTimeField("要求时间")
    pending = models.CharField("待证实", max_length=10, choices=Pending.choices, blank=True)
    doubt = models.ForeignKey(
        "syndication.Delivery",
        verbose_name="存疑投递",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DUE)
    remedy = models.CharField("处置", max_length=10, blank=True)
    message = models.CharField("说明", max_length=500, blank=True)
    code = models.CharField("终端代码", max_length=100, blank=True)

    lane = models.PositiveSmallIntegerField("优先级", default=Lane.NORMAL)
    due_at = models.DateTimeField("应处理时间", null=True)
    lease_owner = models.CharField("租约", max_length=32, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True)
    attempts = models.PositiveIntegerField("连续失败次数", default=0)
    polls = models.PositiveIntegerField("核对次数", default=0)
    released_at = models.DateTimeField("放行时间", null=True)

    receipt = models.JSONField("回执", null=True)
    remote_url = models.URLField("终端地址", max_length=500, blank=True)
    rendering_sha256 = models.CharField("渠道稿校验值", max_length=64, blank=True)
    delivered_at = models.DateTimeField("投递时间", null=True)
    settled_at = models.DateTimeField("落实时间", null=True)
    seen_at = models.DateTimeField("最近回读", null=True)

    slug = models.SlugField("网址标识", max_length=80, db_index=False)
    column_code = models.CharField("栏目", max_length=50, blank=True)
    published_at = models.DateTimeField("发布时间")
    rank = models.IntegerField("置顶", default=0)
    visible_until = models.DateTimeField("有效期至", null=True)
    reason = models.CharField("投放理由", max_length=300, blank=True)
    must_carry = models.BooleanField("必转", default=False)
    must_carry_by = models.DateTimeField("必转时限", null=True)
    refused_at = models.DateTimeField("拒用时间", null=True)
    refused_reason = models.CharField("拒用原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "一稿一端"
        verbose_name_plural = "一稿一端"
        constraints = [
            models.UniqueConstraint(fields=["item", "outlet"], name="placement_once"),
        ]
        indexes = [
            models.Index(fields=["lane", "due_at"], condition=Q(due_at__isnull=False), name="placement_due"),
            models.Index(fields=["outlet", "item"], condition=~Q(state="settled"), name="placement_open"),
            models.Index(
                fields=["outlet", "column_code", "-rank", "-published_at"],
                condition=Q(desired__isnull=False),
                name="placement_list",
            ),
            models.Index(fields=["outlet", "-desired_at"], name="placement_change"),
            models.Index(
                fields=["outlet", "-desired_at"], condition=Q(desired__isnull=True), name="placement_absence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} @ {self.outlet_id}"
