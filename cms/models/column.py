"""Column (栏目): the district-wide classification that routing rules and sites' own columns refer to."""

from __future__ import annotations

from django.db import models


class Column(models.Model):
    """A site's column page shows one or more of these; an item has exactly one."""

    code = models.SlugField("代码", max_length=50, unique=True)
    name = models.CharField("名称", max_length=50)
    description = models.CharField("栏目描述", max_length=200, blank=True)
    rank = models.PositiveIntegerField("排序", default=100)

    class Meta:
        verbose_name = "栏目"
        verbose_name_plural = "栏目"
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name
