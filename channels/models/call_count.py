"""CallCount: how many metered calls an outlet has made on one day, so that no process spends what is not there."""

from __future__ import annotations

from django.db import models


class CallCount(models.Model):
    """One row per outlet, kind of call and day of its quota. Written through channels.checkpoints alone.

    `limit` is what the outlet itself has stated as the daily limit; null: only our own table knows one. A new day's row
    takes it over from the day before.
    """

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    call = models.CharField("接口", max_length=60)
    day = models.DateField("日期")
    used = models.PositiveIntegerField("已用", default=0)
    limit = models.PositiveIntegerField("终端公布的上限", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outlet", "call", "day"], name="call_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call} {self.day}"
