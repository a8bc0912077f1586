"""Membership and Invitation: who looks after the website behind an outlet. Written through channels.pulling.webmasters."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Membership(models.Model):
    """This user is a webmaster (站长) of this outlet."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="站长", on_delete=models.CASCADE, related_name="+"
    )
    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="终端", on_delete=models.PROTECT, related_name="memberships"
    )
    made_at = models.DateTimeField("开始时间")

    class Meta:
        verbose_name = "站长"
        verbose_name_plural = "站长"
        constraints = [models.UniqueConstraint(fields=["user", "outlet"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.outlet_id}"


class Invitation(models.Model):
    """A link that makes whoever opens it a webmaster of one outlet, once. Stored as the SHA-256 of its token.

    `user` is set where somebody who is a webmaster already has forgotten his password: the link lets him set another.
    """

    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="终端", on_delete=models.PROTECT, related_name="invitations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="站长", null=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.CharField("受邀人", max_length=50)
    digest = models.CharField("校验值", max_length=64, unique=True)
    made_at = models.DateTimeField("发出时间")
    made_by = models.CharField("发出人", max_length=150)
    expires_at = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("使用时间", null=True)
    revoked_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = "站长邀请"
        verbose_name_plural = "站长邀请"

    def __str__(self) -> str:
        return self.person
