"""EditionRecord (版本): an Edition as it was signed; inserted once, never updated."""

from __future__ import annotations

from django.db import models

from channels.edition import Edition


class EditionRecord(models.Model):
    """One row per (item, number). `document` is the canonical JSON of channels.edition.Edition."""

    item = models.ForeignKey(
        "syndication.Item",
        verbose_name="稿件",
        on_delete=models.PROTECT,
        related_name="editions",
        db_index=False,
    )
    number = models.PositiveIntegerField("版本号")
    checksum = models.CharField("校验值", max_length=64)
    document = models.TextField("内容")
    signed_at = models.DateTimeField("签发时间")
    signed_by = models.CharField("签发人", max_length=150, blank=True)
    source_revision = models.PositiveBigIntegerField("来源修订", null=True)
    assets = models.ManyToManyField("syndication.AssetFile", verbose_name="素材", related_name="editions")

    class Meta:
        verbose_name = "版本"
        verbose_name_plural = "版本"
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="edition_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="edition_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"

    def edition(self) -> Edition:
        """The frozen value."""
        return Edition.from_json(self.document)
