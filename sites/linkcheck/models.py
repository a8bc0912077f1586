"""Links by address, where readers meet them, and what has been seen of them; and the domains that they lead to.

All but the words, the muting and what people have confirmed about a domain is derived and can be collected again.
An edition never changes: its links are read once (EditionLink, ReadEdition). Home pages are read every night (HomeLink).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sites.linkcheck import judging
from sites.linkcheck.judging import FAILING, State


class Part(models.TextChoices):
    """Where in an item a link stands."""

    TEXT = "text", "正文链接"
    ORIGIN = "origin", "原文链接"
    PICTURE = "picture", "图片"
    ATTACHMENT = "attachment", "附件"


class LinkQuerySet(models.QuerySet["Link"]):
    def used(self) -> LinkQuerySet:
        """Those that readers are shown now."""
        return self.filter(is_used=True)

    def reported(self) -> LinkQuerySet:
        """Failing as often as the rule asks for, and not muted."""
        own, external = (judging.CONFIRMATIONS[is_own] for is_own in (True, False))
        often = Q(is_own=True, failures__gte=own) | Q(is_own=False, failures__gte=external)
        return self.used().filter(often, state__in=FAILING, muted_at=None)


class Link(models.Model):
    """One address. `code` says why (a status or a judging.Failure); `failures` counts failed checks in a row.

    is_used, on_home: whether readers meet it now, and on a home page; set anew every night.
    """

    digest = models.CharField("摘要", max_length=64, unique=True)
    url = models.TextField("网址")
    host = models.CharField("域名", max_length=270, db_index=True)
    is_own = models.BooleanField("站内")
    is_used = models.BooleanField("在用", default=True)
    on_home = models.BooleanField("在首页", default=False)
    state = models.CharField(
        "状态", max_length=10, default=State.UNCHECKED, choices=list(judging.STATES.items())
    )
    code = models.CharField("原因", max_length=20, blank=True)
    leads_to = models.TextField("跳转到", blank=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    failed_since = models.DateTimeField("开始失效", null=True)
    checked_at = models.DateTimeField("最近检查", null=True)
    muted_at = models.DateTimeField("忽略时间", null=True)
    muted_by = models.CharField("忽略人", max_length=150, blank=True)
    muted_reason = models.CharField("忽略原因", max_length=200, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = "链接"
        verbose_name_plural = "链接"
        constraints = [
            models.CheckConstraint(
                condition=Q(muted_at=None) | ~Q(muted_reason=""), name="link_muted_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["is_own", "checked_at"], condition=Q(is_used=True), name="link_to_check"),
            models.Index(fields=["state"], condition=Q(state__in=["dead", "suspected"]), name="link_failing"),
        ]

    def __str__(self) -> str:
        return self.url[:100]


class EditionLink(models.Model):
    """A link in an edition; `text` is what the reader sees of it."""

    edition = models.ForeignKey(
        "syndication.EditionRecord",
        verbose_name="版本",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    link = models.ForeignKey(Link, verbose_name="链接", on_delete=models.CASCADE, related_name="in_editions")
    part = models.CharField("位置", max_length=10, choices=Part.choices)
    text = models.CharField("文字", max_length=100, blank=True)

    class Meta:
        verbose_name = "稿件中的链接"
        verbose_name_plural = "稿件中的链接"
        constraints = [models.UniqueConstraint(fields=["edition", "link", "part"], name="edition_link_once")]

    def __str__(self) -> str:
        return f"{self.link_id} in {self.edition_id}"


class ReadEdition(models.Model):
    """The links of this edition have been read."""

    edition = models.OneToOneField(
        "syndication.EditionRecord",
        verbose_name="版本",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="links_read",
    )

    class Meta:
        verbose_name = "已读版本"
        verbose_name_plural = "已读版本"

    def __str__(self) -> str:
        return str(self.edition_id)


class HomeLink(models.Model):
    """A link on the home page of a site, menu and footer included, as it was rendered last night."""

    home = models.ForeignKey(
        "hosted_sites.SiteHome",
        verbose_name="站点",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    link = models.ForeignKey(Link, verbose_name="链接", on_delete=models.CASCADE, related_name="on_homes")
    text = models.CharField("文字", max_length=100, blank=True)

    class Meta:
        verbose_name = "首页上的链接"
        verbose_name_plural = "首页上的链接"
        constraints = [models.UniqueConstraint(fields=["home", "link"], name="home_link_once")]

    def __str__(self) -> str:
        return f"{self.link_id} on {self.home_id}"


class LinkEvent(models.Model):
    """A link's state changed; append-only."""

    link = models.ForeignKey(Link, verbose_name="链接", on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField("时间")
    state = models.CharField("状态", max_length=10, choices=list(judging.STATES.items()))
    code = models.CharField("原因", max_length=20, blank=True)

    class Meta:
        verbose_name = "链接状态变化"
        verbose_name_plural = "链接状态变化"

    def __str__(self) -> str:
        return f"{self.link_id} {self.state}"


class OutboundDomain(models.Model):
    """A foreign host that our pages link to. What a person has confirmed is compared with what is seen now.

    `title` and `leads_to` (the host where its front page ends) are the last look; `known_*` what is taken for right:
    the first look, or the one that a person has confirmed. `alarm` is what differs, in words; empty: nothing.
    """

    host = models.CharField("域名", max_length=270, unique=True)
    secure = models.BooleanField("加密访问", default=True)
    is_used = models.BooleanField("在用", default=True)
    first_seen_at = models.DateTimeField("首次出现")
    checked_at = models.DateTimeField("最近检查", null=True)
    title = models.CharField("最近标题", max_length=200, blank=True)
    leads_to = models.CharField("最近指向", max_length=270, blank=True)
    known_title = models.CharField("已核对标题", max_length=200, blank=True)
    known_leads_to = models.CharField("已核对指向", max_length=270, blank=True)
    known_words = models.CharField("已核对词语", max_length=200, blank=True)
    words = models.CharField("命中词语", max_length=200, blank=True)
    alarm = models.CharField("报警", max_length=500, blank=True)
    alarmed_at = models.DateTimeField("报警时间", null=True)
    confirmed_at = models.DateTimeField("核对时间", null=True)
    confirmed_by = models.CharField("核对人", max_length=150, blank=True)

    class Meta:
        verbose_name = "外链域名"
        verbose_name_plural = "外链域名"
        constraints = [
            models.CheckConstraint(
                condition=Q(alarm="", alarmed_at=None) | (~Q(alarm="") & Q(alarmed_at__isnull=False)),
                name="domain_alarm_with_time",
            ),
        ]

    def __str__(self) -> str:
        return self.host


class WatchWord(models.Model):
    """A word that a linked site must not show: the signs of a domain that has been sold, parked or broken into."""

    word = models.CharField(
        "词语", max_length=50, unique=True, help_text="出现在对方网站首页标题或正文中即报警"
    )
    kind = models.CharField(
        "类别",
        max_length=10,
        choices=[("parked", "域名停放或出售"), ("gambling", "赌博"), ("fraud", "诈骗和违法")],
        default="parked",
    )

    class Meta:
        verbose_name = "外链警示词"
        verbose_name_plural = "外链警示词"
        ordering: ClassVar[list[str]] = ["kind", "word"]

    def __str__(self) -> str:
        return self.word
