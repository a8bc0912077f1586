"""ContentPage: what every item has, whatever its type. Concrete, so that one query and one key span all types."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Page

from channels.edition import (
    AltId,
    GuideFacts,
    InterpretationFacts,
    ItemType,
    Lane,
    PolicyFacts,
    PublicityFacts,
    Relation,
    ServiceFacts,
)
from cms import proofing
from cms.blocks import BodyBlock
from cms.forms import ItemCopyForm
from cms.panels import item_panels
from cms.permissions import ITEM_PERMISSIONS
from cms.previews import ChannelPreviews

SUFFIX = 6
"""Hex digits of the content_id at the end of a slug."""


class ContentPage(ChannelPreviews, Page):
    """An item (稿件). Signing freezes it into an Edition; readers never see this page itself.

    outlet_choices: the editor's own decisions, `{outlet slug: {"wanted": bool, "reason": str}}`; rules decide the rest.
    correction_*: the note of the edition being prepared; cleared once it is signed.
    signed_*: what cms.publishing has last frozen, so that the sweep finds what was missed with one query.
    """

    content_id = models.UUIDField("稿件标识", default=uuid.uuid4, unique=True, editable=False)
    summary = models.TextField(
        "摘要", max_length=300, blank=True, help_text="列表、订阅源和公众号摘要使用，建议 120 字以内"
    )
    cover = models.ForeignKey(
        "cms.DistrictImage",
        verbose_name="封面图",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="列表和公众号封面使用，建议横幅、宽度不小于 900 像素",
    )
    body = StreamField(BodyBlock(), verbose_name="正文", blank=True, default=[("paragraph", "")])
    column = models.ForeignKey(
        "cms.Column", verbose_name="栏目", null=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        "cms.Unit", verbose_name="发布单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    topics = ParentalManyToManyField("cms.Topic", verbose_name="专题", blank=True, related_name="+")
    streets = ParentalManyToManyField(
        "cms.Unit",
        verbose_name="涉及街道",
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "street"},
        help_text="居民按街道查找和订阅时使用；全区性信息不选",
    )
    source = models.CharField("来源", max_length=100, blank=True, help_text="留空则为发布单位；转载稿件必填")
    origin_url = models.URLField("原文链接", max_length=500, blank=True, help_text="转载稿件填写")
    author = models.CharField("作者", max_length=100, blank=True)
    editor = models.CharField("责任编辑", max_length=100, blank=True)
    proofreader = models.CharField("校对", max_length=100, blank=True)
    reviewer = models.CharField("审核", max_length=100, blank=True)
    keywords = models.CharField("关键词", max_length=200, blank=True, help_text="用逗号分隔")
    lane = models.PositiveSmallIntegerField(
        "紧急程度",
        choices=[(Lane.URGENT.value, "紧急"), (Lane.NORMAL.value, "一般"), (Lane.BULK.value, "批量")],
        default=Lane.NORMAL.value,
    )
    valid_until = models.DateTimeField("有效期至", null=True, blank=True, help_text="过期后退出列表和订阅源")
    desk_note = models.TextField("编辑备注", blank=True, help_text="仅内部可见，不对外发布")
    outlet_choices = models.JSONField("投放去向", default=dict, blank=True)
    correction_note = models.CharField("更正说明", max_length=300, blank=True, help_text="随更正版本对外显示")
    correction_major = models.BooleanField("重要更正", default=False, help_text="重要更正会再次通知读者")
    signed_revision = models.PositiveBigIntegerField("已签发修订", null=True, editable=False)
    signed_place = models.TextField("签发时位置", blank=True, editable=False)

    slug: str
    item_type: ClassVar[ItemType]
    is_creatable = False
    subpage_types: ClassVar[list[str]] = []
    parent_page_types: ClassVar[list[str]] = ["hosted_sites.ColumnIndex"]
    exclude_fields_in_copy: ClassVar[list[str]] = [
        "content_id",
        "outlet_choices",
        "correction_note",
        "correction_major",
        "signed_revision",
        "signed_place",
    ]
    copy_form_class = ItemCopyForm
    show_in_menus_default = False
    edit_handler = item_panels()

    class Meta:
        verbose_name = "稿件"
        verbose_name_plural = "稿件"
        permissions = ITEM_PERMISSIONS

    def with_content_json(self, content: Any) -> Any:
        """A revision carries neither identity nor bookkeeping along (copied revisions carry the source's)."""
        self._take_identity()
        page = super().with_content_json(content)
        for name in ("content_id", "slug", "url_path", "signed_revision", "signed_place"):
            setattr(page, name, getattr(self, name))
        return page

    def save(self, clean: bool = True, **kwargs: Any) -> None:
        """A live item is complete, whichever way it is published: the editor, a workflow, a bulk action, a schedule."""
        if self.alias_of_id:
            raise ValidationError("稿件不能建立别名页；要在其他站点显示，请在“投放去向”中勾选该站点")
        self._take_identity()
        if clean and self.live and (found := proofing.problems(self)):
            raise ValidationError(found)
        super().save(clean=clean, **kwargs)

    def alt_ids(self) -> tuple[AltId, ...]:
        """Official numbers that the edition carries."""
        return ()

    def issue_date(self) -> str:
        """The date on the document, as YYYY-MM-DD; empty for an item that is no document."""
        return ""

    def service_facts(self) -> ServiceFacts | None:
        """The typed fields of a service notice."""
        return None

    def policy_facts(self) -> PolicyFacts | None:
        """The typed fields of a policy document."""
        return None

    def interpretation_facts(self) -> InterpretationFacts | None:
        """How an interpretation explains."""
        return None

    def publicity_facts(self) -> PublicityFacts | None:
        """The typed fields of a public notice."""
        return None

    def guide_facts(self) -> GuideFacts | None:
        """The typed fields of a service guide."""
        return None

    def relations(self) -> tuple[Relation, ...]:
        """Other items that this one is about."""
        return ()

    def needs_body(self) -> bool:
        """Whether the item says nothing without its body."""
        return True

    def end_of_validity(self) -> datetime | None:
        """When the item leaves lists and feeds."""
        return self.valid_until

    def own_problems(self) -> proofing.Problems:
        """What stands in the way of signing an item of this type."""
        return {}

    def _set_core_field_defaults(self) -> None:
        """Wagtail has no public hook for a slug that is not made of the title; tests/cms/test_content.py watches this."""
        self._take_identity()
        super()._set_core_field_defaults()

    def _take_identity(self) -> None:
        """The slug of an item is dated, ASCII, and ends in its content_id: unique in the district, the same for ever."""
        if self.slug.endswith(f"-{_suffix(self.content_id)}"):
            return
        if self.pk and (
            stored := ContentPage.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        ):
            self.slug = stored
            return
        while ContentPage.objects.filter(slug__endswith=f"-{_suffix(self.content_id)}").exists():
            self.content_id = uuid.uuid4()
        self.slug = dated_slug(self.content_id, timezone.localdate())


def dated_slug(content_id: uuid.UUID, day: date) -> str:
    """`20261123-1a2b3c`."""
    return f"{day:%Y%m%d}-{_suffix(content_id)}"


def _suffix(content_id: uuid.UUID) -> str:
    return content_id.hex[:SUFFIX]
