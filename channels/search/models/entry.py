"""Entry (检索条目): that an item is in the index, and which edition of it. Derived: the index may be made anew at any time."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One row an item that is not withdrawn, written in the transaction that signs it.

    The key is the item's place in time, newest highest (`channels.search.asking.place_of`): the index of either database
    then gives the newest hits first without sorting, and a page is cut off where enough have come.
    spelled: the title's pinyin is in the index too; the worker adds it.
    """

    id = models.BigIntegerField("次序", primary_key=True)
    item = models.OneToOneField(
        "syndication.Item", verbose_name="稿件", on_delete=models.CASCADE, related_name="+"
    )
    record = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="版本",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    title = models.CharField("标题", max_length=255)
    has_attachment = models.BooleanField("有附件", default=False)
    spelled = models.BooleanField("已注音", default=False)

    class Meta:
        verbose_name = "检索条目"
        verbose_name_plural = "检索条目"
        indexes = [
            models.Index(fields=["id"], condition=models.Q(spelled=False), name="search_entry_unspelled")
        ]

    def __str__(self) -> str:
        return self.title
