"""StreamField blocks of a service guide: its materials and its questions."""

from __future__ import annotations

from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

KINDS = ("原件", "复印件", "原件和复印件", "电子件", "原件核验，不收取")


class MaterialBlock(blocks.StructBlock):
    name = blocks.CharBlock(label="材料名称", max_length=100)
    kind = blocks.ChoiceBlock(label="形式", choices=[(kind, kind) for kind in KINDS], required=False)
    copies = blocks.IntegerBlock(label="份数", min_value=0, max_value=99, required=False)
    form = DocumentChooserBlock(label="空白表格", required=False)
    note = blocks.CharBlock(label="说明", max_length=200, required=False)

    class Meta:
        label = "材料"
        icon = "doc-full"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label="问", max_length=200)
    answer = blocks.TextBlock(label="答")

    class Meta:
        label = "问答"
        icon = "help"


class MaterialsBlock(blocks.StreamBlock):
    material = MaterialBlock()


class QuestionsBlock(blocks.StreamBlock):
    question = QuestionBlock()
