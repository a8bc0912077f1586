"""InterpretationPage (政策解读): explains one or more policy documents, in words, pictures or film."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Orderable

from channels.edition import InterpretationFacts, ItemType, Relation, RelationKind
from cms import proofing
from cms.models.content import ContentPage
from cms.panels import item_panels
from cms.richtext import one_line

SEEN = {"图解", "视频", "动漫", "音频"}
"""Forms that some readers can take in by a text alternative only."""


class InterpretationPage(ContentPage):
    form = models.CharField(
        "解读形式",
        max_length=10,
        choices=[(form, form) for form in ("文字", "问答", "图解", "视频", "动漫", "音频")],
        default="文字",
    )
    transcript = models.TextField(
        "文字说明", blank=True, help_text="图解、音视频须填写：把画面或声音里的内容完整写出来，每段一行"
    )

    item_type: ClassVar[ItemType] = ItemType.INTERPRETATION
    page_description = "对政策文件的解读，与文件互相链接"
    edit_handler = item_panels(
        InlinePanel("documents", heading="解读的文件", label="政策文件"),
        MultiFieldPanel([FieldPanel("form"), FieldPanel("transcript")], heading="解读形式"),
    )

    class Meta:
        verbose_name = "政策解读"
        verbose_name_plural = "政策解读"

    def interpretation_facts(self) -> InterpretationFacts:
        return InterpretationFacts(form=self.form, transcript=proofing.lines(self.transcript))

    def relations(self) -> tuple[Relation, ...]:
        return tuple(
            Relation(
                kind=RelationKind.INTERPRETS,
                uri=f"urn:uuid:{row.document.content_id}",
                headline=one_line(row.document.title),
            )
            for row in self.documents.all()
            if row.document_id
        )

    def own_problems(self) -> proofing.Problems:
        found: proofing.Problems = {}
        chosen = [row.document_id for row in self.documents.all() if row.document_id]
        if not chosen:
            found["documents"] = "请选择所解读的政策文件"
        elif len(set(chosen)) < len(chosen):
            found["documents"] = "同一份政策文件选择了两次，请删除重复项"
        if self.form in SEEN and not proofing.lines(self.transcript):
            found["transcript"] = f"{self.form}解读须填写文字说明，方便读屏和看不到画面的读者"
        return found


class InterpretedDocument(Orderable):
    """One document that an interpretation explains."""

    interpretation = ParentalKey(InterpretationPage, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(
        "cms.PolicyPage", verbose_name="政策文件", on_delete=models.CASCADE, related_name="+"
    )

    panels: ClassVar[list[PageChooserPanel]] = [PageChooserPanel("document", "cms.PolicyPage")]

    class Meta(Orderable.Meta):
        verbose_name = "所解读的文件"
        verbose_name_plural = "所解读的文件"

    def __str__(self) -> str:
        return str(self.document)
