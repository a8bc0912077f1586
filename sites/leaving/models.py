"""Hosts that readers reach without being asked, beside .gov.cn and the hub's own; each with the reason why."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from sites.leaving.hosts import checked_domain


def check_domain(value: str) -> None:
    """Validator of AllowedDomain.domain."""
    try:
        checked_domain(value)
    except ValueError as error:
        raise ValidationError(
            "请填写域名，如 example.com，不含 http:// 和路径，也不能只填 .com 之类的后缀"
        ) from error


class AllowedDomain(models.Model):
    """A host and all below it, for one site or (null) for every site of the hub."""

    domain = models.CharField(
        "域名",
        max_length=253,
        validators=[check_domain],
        help_text="含其全部子域名，如填 example.com 则 www.example.com 也不再提示",
    )
    site = models.ForeignKey(
        "hosted_sites.SiteHome",
        verbose_name="适用站点",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="不选则适用于全部站点",
    )
    reason = models.CharField(
        "理由", max_length=200, help_text="为何信任该网站，如“上级部门业务系统”，供检查时查阅"
    )

    class Meta:
        verbose_name = "免提示域名"
        verbose_name_plural = "免提示域名"
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                fields=["domain", "site"],
                name="allowed_domain_once",
                violation_error_message="该站点已有这个域名",
            ),
            models.UniqueConstraint(
                fields=["domain"],
                condition=models.Q(site=None),
                name="allowed_domain_everywhere_once",
                violation_error_message="全部站点已有这个域名",
            ),
        ]

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        self.domain = self.domain.strip().lower()
