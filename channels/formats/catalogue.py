"""Every format that a feed is offered in, by the end of its address."""

from __future__ import annotations

from collections.abc import Mapping

from channels.formats import atom, collector, flat, jsonfeed, legacy, ninjs_feed, rss
from channels.formats.feed import Format

_ALL: tuple[Format, ...] = (
    atom,
    rss,
    jsonfeed,
    ninjs_feed,
    legacy.UTF8,
    legacy.GBK,
    flat,
    collector.UTF8,
    collector.GBK,
)

FORMATS: Mapping[str, Format] = {format.KEY: format for format in _ALL}
ANNOUNCED: tuple[Format, ...] = (atom, rss, jsonfeed)
"""Those that a page's head links to: readers can take them, and validators know them."""
