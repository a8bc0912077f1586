"""PullKey (订阅密钥): by which a sub-office's system says who it is. Reading needs none; proof does."""

from __future__ import annotations

from django.db import models


class Scope(models.TextChoices):
    """What a key opens."""

    PULL = "pull", "读取订阅源和变更日志（计为取用）"
    REPLAY = "replay", "要求重新投递"


class PullKey(models.Model):
    """Stored as the SHA-256 of its text; `prefix` is what people recognise it by. Written through channels.pulling.keys.

    `expires_at` is set when the key is replaced: the old one works on for a while. `revoked_at`: it works no more.
    """

    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="终端", on_delete=models.PROTECT, related_name="pull_keys"
    )
    name = models.CharField("用途", max_length=50)
    prefix = models.CharField("开头", max_length=80)
    digest = models.CharField("校验值", max_length=64, unique=True)
    scopes = models.JSONField("权限", default=list)
    made_at = models.DateTimeField("创建时间")
    made_by = models.CharField("创建人", max_length=150)
    replaces = models.OneToOneField(
        "self",
        verbose_name="替换的密钥",
        null=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )
    expires_at = models.DateTimeField("失效时间", null=True)
    revoked_at = models.DateTimeField("吊销时间", null=True)
    revoked_by = models.CharField("吊销人", max_length=150, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        verbose_name = "订阅密钥"
        verbose_name_plural = "订阅密钥"

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def labels(self) -> list[str]:
        return [Scope(scope).label for scope in self.scopes]
