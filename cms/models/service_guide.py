"""ServiceGuidePage (办事指南): everything that somebody needs to know before he goes to the counter."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField

from channels.edition import GuideFacts, ItemType
from cms import guides, proofing
from cms.completeness_panel import CompletenessPanel
from cms.guide_blocks import MaterialsBlock, QuestionsBlock
from cms.models.content import ContentPage
from cms.panels import item_panels


def _choices(*names: str) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class ServiceGuidePage(ContentPage):
    code = models.CharField("事项编码", max_length=50, blank=True)
    kind = models.CharField(
        "事项类型",
        max_length=20,
        blank=True,
        choices=_choices("行政许可", "行政确认", "行政给付", "行政奖励", "其他行政权力", "公共服务"),
    )
    handling = models.CharField("办件类型", max_length=10, blank=True, choices=_choices("即办件", "承诺件"))
    department = models.CharField("办理机构", max_length=100, blank=True, help_text="实施主体的规范全称")
    audience = models.CharField("服务对象", max_length=100, blank=True, help_text="如 个人、企业法人")
    basis = models.TextField("设定依据", blank=True, help_text="每行一条，写明文件名称和条款")
    conditions = models.TextField("申请条件", blank=True, help_text="每行一条")
    materials = StreamField(MaterialsBlock(required=False), verbose_name="申请材料", blank=True)
    steps = models.TextField("办理流程", blank=True, help_text="每行一步，序号自动添加")
    legal_days = models.PositiveSmallIntegerField("法定时限（工作日）", null=True, blank=True)
    promised_days = models.PositiveSmallIntegerField(
        "承诺时限（工作日）", null=True, blank=True, help_text="当场办结填 0"
    )
    fee = models.CharField("收费标准", max_length=200, blank=True, help_text="不收费的请写“不收费”，不要留空")
    fee_basis = models.CharField("收费依据", max_length=200, blank=True)
    result = models.CharField("办理结果", max_length=100, blank=True, help_text="如 证书名称")
    delivery = models.CharField("送达方式", max_length=100, blank=True, help_text="如 窗口领取、邮寄")
    visits = models.PositiveSmallIntegerField("到现场次数", null=True, blank=True)
    online_url = models.URLField("网上办理地址", max_length=500, blank=True)
    query_url = models.URLField("进度查询地址", max_length=500, blank=True)
    address = models.CharField("办理地点", max_length=200, blank=True, help_text="写明窗口和公交路线")
    hours = models.CharField("办理时间", max_length=200, blank=True, help_text="写明工作日和节假日安排")
    phone = models.CharField("咨询电话", max_length=100, blank=True)
    supervision_phone = models.CharField("监督投诉电话", max_length=100, blank=True)
    questions = StreamField(QuestionsBlock(required=False), verbose_name="常见问题", blank=True)

    item_type: ClassVar[ItemType] = ItemType.SERVICE_GUIDE
    page_description = "一个事项怎么办：条件、材料、流程、时限、收费、地点"
    edit_handler = item_panels(
        CompletenessPanel(heading="要素完整度"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("kind"), FieldPanel("handling")]),
                FieldRowPanel([FieldPanel("department"), FieldPanel("audience")]),
                FieldRowPanel([FieldPanel("code"), FieldPanel("visits")]),
                FieldRowPanel([FieldPanel("legal_days"), FieldPanel("promised_days")]),
                FieldRowPanel([FieldPanel("fee"), FieldPanel("fee_basis")]),
                FieldRowPanel([FieldPanel("result"), FieldPanel("delivery")]),
            ],
            heading="基本信息",
        ),
        FieldPanel("basis"),
        FieldPanel("conditions"),
        FieldPanel("materials"),
        FieldPanel("steps"),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("hours"),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("supervision_phone")]),
                FieldRowPanel([FieldPanel("online_url"), FieldPanel("query_url")]),
            ],
            heading="在哪里办",
        ),
        FieldPanel("questions"),
    )

    class Meta:
        verbose_name = "办事指南"
        verbose_name_plural = "办事指南"

    def guide_facts(self) -> GuideFacts:
        return guides.facts(self)

    def needs_body(self) -> bool:
        """The fields are the text."""
        return False

    def own_problems(self) -> proofing.Problems:
        return guides.problems(self)
