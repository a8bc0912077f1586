"""Days on which this district does not keep to plain weeks."""

from __future__ import annotations

from django.db import models


class DayKind(models.TextChoices):
    OFF = "off", "休息"
    ON = "on", "调休上班"


class Holiday(models.Model):
    """A day on which this district does not keep to plain weeks; stands over the package's word."""

    date = models.DateField("日期", unique=True)
    kind = models.CharField("类别", max_length=3, choices=DayKind.choices, default=DayKind.OFF)
    name = models.CharField("名称", max_length=50, help_text="如：三月三")

    class Meta:
        verbose_name = "节假日"
        verbose_name_plural = "节假日"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
