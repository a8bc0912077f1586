"""The short code of an item, and its scans by place and day. No row tells anything about a person."""

from __future__ import annotations

from django.db import models

from sites.shortlinks.codes import CODE_CHARS


class ShortLink(models.Model):
    """One code an item, for good: both keys are unique and nothing ever deletes a row, so what is printed stays true."""

    code = models.CharField("短码", max_length=CODE_CHARS, primary_key=True)
    item = models.OneToOneField(
        "syndication.Item", verbose_name="稿件", on_delete=models.PROTECT, related_name="short_link"
    )
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "短链接"
        verbose_name_plural = "短链接"

    def __str__(self) -> str:
        return self.code


class ScanDay(models.Model):
    """How often a link was opened on one day of Beijing's calendar from codes that were shown at one place.

    `place` is an outlet's slug or a key of places.OWN; empty when the address named none.
    """

    link = models.ForeignKey(
        ShortLink, verbose_name="短链接", on_delete=models.PROTECT, related_name="scans", db_index=False
    )
    place = models.CharField("来源", max_length=50, blank=True)
    day = models.DateField("日期")
    times = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "每日扫码"
        verbose_name_plural = "每日扫码"
        constraints = [models.UniqueConstraint(fields=["link", "place", "day"], name="scan_day_once")]
        indexes = [models.Index(fields=["day"], name="scan_by_day")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}"
