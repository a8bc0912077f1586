"""Closure (关停): that a hosted site is being closed, is closed, or rests for some days. A site without a row is open.

Beside the page, not in it: a draft of the page that is published later must not open the site again.
"""

from __future__ import annotations

from django.db import models

NOTE_MAX = 500


class Standing(models.TextChoices):
    """closing: readers are told until the day. suspended: nothing is shown until the day. closed: an archive."""

    CLOSING = "closing", "关停公告中"
    SUSPENDED = "suspended", "临时关闭"
    CLOSED = "closed", "已关停"


class Closure(models.Model):
    """Written through sites.making.closing. `until`: the day of the closing, or of the opening again, local."""

    site = models.OneToOneField(
        "hosted_sites.SiteHome",
        verbose_name="站点",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="closure",
    )
    standing = models.CharField("状态", max_length=10, choices=Standing.choices)
    note = models.CharField("公告内容", max_length=NOTE_MAX)
    since = models.DateTimeField("开始时间")
    until = models.DateField("日期", null=True)

    class Meta:
        verbose_name = "站点关停"
        verbose_name_plural = "站点关停"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(standing="closed") | models.Q(until__isnull=False),
                name="closure_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.standing}"

    @property
    def is_closed(self) -> bool:
        return self.standing == Standing.CLOSED

    @property
    def is_closing(self) -> bool:
        return self.standing == Standing.CLOSING

    @property
    def is_suspended(self) -> bool:
        return self.standing == Standing.SUSPENDED
