"""StreamField blocks of an item's body: one for each Block kind of an Edition."""

from __future__ import annotations

from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

INLINE_FEATURES = ["bold", "italic", "link", "document-link", "superscript", "subscript", "ul", "ol"]


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label="文字", max_length=100)
    level = blocks.ChoiceBlock(label="层级", choices=[("2", "一级小标题"), ("3", "二级小标题")], default="2")

    class Meta:
        label = "小标题"
        icon = "title"


class FigureBlock(blocks.StructBlock):
    image = ImageBlock(label="图片", help_text="替代文字供读屏使用；纯装饰图请勾选“装饰性”")
    caption = blocks.CharBlock(label="图片说明", required=False, max_length=200)

    class Meta:
        label = "图片"
        icon = "image"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label="引文")
    attribution = blocks.CharBlock(label="出处", required=False, max_length=100)

    class Meta:
        label = "引文"
        icon = "openquote"


class ItemListBlock(blocks.StructBlock):
    items = blocks.ListBlock(blocks.CharBlock(label="条目"), label="条目", min_num=1)
    ordered = blocks.BooleanBlock(label="编号列表", required=False)

    class Meta:
        label = "列表"
        icon = "list-ul"


class AttachmentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label="附件")
    title = blocks.CharBlock(label="显示名称", required=False, max_length=200)

    class Meta:
        label = "附件"
        icon = "doc-full"


class BodyBlock(blocks.StreamBlock):
    paragraph = blocks.RichTextBlock(label="段落", features=INLINE_FEATURES, icon="pilcrow", required=False)
    heading = HeadingBlock()
    figure = FigureBlock()
    table = TableBlock(
        label="表格",
        icon="table",
        table_options={"language": "zh-CN", "contextMenu": True, "minSpareRows": 0},
    )
    list = ItemListBlock()
    quote = QuoteBlock()
    attachment = AttachmentBlock()

    class Meta:
        label = "正文"
