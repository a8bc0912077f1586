"""AssetFile (素材): the frozen bytes of a file, held by content, so that a library change alters nothing signed."""

from __future__ import annotations

from django.db import models


class AssetFile(models.Model):
    """`path` is relative to the media storage. Written by channels.assets; the bytes never change."""

    sha256 = models.CharField("校验值", max_length=64, primary_key=True)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    path = models.CharField("路径", max_length=200)
    frozen_at = models.DateTimeField("最近入库", help_text="最近一次被稿件或预览使用，精确到天")

    class Meta:
        verbose_name = "素材"
        verbose_name_plural = "素材"

    def __str__(self) -> str:
        return self.path
