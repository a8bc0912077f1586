"""The forms in which every feed can be had: what may stand behind the dot of its address."""

from __future__ import annotations

from dataclasses import dataclass

from channels.formats import atom, collector, jsonfeed, legacy, ninjs_feed, rss
from channels.formats.catalogue import ANNOUNCED, FORMATS
from channels.formats.feed import Content, Format


@dataclass(frozen=True, slots=True)
class Variant:
    """A format, and how much of each item it carries."""

    key: str
    format: Format
    content: Content

    @property
    def label(self) -> str:
        return self.format.LABEL + ("（摘要）" if self.content is Content.SUMMARY else "")

    @property
    def media_type(self) -> str:
        """Without the charset, as links want it."""
        return self.format.CONTENT_TYPE.partition(";")[0]

    @property
    def article_form(self) -> str:
        """What the article pages behind a collector's list or feed end in; empty for every other format."""
        return COLLECTED.get(self.format.KEY, "")

    @property
    def tells_withdrawals(self) -> bool:
        """Whether whoever reads it can know that an item is gone. Old collectors take and never give back."""
        return self.format.KEY not in COLLECTED


COLLECTED = {
    collector.UTF8.KEY: "html",
    collector.GBK.KEY: "gbk.html",
    legacy.UTF8.KEY: "html",
    legacy.GBK.KEY: "gbk.html",
}
"""A collector that takes an RSS feed goes on to the page of each link, too, and cuts it in the encoding of the feed."""
WITH_SUMMARY = (atom, rss, jsonfeed, ninjs_feed)
"""The formats that carry the whole text, and can leave it away."""

VARIANTS: dict[str, Variant] = {
    variant.key: variant
    for variant in (
        *(Variant(key, form, Content.FULL) for key, form in FORMATS.items()),
        *(Variant(f"summary.{form.KEY}", form, Content.SUMMARY) for form in WITH_SUMMARY),
    )
}
DISCOVERED = tuple(VARIANTS[form.KEY] for form in ANNOUNCED)
"""What pages announce in their head."""
