"""Topic (专题): a special subject that collects items across columns, until it is closed."""

from __future__ import annotations

from django.db import models


class Topic(models.Model):
    """`code` is stable and travels with every edition. A closed topic keeps its items and takes no new ones."""

    code = models.SlugField("代码", max_length=50, unique=True)
    name = models.CharField("名称", max_length=50, unique=True)
    description = models.CharField("说明", max_length=200, blank=True)
    cover = models.ForeignKey(
        "cms.DistrictImage",
        verbose_name="封面图",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    closed_on = models.DateField(
        "结束日期", null=True, blank=True, help_text="填写后专题不再收录新稿件，已有稿件保留"
    )
    rank = models.PositiveIntegerField("排序", default=100)

    class Meta:
        verbose_name = "专题"
        verbose_name_plural = "专题"
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name
