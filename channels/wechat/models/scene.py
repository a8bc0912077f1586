"""Scene (扫码场景): a QR code of an account that leads to one thing; counts, and knows nobody."""

from __future__ import annotations

import secrets

from django.db import models


class SceneKind(models.TextChoices):
    ITEM = "item", "稿件"
    STREETS = "streets", "选择街道"
    FOLLOW = "follow", "关注账号"


def new_scene() -> str:
    """Short, so that the printed code stays coarse; no two are alike."""
    return secrets.token_hex(5)


class Scene(models.Model):
    """`scene` travels in the code. `url` is what the code says; our own page draws it. Times are UTC.

    A permanent code can never be deleted at the platform, which allows 100,000.
    """

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    scene = models.CharField("场景值", max_length=64, default=new_scene)
    kind = models.CharField("用途", max_length=10, choices=SceneKind.choices, default=SceneKind.ITEM)
    content_id = models.UUIDField("稿件", null=True, blank=True)
    title = models.CharField("名称", max_length=100)
    permanent = models.BooleanField("永久", default=False)
    url = models.CharField("二维码内容", max_length=500, blank=True)
    expires_at = models.DateTimeField("有效期至", null=True)
    made_at = models.DateTimeField("生成时间")
    scans = models.PositiveIntegerField("扫码次数", default=0)
    follows = models.PositiveIntegerField("新增关注", default=0)

    class Meta:
        verbose_name = "扫码场景"
        verbose_name_plural = "扫码场景"
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["outlet", "scene"], name="scene_once"),
            models.UniqueConstraint(
                fields=["outlet", "content_id", "permanent"],
                condition=models.Q(content_id__isnull=False),
                name="scene_of_item_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title
