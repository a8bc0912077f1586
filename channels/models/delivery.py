"""Delivery (投递): one attempt at one outlet. Append-only: opened before the call, closed once after it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Operation(models.TextChoices):
    DELIVER = "deliver", "投递"
    WITHDRAW = "withdraw", "撤稿"
    VERIFY = "verify", "核对"


class Outcome(models.TextChoices):
    """accepted: the outlet took it and is not done. settled: done and proven. refused: the outlet said no.

    unknown: it may have been applied. failed: nothing was applied. Empty while the call is under way.
    """

    ACCEPTED = "accepted", "已受理"
    SETTLED = "settled", "已落实"
    REFUSED = "refused", "被拒绝"
    UNKNOWN = "unknown", "结果未知"
    FAILED = "failed", "失败"


class Delivery(models.Model):
    """`edition` is what was sent, taken back or looked for. `started_at` is committed before the call goes out."""

    placement = models.ForeignKey(
        "syndication.Placement",
        verbose_name="一稿一端",
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_index=False,
    )
    edition = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="版本",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    generation = models.PositiveIntegerField("代次")
    operation = models.CharField("操作", max_length=10, choices=Operation.choices)
    token = models.CharField("令牌", max_length=32)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    remedy = models.CharField("处置", max_length=10, blank=True)
    code = models.CharField("终端代码", max_length=100, blank=True)
    message = models.CharField("说明", max_length=500, blank=True)
    detail = models.TextField("终端应答", blank=True)
    rendering_sha256 = models.CharField("渠道稿校验值", max_length=64, blank=True)
    receipt = models.JSONField("回执", null=True)
    by = models.CharField("操作人", max_length=150, blank=True, help_text="人工处理时的用户名")

    class Meta:
        verbose_name = "投递"
        verbose_name_plural = "投递"
        indexes = [
            models.Index(fields=["placement", "-id"], name="delivery_by_placement"),
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="delivery_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, outcome="")
                | (Q(finished_at__isnull=False) & ~Q(outcome="")),
                name="delivery_closed_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.placement_id}"
