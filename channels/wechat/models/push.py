"""Push (群发): an ordered set of signed items that an account sends to its followers as one message.

What the database itself refuses: an item or a position twice, more attempts than people have allowed, two pushes of
one account under way at once.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

ARTICLES_MAX = 8
"""Articles in one message (draft/add)."""


class PushState(models.TextChoices):
    EDITING = "editing", "编排中"
    PROPOSED = "proposed", "待复核"
    CONFIRMED = "confirmed", "已复核待发"
    SENDING = "sending", "发送中"
    ACCEPTED = "accepted", "已受理"
    UNKNOWN = "unknown", "待核实"
    SENT = "sent", "已发出"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"
    CLOSED = "closed", "已归档"


IN_FLIGHT = (PushState.SENDING, PushState.ACCEPTED, PushState.UNKNOWN)
"""The platform has it, or may have it."""


PREVIEWED = (PushState.EDITING, PushState.PROPOSED, PushState.CONFIRMED)
"""Of these previews may still be sent."""


class Audience(models.TextChoices):
    ALL = "all", "全部关注者"
    TAG = "tag", "按标签"


class Push(models.Model):
    """Written by channels.wechat.push.verbs (people) and channels.wechat.push.worker alone.

    scheduled_at null: at once after the confirmation. fingerprint: SHA-256 of exactly what was put forward. attempts:
    calls of sendall, counted before each goes out; only a person raises `allowed`. attempted_at null: the current
    attempt has not been made. due_at: when the worker looks next; cleanup_at: when it takes up again what a sent push
    has left to do (registering its articles, deleting older ones).
    """

    outlet = models.ForeignKey(
        "syndication.Outlet", verbose_name="公众号", on_delete=models.PROTECT, related_name="pushes"
    )
    state = models.CharField("状态", max_length=10, choices=PushState.choices, default=PushState.EDITING)
    audience = models.CharField("范围", max_length=5, choices=Audience.choices, default=Audience.ALL)
    tag_id = models.PositiveIntegerField("标签编号", null=True, blank=True)
    tag_name = models.CharField("标签", max_length=60, blank=True)
    scheduled_at = models.DateTimeField("排定时间", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    made_by = models.CharField("编排人", max_length=150)
    made_at = models.DateTimeField("建立时间")
    changed_at = models.DateTimeField("最近变化")
    proposed_by = models.CharField("提交人", max_length=150, blank=True)
    proposed_at = models.DateTimeField("提交时间", null=True)
    confirmed_by = models.CharField("复核人", max_length=150, blank=True)
    confirmed_at = models.DateTimeField("复核时间", null=True)
    fingerprint = models.CharField("复核内容校验值", max_length=64, blank=True)

    clientmsgid = models.CharField("群发标识", max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField("已尝试", default=0)
    allowed = models.PositiveSmallIntegerField("准许次数", default=1)
    attempted_at = models.DateTimeField("发出请求时间", null=True)
    media_id = models.CharField("草稿", max_length=200, blank=True)
    drafted = models.CharField("草稿内容校验值", max_length=64, blank=True)
    msg_id = models.CharField("群发任务", max_length=64, blank=True)
    msg_data_id = models.CharField("群发图文", max_length=64, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    closed_at = models.DateTimeField("归档时间", null=True)
    counts = models.JSONField("送达", default=dict)
    evidence = models.JSONField("证据", default=dict)
    outcome = models.CharField("说明", max_length=500, blank=True)
    code = models.CharField("微信代码", max_length=100, blank=True)

    due_at = models.DateTimeField("下次处理", null=True)
    cleanup_at = models.DateTimeField("下次善后", null=True)
    polls = models.PositiveSmallIntegerField("查询次数", default=0)
    lease_owner = models.CharField("租约", max_length=32, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True)

    class Meta:
        verbose_name = "推送"
        verbose_name_plural = "推送"
        constraints = [
            models.CheckConstraint(condition=Q(attempts__lte=F("allowed")), name="push_attempts_allowed"),
            models.UniqueConstraint(
                fields=["outlet"], condition=Q(state__in=[*IN_FLIGHT]), name="push_in_flight_once"
            ),
            models.CheckConstraint(
                condition=Q(audience="all", tag_id__isnull=True) | Q(audience="tag", tag_id__isnull=False),
                name="push_audience_named",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("proposed_by")), name="push_second_person"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="push_due"),
            models.Index(fields=["outlet", "-id"], name="push_by_outlet"),
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id} #{self.pk}"

    @property
    def status(self) -> PushState:
        return PushState(self.state)

    @property
    def audience_text(self) -> str:
        return f"标签：{self.tag_name}" if self.audience == Audience.TAG else Audience.ALL.label


class PushArticle(models.Model):
    """One article of a push. Empty own fields are inherited from the adopted edition.

    cover: the document of a channels.edition.Asset, and the library picture that it was made from; cover_file keeps
    its bytes. kept: the newest edition in whose face the adopted one was kept. superseded: what a receipt named for
    the articles and drafts that were there before (`article:<id>` …), to be deleted once this one is out.
    """

    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="articles", db_index=False)
    position = models.PositiveSmallIntegerField("位置")
    item = models.ForeignKey("syndication.Item", on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("syndication.EditionRecord", on_delete=models.PROTECT, related_name="+")
    kept = models.PositiveIntegerField("已决定保留时的最新版本", default=0)
    headline = models.CharField("标题", max_length=64, blank=True)
    summary = models.CharField("摘要", max_length=300, blank=True)
    cover = models.JSONField("封面", null=True, blank=True)
    cover_file = models.ForeignKey(
        "syndication.AssetFile", null=True, blank=True, on_delete=models.PROTECT, related_name="push_covers"
    )
    url = models.URLField("文章地址", max_length=500, blank=True)
    carried = models.BooleanField("已登记", default=False)
    superseded = models.JSONField("待删除的旧文章", default=list, blank=True)

    class Meta:
        verbose_name = "推送文章"
        verbose_name_plural = "推送文章"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["push", "position"], name="push_position_once"),
            models.UniqueConstraint(fields=["push", "item"], name="push_item_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=ARTICLES_MAX), name="push_position_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.push_id}.{self.position}"

    @property
    def place(self) -> str:
        """头条, 次条, 第 3 条 …"""
        return {1: "头条", 2: "次条"}.get(self.position, f"第 {self.position} 条")


class PushPreview(models.Model):
    """One preview to one WeChat id, sent at most once: `started_at` is committed before the call."""

    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="previews")
    name = models.CharField("微信号", max_length=64)
    digest = models.CharField("内容校验值", max_length=64)
    asked_by = models.CharField("发送人", max_length=150)
    asked_at = models.DateTimeField("要求时间")
    started_at = models.DateTimeField("开始", null=True)
    sent_at = models.DateTimeField("发出", null=True)
    message = models.CharField("说明", max_length=500, blank=True)
    code = models.CharField("微信代码", max_length=100, blank=True)

    class Meta:
        verbose_name = "推送预览"
        verbose_name_plural = "推送预览"
        indexes = [
            models.Index(fields=["id"], condition=Q(started_at__isnull=True), name="push_preview_open"),
        ]

    def __str__(self) -> str:
        return f"{self.push_id} → {self.name}"

    @property
    def is_refused(self) -> bool:
        """The platform has said no; without its code it may have arrived."""
        return self.sent_at is None and self.code.isdigit()


class PushEvent(models.Model):
    """The history of a push: append-only. `attempt` numbers the calls of sendall, each of them once."""

    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField("时间")
    by = models.CharField("操作人", max_length=150, blank=True)
    text = models.CharField("经过", max_length=500)
    code = models.CharField("微信代码", max_length=100, blank=True)
    detail = models.JSONField("详情", default=dict)
    attempt = models.PositiveSmallIntegerField("第几次发出", null=True)

    class Meta:
        verbose_name = "推送经过"
        verbose_name_plural = "推送经过"
        constraints = [
            models.UniqueConstraint(fields=["push", "attempt"], name="push_attempt_once"),
        ]
        indexes = [models.Index(fields=["push", "-id"], name="push_event_by_push")]

    def __str__(self) -> str:
        return self.text


class OutsidePush(models.Model):
    """Pushes that somebody made in the platform's own back office: they use up the same quota."""

    outlet = models.ForeignKey("syndication.Outlet", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.CharField("登记人", max_length=150)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "后台群发登记"
        verbose_name_plural = "后台群发登记"
        indexes = [models.Index(fields=["outlet", "day"], name="outside_push_by_day")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.day}"


def history(push: Push, text: str, *, at: Any, by: str = "", **values: Any) -> PushEvent:
    """One more line of the history."""
    return PushEvent.objects.create(push=push, text=text[:500], at=at, by=by[:150], **values)
