"""Unit (单位): an organisation that issues items: department, street, school."""

from __future__ import annotations

from django.db import models


class Unit(models.Model):
    """`code` is stable and travels with every edition."""

    code = models.SlugField("代码", max_length=50, unique=True)
    name = models.CharField("名称", max_length=100, unique=True, help_text="规范全称")
    short_name = models.CharField("简称", max_length=50, blank=True)
    kind = models.CharField(
        "类别",
        max_length=20,
        choices=[("department", "部门"), ("street", "街道"), ("school", "学校"), ("party", "党委工作机构")],
        default="department",
    )
    phone = models.CharField("办公电话", max_length=50, blank=True)
    rank = models.PositiveIntegerField("排序", default=100)

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name
