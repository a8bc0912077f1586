"""AccountProbe (检测): what an account was found to be allowed, when, and who asked."""

from __future__ import annotations

from django.db import models


class AccountProbe(models.Model):
    """Append-only. `findings` is the survey's, one document a capability; `level` as in channels.wechat.probing."""

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.PROTECT, related_name="probes", db_index=False
    )
    at = models.DateTimeField("时间")
    by = models.CharField("检测人", max_length=150)
    level = models.CharField("能力", max_length=10, blank=True)
    findings = models.JSONField("结果", default=list)

    class Meta:
        verbose_name = "公众号检测"
        verbose_name_plural = "公众号检测"
        indexes = [models.Index(fields=["outlet", "-at"], name="probe_by_outlet")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.at:%Y-%m-%d %H:%M}"
