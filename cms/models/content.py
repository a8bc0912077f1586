"""ContentPage: what every item has, whatever its type. Concrete, so that one query and one key span all types."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from wagtail.fields import StreamField
from wagtail.models import Page

from channels.edition import ItemType, Lane
from cms.blocks import BodyBlock


class ContentPage(Page):
    """An item (稿件). Signing freezes it into an Edition; readers never see this page itself.

    outlet_choices: the editor's own decisions, `{outlet slug: {"wanted": bool, "reason": str}}`; rules decide the rest.
    correction_*: the note of the edition being prepared; cleared once it is signed.
    """

    content_id = models.UUIDField("稿件标识", default=uuid.uuid4, unique=True, editable=False)
    summary = models.TextField("摘要", max_length=300, blank=True, help_text="列表、订阅源和公众号摘要使用,建议 120 字以内")
    cover = models.ForeignKey(
        "cms.DistrictImage",
        verbose_name="封面图",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = StreamField(BodyBlock(), verbose_name="正文", blank=True)
    column = models.ForeignKey(
        "cms.Column", verbose_name="栏目", null=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        "cms.Unit", verbose_name="发布单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField("来源", max_length=100, blank=True, help_text="留空则为发布单位")
    origin_url = models.URLField("原文链接", max_length=500, blank=True, help_text="转载稿件必填")
    author = models.CharField("作者", max_length=100, blank=True)
    editor = models.CharField("责任编辑", max_length=100, blank=True)
    keywords = models.CharField("关键词", max_length=200, blank=True, help_text="用逗号分隔")
    lane = models.PositiveSmallIntegerField(
        "紧急程度",
        choices=[(Lane.URGENT.value, "紧急"), (Lane.NORMAL.value, "一般"), (Lane.BULK.value, "批量")],
        default=Lane.NORMAL.value,
    )
    valid_until = models.DateTimeField("有效期至", null=True, blank=True, help_text="过期后退出列表和订阅源")
    desk_note = models.TextField("编辑备注", blank=True, help_text="仅内部可见,不对外发布")
    outlet_choices = models.JSONField("投放选择", default=dict, blank=True)
    correction_note = models.CharField("更正说明", max_length=300, blank=True)
    correction_major = models.BooleanField("重要更正", default=False)

    item_type: ClassVar[ItemType]
    is_creatable = False
    subpage_types: ClassVar[list[str]] = []
    parent_page_types: ClassVar[list[str]] = ["hosted_sites.ColumnIndex"]
    exclude_fields_in_copy: ClassVar[list[str]] = ["content_id"]

    class Meta:
        verbose_name = "稿件"
        verbose_name_plural = "稿件"

    def with_content_json(self, content: Any) -> Any:
        """A revision never brings another item's identity along (copied revisions carry the source's)."""
        page = super().with_content_json(content)
        page.content_id = self.content_id
        return page
