"""SearchTally (检索热词): how often a word was looked for on a day. No reader, no address, no time of day."""

from __future__ import annotations

from django.db import models


class SearchTally(models.Model):
    """Written by channels.search.popular, which says what is never counted."""

    day = models.DateField("日期")
    words = models.CharField("检索词", max_length=20)
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "检索热词"
        verbose_name_plural = "检索热词"
        constraints = [models.UniqueConstraint(fields=["words", "day"], name="search_tally_once")]

    def __str__(self) -> str:
        return f"{self.words} {self.day}"
