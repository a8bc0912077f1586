"""AttachmentText (附件文本): what can be read in a file, by its content: every edition that carries it shares the row."""

from __future__ import annotations

from django.db import models


class Outcome(models.TextChoices):
    """How reading a file ended; final for these bytes, except for what waits."""

    WAITING = "waiting", "待提取"
    READ = "read", "已提取"
    NO_TEXT = "no_text", "无文本层"
    ENCRYPTED = "encrypted", "已加密"
    TOO_LARGE = "too_large", "超出提取限制"
    DAMAGED = "damaged", "文件损坏或格式不符"
    UNSUPPORTED = "unsupported", "不支持的格式"


class AttachmentText(models.Model):
    """`text` is plain, at most `channels.search.extraction.CHARS_MAX` characters; is_cut: there was more.

    attempts: how often a worker has begun; one that is killed by a file leaves it raised, so no file is begun for ever.
    """

    asset = models.OneToOneField(
        "syndication.AssetFile",
        verbose_name="素材",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    text = models.TextField("文本", blank=True)
    is_cut = models.BooleanField("仅提取前部", default=False)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    read_at = models.DateTimeField("提取时间", null=True)

    class Meta:
        verbose_name = "附件文本"
        verbose_name_plural = "附件文本"
        indexes = [
            models.Index(
                fields=["asset"], condition=models.Q(outcome="waiting"), name="attachment_text_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.get_outcome_display()}"
