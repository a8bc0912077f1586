"""Board: what an embed shows, told by keys; its entries are read from the editions when they are wanted.

Newest publication first, unlike a feed: an old item that is corrected does not return to the top of a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings

from channels import markup
from channels.edition import Edition
from channels.formats.feed import ascii_url
from channels.formats.typed import SHANGHAI
from channels.models import EditionRecord
from cms.permalink import permalink
from sites.embed.options import Embed, Layout
from sites.feeds.documents import Feed
from sites.feeds.heads import Owner, owner_of
from sites.feeds.window import Line, outlet_of, window
from sites.media import pictures
from sites.serving.outline import digest

POOL = 100
"""The last changed items, among which the newest are sought: more corrections of old items at once are not expected."""
URL_CHARS_MAX = 200
TITLE_CHARS_MAX = 40
"""Of the list's own title."""
LAYOUT = 1
"""Part of every tag: raised when the same board gives other bytes."""
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line as readers see it: `date` is YYYY-MM-DD in Beijing, addresses are absolute, `image` may be empty."""

    title: str
    url: str
    date: str
    image: str = ""

    def cut(self, chars: int) -> Self:
        return replace(self, title=cut(self.title, chars))


@dataclass(frozen=True, slots=True)
class Board:
    """`until` is when it changes by itself, None for never."""

    name: str
    embed: Embed
    owner: Owner
    lines: Sequence[Line]
    changed: datetime
    until: datetime | None

    @property
    def tag(self) -> str:
        """Names all that is shown."""
        keys = [(line.item.hex, line.edition, line.published) for line in self.lines]
        return digest(LAYOUT, settings.PUBLIC_URL, self.name, self.embed, self.owner, keys)

    @property
    def title(self) -> str:
        return cut(self.owner.title, TITLE_CHARS_MAX)

    @property
    def url(self) -> str:
        return _safe(self.owner.home_url) or f"{settings.PUBLIC_URL}/"

    def entries(self) -> list[Entry]:
        """Two statements at most."""
        records = EditionRecord.objects.in_bulk([line.edition for line in self.lines])
        return [
            self._entry(line, records[line.edition].edition())
            for line in self.lines
            if line.edition in records
        ]

    def _entry(self, line: Line, edition: Edition) -> Entry:
        placed = Feed(self.name, self.embed.selection, self.owner).place(line)
        return Entry(
            title=cut(edition.headline, self.embed.title_chars),
            url=_address(placed.url or edition.canonical_url, line.item),
            date=line.published.astimezone(SHANGHAI).date().isoformat(),
            image=_image(edition) if self.embed.layout is Layout.CARDS else "",
        )


def board_of(name: str, embed: Embed, now: datetime) -> Board | None:
    """None where the outlet is retired."""
    selection = embed.selection
    outlet = outlet_of(selection)
    if selection.outlet and outlet is None:
        return None
    shown = window(selection, now, limit=POOL)
    newest = sorted(shown.shown, key=lambda line: (line.published, line.item), reverse=True)
    return Board(
        name=name,
        embed=embed,
        owner=owner_of(name, selection, outlet),
        lines=newest[: embed.count],
        changed=shown.changed,
        until=shown.until,
    )


def cut(text: str, chars: int) -> str:
    """On one line, no longer than `chars`, without what would turn the writing of the page around."""
    clean = _BIDI.sub("", markup.xml_text(" ".join(text.split())))
    return clean if len(clean) <= chars else clean[: chars - 1].rstrip("\u200d ") + "…"


def _address(url: str, item: UUID) -> str:
    return _safe(url) or permalink(item)


def _safe(url: str) -> str:
    """Empty for what a page must not link to, or is too long to be sent with every list."""
    address = ascii_url(url)
    is_web = address.startswith(("http://", "https://"))
    return address if is_web and len(address) <= URL_CHARS_MAX else ""


def _image(edition: Edition) -> str:
    cover = edition.cover
    return f"{settings.PUBLIC_URL}{pictures.url(cover.asset, pictures.CARD)}" if cover else ""
