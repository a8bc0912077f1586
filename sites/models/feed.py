"""SavedFeed: a combination that a webmaster has put together; its address never changes its meaning."""

from __future__ import annotations

from django.db import models

from sites.feeds.selection import Selection


class SavedFeed(models.Model):
    """`key` is a digest of the selection: the same combination has the same address, and no other one ever gets it."""

    key = models.CharField("代码", max_length=16, primary_key=True)
    selection = models.JSONField("选择")
    title = models.CharField("名称", max_length=100, blank=True)
    made_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "自选订阅"
        verbose_name_plural = "自选订阅"

    def __str__(self) -> str:
        return self.title or self.key

    def chosen(self) -> Selection:
        return Selection.from_json(self.selection)
