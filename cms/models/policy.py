"""PolicyPage (政策文件): an official document with its numbers, its classification and whether it still holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel

from channels.edition import ItemType, PolicyFacts, PolicyStatus, Relation, RelationKind
from cms import proofing
from cms.models.content import ContentPage
from cms.models.official import OfficialDocument
from cms.panels import item_panels
from cms.richtext import one_line


class PolicyPage(OfficialDocument, ContentPage):
    index_number = models.CharField("索引号", max_length=50, blank=True, help_text="如 城中政办/2026-00003")
    category = models.CharField("主题分类", max_length=50, blank=True, help_text="一级，如 城乡建设")
    subcategory = models.CharField("二级分类", max_length=50, blank=True, help_text="如 住房保障")
    issued_by = models.CharField(
        "发文机关", max_length=200, blank=True, help_text="联合发文逐一列出；留空则为发布单位"
    )
    doc_number = models.CharField(
        "发文字号", max_length=50, blank=True, help_text="如 城政办发〔2026〕3号；括号自动改为〔〕"
    )
    issued_on = models.DateField("成文日期", null=True, blank=True)
    effective_on = models.DateField("施行日期", null=True, blank=True)
    status = models.CharField(
        "有效性",
        max_length=20,
        choices=[(status.value, status.label) for status in PolicyStatus],
        default=PolicyStatus.VALID.value,
    )
    status_on = models.DateField("失效或废止日期", null=True, blank=True)
    status_note = models.CharField(
        "有效性说明", max_length=200, blank=True, help_text="如 由城政办发〔2026〕9号替代；部分废止须写明条款"
    )

    replaced_by = models.ForeignKey(
        "self",
        verbose_name="替代文件",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="失效或废止后应当执行的文件，两份文件互相链接",
    )

    item_type: ClassVar[ItemType] = ItemType.POLICY_DOC
    page_description = "规范性文件、政府文件，标注文号和有效性"
    edit_handler = item_panels(
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("index_number"), FieldPanel("doc_number")]),
                FieldRowPanel([FieldPanel("category"), FieldPanel("subcategory")]),
                FieldPanel("issued_by"),
                FieldRowPanel([FieldPanel("issued_on"), FieldPanel("effective_on")]),
            ],
            heading="公文要素",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("status"), FieldPanel("status_on")]),
                FieldPanel("status_note"),
                PageChooserPanel("replaced_by"),
            ],
            heading="有效性",
        ),
    )

    class Meta:
        verbose_name = "政策文件"
        verbose_name_plural = "政策文件"

    def policy_facts(self) -> PolicyFacts:
        return PolicyFacts(
            category=self.category.strip(),
            subcategory=self.subcategory.strip(),
            issued_by=self.issued_by.strip(),
            effective_on=self.effective_on.isoformat() if self.effective_on else "",
            status=PolicyStatus(self.status),
            status_on=self.status_on.isoformat() if self.status_on else "",
            status_note=self.status_note.strip(),
        )

    def relations(self) -> tuple[Relation, ...]:
        other = self.replaced_by
        if other is None:
            return ()
        uri = f"urn:uuid:{other.content_id}"
        return (Relation(kind=RelationKind.REPLACED_BY, uri=uri, headline=one_line(other.title)),)

    def own_problems(self) -> proofing.Problems:
        found = proofing.doc_number_problems(self.doc_number)
        if not self.issued_on:
            found["issued_on"] = "请填写成文日期"
        if not self.category.strip():
            found["category"] = "请填写主题分类"
        if self.status != PolicyStatus.VALID and not (self.status_on or self.status_note.strip()):
            found["status_note"] = "文件已失效或废止，请填写日期或说明原因"
        if self.status == PolicyStatus.PARTLY_REPEALED and not self.status_note.strip():
            found["status_note"] = "请说明哪些条款已废止"
        if self.status_on and self.issued_on and self.status_on < self.issued_on:
            found["status_on"] = "失效或废止日期早于成文日期，请核对"
        if self.replaced_by_id and self.replaced_by_id == self.pk:
            found["replaced_by"] = "替代文件不能是文件自己，请另选一份或留空"
        elif self.replaced_by_id and self.status == PolicyStatus.VALID:
            found["status"] = "已选择替代文件，请把有效性改为失效、废止或部分废止"
        return found
