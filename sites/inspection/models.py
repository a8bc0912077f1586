"""Runs of the inspection with their findings, what people have explained, and the typed half of the yearly report."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class InspectionRun(models.Model):
    """One inspection of all sites and accounts. `findings` is the compact JSON of `findings.pack`, newest runs only.

    `is_nightly`: the one that history and comparison are made of; a run by hand in between counts for neither.
    """

    at = models.DateTimeField("体检时间", db_index=True)
    by = models.CharField("发起人", max_length=150, blank=True)
    is_nightly = models.BooleanField("每日体检", default=False)
    vetoes = models.PositiveIntegerField("单项否决未达标", default=0)
    warnings = models.PositiveIntegerField("预警", default=0)
    deductions = models.DecimalField("参考扣分", max_digits=8, decimal_places=1, default=0)
    findings = models.JSONField("结果", null=True)

    class Meta:
        verbose_name = "体检"
        verbose_name_plural = "体检"
        ordering: ClassVar[list[str]] = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Explanation(models.Model):
    """Why a finding stands: what was there until `at` is explained, what comes after is not."""

    key = models.CharField("项目", max_length=200, unique=True)
    reason = models.CharField("说明", max_length=300)
    at = models.DateTimeField("说明时间")
    by = models.CharField("说明人", max_length=150, blank=True)

    class Meta:
        verbose_name = "情况说明"
        verbose_name_plural = "情况说明"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="explanation_says_why"),
        ]

    def __str__(self) -> str:
        return self.key


class YearReport(models.Model):
    """政府网站工作年度报表 of one site and year: what people have typed, by the key of the line."""

    home = models.ForeignKey(
        "hosted_sites.SiteHome",
        verbose_name="站点",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    year = models.PositiveSmallIntegerField("年度")
    typed = models.JSONField("填报内容", default=dict)
    published_url = models.URLField("公布网址", max_length=500, blank=True)
    changed_at = models.DateTimeField("填报时间")
    changed_by = models.CharField("填报人", max_length=150, blank=True)

    class Meta:
        verbose_name = "年度报表"
        verbose_name_plural = "年度报表"
        constraints = [models.UniqueConstraint(fields=["home", "year"], name="year_report_once")]

    def __str__(self) -> str:
        return f"{self.home_id} {self.year}"
