"""The editor's form of an item, in the order an editor thinks."""

from __future__ import annotations

from django.forms import CheckboxSelectMultiple
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)

from cms.forms import ItemForm


def item_panels(*facts: Panel) -> TabbedInterface:
    """Three tabs: content, routing, properties. `facts` are the panels of one type, above the body."""
    return TabbedInterface(
        [
            ObjectList(_content(facts), heading="内容"),
            ObjectList(_routing(), heading="分发"),
            ObjectList(_properties(), heading="属性"),
        ],
        base_form_class=ItemForm,
    )


def _content(facts: tuple[Panel, ...]) -> list[Panel]:
    return [
        TitleFieldPanel(
            "title", targets=[], placeholder="标题", help_text="公众看到的标题，建议不超过 32 字"
        ),
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("column"), FieldPanel("unit")], heading="归属"),
        *facts,
        FieldPanel("body"),
        FieldPanel("cover"),
    ]


def _routing() -> list[Panel]:
    return [
        FieldPanel("lane"),
        FieldPanel("outlet_choices"),
        MultiFieldPanel(
            [FieldPanel("correction_note"), FieldPanel("correction_major")],
            heading="更正",
            help_text="仅在更正已发布的稿件时填写；签发后自动清空，说明随新版本显示",
        ),
    ]


def _properties() -> list[Panel]:
    return [
        MultiFieldPanel([FieldPanel("source"), FieldPanel("origin_url")], heading="来源"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("author"), FieldPanel("editor")]),
                FieldRowPanel([FieldPanel("proofreader"), FieldPanel("reviewer")]),
            ],
            heading="署名",
        ),
        MultiFieldPanel(
            [
                FieldPanel("streets", widget=CheckboxSelectMultiple),
                FieldPanel("topics", widget=CheckboxSelectMultiple),
                FieldPanel("keywords"),
            ],
            heading="分类",
        ),
        FieldPanel("valid_until"),
        FieldPanel("desk_note"),
        PublishingPanel(),
    ]
