"""NewsPage (新闻): what happened."""

from __future__ import annotations

from typing import ClassVar

from channels.edition import ItemType
from cms.models.content import ContentPage
from cms.panels import item_panels


class NewsPage(ContentPage):
    item_type: ClassVar[ItemType] = ItemType.NEWS
    page_description = "会议活动、工作动态、基层消息"
    edit_handler = item_panels()

    class Meta:
        verbose_name = "新闻"
        verbose_name_plural = "新闻"
