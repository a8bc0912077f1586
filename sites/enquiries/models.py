"""Enquiry (留言), its history, and the days that move its clock. Written through sites.enquiries.verbs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from channels.sealing import Seal

TEXT_MAX, ANSWER_MAX, PAGE_MAX = 2000, 3000, 500
NAME_MAX, CONTACT_MAX, NOTE_MAX = 30, 100, 500
"""Characters."""


class Kind(models.TextChoices):
    CORRECTION = "correction", "找错"
    QUESTION = "question", "咨询"
    SUGGESTION = "suggestion", "建议"
    COMPLAINT = "complaint", "投诉"


class State(models.TextChoices):
    OPEN = "open", "待办理"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "不予受理"


class Reason(models.TextChoices):
    """Why a message was closed without an answer."""

    DUPLICATE = "duplicate", "重复留言"
    SPAM = "spam", "垃圾信息"
    OUT_OF_SCOPE = "out_of_scope", "不属本网站受理范围"


class Act(models.TextChoices):
    RECEIVED = "received", "收到留言"
    TRANSFERRED = "transferred", "转办"
    ANSWERED = "answered", "答复"
    REVISED = "revised", "修改答复"
    PUBLISHED = "published", "公开答复"
    UNPUBLISHED = "unpublished", "撤回公开"
    CLOSED = "closed", "不予受理"
    REOPENED = "reopened", "重新办理"
    PURGED = "purged", "清除个人信息"


class Enquiry(models.Model):
    """`code` is the only key to it that the sender has. `sealed` holds his name and contact until they are purged.

    due_on: the last working day for an answer, by the calendar known so far. public_text: the question as it is
    published, without anything personal; null published_at: the answer is for the sender only.
    """

    site = models.ForeignKey(
        "hosted_sites.SiteHome", verbose_name="站点", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    site_name = models.CharField("网站", max_length=100)
    unit = models.ForeignKey(
        "cms.Unit", verbose_name="办理单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField("查询码", max_length=10, unique=True)
    nonce = models.CharField("表单号", max_length=32, unique=True, editable=False)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    page_url = models.CharField("网页地址", max_length=PAGE_MAX, blank=True)
    text = models.TextField("留言内容", max_length=TEXT_MAX)
    sealed = models.TextField("加密的称呼和联系方式", blank=True, editable=False)
    received_at = models.DateTimeField("收到时间")
    due_on = models.DateField("应答复日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField("不予受理原因", max_length=12, choices=Reason.choices, blank=True)
    answer = models.TextField("答复", max_length=ANSWER_MAX, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    public_text = models.TextField("公开的留言内容", max_length=TEXT_MAX, blank=True)
    published_at = models.DateTimeField("公开时间", null=True)
    purged_at = models.DateTimeField("个人信息清除时间", null=True)

    class Meta:
        verbose_name = "留言"
        verbose_name_plural = "留言"
        default_permissions = ()
        permissions = [("handle_enquiry", "办理留言（限有编辑权限的站点）")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="enquiry_closed_in_time",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | (Q(state="answered") & ~Q(answer="") & ~Q(public_text="")),
                name="enquiry_published_answered",
            ),
            models.CheckConstraint(
                condition=(Q(state="closed") & ~Q(reason="")) | (~Q(state="closed") & Q(reason="")),
                name="enquiry_closed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="open"), name="enquiry_open"),
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(published_at__isnull=False),
                name="enquiry_public",
            ),
            models.Index(fields=["closed_at"], condition=Q(purged_at=None), name="enquiry_to_purge"),
            models.Index(fields=["received_at"], name="enquiry_received"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"

    def set_person(self, name: str, contact: str) -> None:
        """Seals who wrote; the caller saves."""
        given = {"name": name, "contact": contact}
        self.set_secrets({key: value for key, value in given.items() if value})

    def person(self) -> dict[str, str]:
        """`name`, `contact`, as far as given. Raises ConfigError when no key fits."""
        return self.secrets()

    def set_secrets(self, secrets: dict[str, str]) -> None:
        """By this name `manage.py reseal` finds what a new key has to seal."""
        self.sealed = Seal(settings.OUTLET_KEYS).close(secrets)

    def secrets(self) -> dict[str, str]:
        return Seal(settings.OUTLET_KEYS).open(self.sealed)


class Step(models.Model):
    """One act in the history of a message; append-only. `note` keeps what an act has replaced."""

    enquiry = models.ForeignKey(Enquiry, verbose_name="留言", on_delete=models.CASCADE, related_name="steps")
    act = models.CharField("经过", max_length=12, choices=Act.choices)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=150, blank=True)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "办理经过"
        verbose_name_plural = "办理经过"
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%Y-%m-%d %H:%M}"
