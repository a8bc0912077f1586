"""What has been rendered for machines and readers: derived data, may be emptied at any time."""

from __future__ import annotations

from django.db import models


class StoredDocument(models.Model):
    """A whole document as it is sent, not compressed: whoever answers does that once. `etag` names exactly these bytes."""

    path = models.CharField("路径", max_length=300, primary_key=True)
    etag = models.CharField("版本标记", max_length=64)
    body = models.BinaryField("内容")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "成品文档"
        verbose_name_plural = "成品文档"
        indexes = [models.Index(fields=["made_at"], name="document_made")]

    def __str__(self) -> str:
        return self.path


class StoredFragment(models.Model):
    """One entry in one format; `key` is a digest of all that its bytes depend on, so it never has to be renewed."""

    key = models.CharField("键", max_length=64, primary_key=True)
    body = models.BinaryField("内容")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "成品片段"
        verbose_name_plural = "成品片段"
        indexes = [models.Index(fields=["made_at"], name="fragment_made")]

    def __str__(self) -> str:
        return self.key
