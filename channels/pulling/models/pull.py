"""What outlets have fetched: the last of each document, counts by day, a log for a season, and item by item.

Written in batches through channels.pulling.flushing. No address of a reader is kept.
"""

from __future__ import annotations

from django.db import models


class Holding(models.Model):
    """The last fetch of one document by one outlet. `etag` names its bytes, `sequence` how far the log of changes was."""

    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="终端", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    document = models.CharField("文档", max_length=300)
    first_at = models.DateTimeField("首次取用")
    last_at = models.DateTimeField("最近取用")
    sequence = models.PositiveBigIntegerField("序号")
    status = models.PositiveSmallIntegerField("应答")
    etag = models.CharField("版本标记", max_length=64)

    class Meta:
        verbose_name = "取用状态"
        verbose_name_plural = "取用状态"
        constraints = [models.UniqueConstraint(fields=["outlet", "document"], name="holding_once")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.document}"


class PullDay(models.Model):
    """How often an outlet fetched a document on one day of Beijing's calendar."""

    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="终端", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    document = models.CharField("文档", max_length=300)
    day = models.DateField("日期")
    times = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "每日取用"
        verbose_name_plural = "每日取用"
        constraints = [
            models.UniqueConstraint(fields=["outlet", "document", "day"], name="pull_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.day}"


class Pull(models.Model):
    """The log: `times` fetches with the same answer within one batch are one line."""

    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="终端", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key = models.ForeignKey(
        "pulling.PullKey", verbose_name="密钥", on_delete=models.PROTECT, related_name="+"
    )
    document = models.CharField("文档", max_length=300)
    at = models.DateTimeField("时间")
    status = models.PositiveSmallIntegerField("应答")
    sequence = models.PositiveBigIntegerField("序号")
    times = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = "取用记录"
        verbose_name_plural = "取用记录"
        indexes = [
            models.Index(fields=["outlet", "-id"], name="pull_by_outlet"),
            models.Index(fields=["at"], name="pull_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.document}"


class TakenItem(models.Model):
    """The newest thing that an outlet has taken of one item: an edition, or (null) that the item is withdrawn."""

    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="终端", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    item = models.ForeignKey(
        "syndication.Item", verbose_name="稿件", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    edition = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="版本",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField("取用时间")

    class Meta:
        verbose_name = "已取用稿件"
        verbose_name_plural = "已取用稿件"
        constraints = [models.UniqueConstraint(fields=["outlet", "item"], name="taken_once")]

    def __str__(self) -> str:
        return f"{self.item_id} @ {self.outlet_id}"
