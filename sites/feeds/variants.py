"""The forms in which every feed can be had: what may stand behind the dot of its address."""

from __future__ import annotations

from dataclasses import dataclass

from channels.formats import atom, rss
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


FORMATS: tuple[Format, ...] = (atom, rss)
SUMMARY = "summary."
VARIANTS: dict[str, Variant] = {
    variant.key: variant
    for form in FORMATS
    for variant in (
        Variant(form.KEY, form, Content.FULL),
        Variant(f"{SUMMARY}{form.KEY}", form, Content.SUMMARY),
    )
}
DISCOVERED = ("atom", "rss")
"""What pages announce in their head."""
