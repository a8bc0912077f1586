"""Notice: that a push of the platform has been taken note of, so that its repetitions do nothing."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """`key` is the SHA-256 of the push's own key: no follower can be told from it. Pruned after 30 days."""

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=64)
    kind = models.CharField("类型", max_length=40)
    received_at = models.DateTimeField("收到时间", db_index=True)
    document = models.JSONField("内容", default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outlet", "key"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:8]}"
