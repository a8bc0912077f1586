"""SavedEmbed: options of an embedded list that a webmaster has put together; its address never changes its meaning."""

from __future__ import annotations

from django.db import models

from sites.embed.options import Embed


class SavedEmbed(models.Model):
    """`key` is a digest of the options: the same options have the same address, and no others ever get it."""

    key = models.CharField("代码", max_length=16, primary_key=True)
    options = models.JSONField("选项")
    made_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "嵌入列表"
        verbose_name_plural = "嵌入列表"

    def __str__(self) -> str:
        return self.key

    def chosen(self) -> Embed:
        return Embed.from_json(self.options)
