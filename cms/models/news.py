"""NewsPage (新闻): what happened."""

from __future__ import annotations

from typing import ClassVar

from channels.edition import ItemType
from cms.models.content import ContentPage


class NewsPage(ContentPage):
    item_type: ClassVar[ItemType] = ItemType.NEWS

    class Meta:
        verbose_name = "新闻"
        verbose_name_plural = "新闻"
