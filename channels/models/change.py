"""Change (变更): the log of everything that was placed, corrected or taken back, in one order without gaps."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """One change of what is wanted of an item at some outlet. Append-only; written through channels.changes alone.

    `sequence` counts from 1 without gaps, in the order in which the changes became visible. It is null between the
    transaction that made the change and the numbering that follows it: a number given inside the transaction would have
    to be waited for, or could become visible after a higher one. `edition` is the item's newest one then, null when the
    item was taken back.
    """

    item = models.ForeignKey(
        "syndication.Item",
        verbose_name="稿件",
        on_delete=models.PROTECT,
        related_name="changes",
        db_index=False,
    )
    edition = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="版本",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    sequence = models.PositiveBigIntegerField("序号", null=True, unique=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "变更"
        verbose_name_plural = "变更"
        indexes = [
            models.Index(fields=["item", "-sequence"], name="change_of_item"),
            models.Index(
                fields=["id"], condition=models.Q(sequence__isnull=True), name="change_not_numbered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence or '-'} {self.item_id}"


class Counter(models.Model):
    """A number that only rises: `changes` is the last sequence given out, `structure` how often sites, columns or outlets changed.

    `at` is when it rose last.
    """

    name = models.CharField("名称", max_length=20, primary_key=True)
    value = models.PositiveBigIntegerField("值", default=0)
    at = models.DateTimeField("最近变化", auto_now_add=True)

    class Meta:
        verbose_name = "计数"
        verbose_name_plural = "计数"

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
