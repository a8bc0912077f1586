"""Item (稿件): the register entry of an editorial thing; outlives its page."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from channels.edition import ItemType, Lane, RelationKind


class WithdrawalKind(models.TextChoices):
    """What a reader finds in place of a withdrawn item."""

    NOTICE = "notice", "撤稿并保留说明"
    GONE = "gone", "撤稿"
    REDIRECT = "redirect", "撤稿并指向替代稿件"


class Item(models.Model):
    """One item through all its editions. `content_id` is the only key that crosses packages."""

    content_id = models.UUIDField("稿件标识", primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField("网址标识", max_length=80, unique=True)
    headline = models.CharField("标题", max_length=255)
    item_type = models.CharField("类型", max_length=20, choices=[(t.value, t.value) for t in ItemType])
    column_code = models.CharField("栏目", max_length=50, blank=True)
    issuer_code = models.CharField("发布单位", max_length=50, blank=True)
    lane = models.PositiveSmallIntegerField("优先级", default=Lane.NORMAL)
    current = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="最新版本",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    number_floor = models.PositiveIntegerField(
        "版本号下限", default=0, help_text="终端上见过的最高版本；恢复备份后新版本必须高于它"
    )
    first_published_at = models.DateTimeField("首次发布", null=True)
    changed_at = models.DateTimeField("最近变化")
    expires_at = models.DateTimeField("有效期至", null=True)
    withdrawn_at = models.DateTimeField("撤稿时间", null=True)
    withdrawn_by = models.CharField("撤稿人", max_length=150, blank=True)
    withdrawal_kind = models.CharField("撤稿方式", max_length=10, choices=WithdrawalKind.choices, blank=True)
    withdrawal_reason = models.CharField("撤稿原因", max_length=500, blank=True)
    replacement_url = models.URLField("替代稿件", max_length=500, blank=True)

    class Meta:
        verbose_name = "稿件"
        verbose_name_plural = "稿件"
        indexes = [
            models.Index(fields=["-changed_at", "-content_id"], name="item_by_change"),
            models.Index(fields=["column_code", "-changed_at"], name="item_by_column"),
            models.Index(fields=["issuer_code", "-changed_at"], name="item_by_issuer"),
            models.Index(fields=["item_type", "-changed_at"], name="item_by_type"),
            models.Index(
                fields=["item_type", "expires_at"],
                condition=Q(expires_at__isnull=False),
                name="item_by_end",
            ),
            models.Index(fields=["lane", "-first_published_at"], name="item_by_lane"),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.content_id}"


class ItemTag(models.Model):
    """What the newest edition is tagged with: its keywords, topics and streets. Written with the register entry."""

    item = models.ForeignKey(Item, verbose_name="稿件", on_delete=models.PROTECT, related_name="tags")
    tag = models.CharField("标签", max_length=50)

    class Meta:
        verbose_name = "稿件标签"
        verbose_name_plural = "稿件标签"
        constraints = [models.UniqueConstraint(fields=["tag", "item"], name="item_tag_once")]

    def __str__(self) -> str:
        return self.tag


class ItemRelation(models.Model):
    """What the newest edition says of another item. Written with the register entry; the other one is not signed again.

    `target` is a content_id: the other item may be signed later, or never.
    """

    item = models.ForeignKey(Item, verbose_name="稿件", on_delete=models.PROTECT, related_name="relations")
    kind = models.CharField("关系", max_length=20, choices=[(k.value, k.value) for k in RelationKind])
    target = models.UUIDField("相关稿件标识", db_index=True)

    class Meta:
        verbose_name = "稿件关联"
        verbose_name_plural = "稿件关联"
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "target"], name="item_relation_once"),
            models.CheckConstraint(condition=~models.Q(item=models.F("target")), name="item_relation_other"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
