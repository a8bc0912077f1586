"""办事指南 of a site: by topic, by whom it is for, by unit, and a search within; each with its telephone and whether it is online.

A district has some hundreds of guides, and they change rarely: one statement reads those of the site, the rest is values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from channels.edition import ItemType
from channels.models import Item, Placement
from sites.frame import Frame, frame_of
from sites.lists.lines import dressed
from sites.lists.listing import Row
from sites.models import SiteHome
from sites.pages import public
from sites.parts import Part

GUIDES_MAX = 500
WORDS_MAX = 40
"""Characters."""
SIDES = {"topic": "主题", "audience": "对象", "unit": "单位"}
SEPARATORS = "、，,;；/ "


@dataclass(frozen=True, slots=True)
class Choice:
    """One link of a side; `count` guides are behind it."""

    label: str
    query: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader wants: a value of each side that he has chosen, and words."""

    topic: str = ""
    audience: str = ""
    unit: str = ""
    words: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        words = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:WORDS_MAX]
        return cls(**{side: request.GET.get(side, "")[:100] for side in SIDES}, words=words)

    def query(self, **changed: str) -> str:
        values = {
            "topic": self.topic,
            "audience": self.audience,
            "unit": self.unit,
            "q": self.words,
            **changed,
        }
        said = {name: value for name, value in values.items() if value}
        return f"?{urlencode(said)}" if said else ""

    def takes(self, row: Row, *, leaving_out: str = "") -> bool:
        """`leaving_out`: a side that does not count, because its own choices are being counted."""
        chosen = ((side, getattr(self, side)) for side in SIDES if side != leaving_out)
        return all(not value or value in values_of(row, side) for side, value in chosen)


def index(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """The guides of a site; `?topic=`, `?audience=`, `?unit=` and `?q=` choose."""
    frame, asked, now = frame_of(request, page), Asked.of(request), timezone.now()
    rows = dressed(frame, _guides(frame, asked.words, now), now)
    base = f"{frame.url}guides/"
    context = {
        "column": Part(
            "办事指南查询", base, "办事服务", f"{frame.home.full_name}办事指南：按主题、对象和单位查找"
        ),
        "base": base,
        "asked": asked,
        "sides": [
            (label, choices)
            for side, label in SIDES.items()
            if len(choices := _choices(rows, asked, side)) > 1
        ],
        "rows": [row for row in rows if asked.takes(row)],
        "is_cut": len(rows) == GUIDES_MAX,
    }
    return public(request, "sites/guides/index.html", frame, context)


def values_of(row: Row, side: str) -> list[str]:
    """What a guide says of itself: its topics, whom it is for, who handles it."""
    edition, guide = row.edition, row.edition.guide
    if side == "topic":
        return [subject.name for subject in edition.subjects if subject.scheme == "topic"]
    if guide is None:
        return []
    if side == "unit":
        return [guide.department or edition.issuer.name]
    text = guide.audience
    for separator in SEPARATORS:
        text = text.replace(separator, "\n")
    return [part for part in text.split("\n") if part]


def _guides(frame: Frame, words: str, now: datetime) -> list[Row]:
    """Every word has to be in the title or in what the guide says; the newest first. One statement."""
    if frame.outlet is None:
        return []
    placed = Placement.objects.filter(
        Q(visible_until=None) | Q(visible_until__gt=now),
        item__in=Item.objects.filter(item_type=ItemType.SERVICE_GUIDE).values("pk"),
        outlet=frame.outlet,
        desired__isnull=False,
        published_at__lte=now,
    ).select_related("desired")
    for word in words.split():
        placed = placed.filter(
            Q(item__headline__icontains=word) | Q(item__tags__tag__icontains=word)
        ).distinct()
    newest = placed.order_by("-rank", "-item__changed_at", "-pk")[:GUIDES_MAX]
    return [Row(placement, placement.desired.edition()) for placement in newest if placement.desired]


def _choices(rows: Sequence[Row], asked: Asked, side: str) -> list[Choice]:
    """The values of one side among the guides that the other sides leave, the most frequent first."""
    counts: dict[str, int] = {}
    for row in rows:
        if asked.takes(row, leaving_out=side):
            for value in dict.fromkeys(values_of(row, side)):
                counts[value] = counts.get(value, 0) + 1
    chosen = getattr(asked, side)
    every = Choice("全部", asked.query(**{side: ""}), 0, not chosen)
    return [every, *_sorted(counts, asked, side, chosen)]


def _sorted(counts: dict[str, int], asked: Asked, side: str, chosen: str) -> Iterable[Choice]:
    for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield Choice(value, asked.query(**{side: value}), count, value == chosen)
