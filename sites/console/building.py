"""What a webmaster puts together in the feed builder: a selection and a form, read from his query string. Pure but for names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from channels.formats.extracts import TYPE_LABELS
from channels.models import Item, Outlet
from cms.models import Column, Unit
from sites.feeds import addresses
from sites.feeds.selection import SIZE, Selection
from sites.feeds.variants import VARIANTS, Variant
from sites.feeds.window import SHOWN_CHANNELS, window
from sites.models import SavedFeed

OWN, ALL = "own", "all"
PREVIEWED = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """One box or option of the form."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `problem` is a Chinese sentence when it is no selection; then the rest is the default."""

    selection: Selection
    variant: Variant
    tags: str
    problem: str = ""

    @property
    def name(self) -> str:
        return addresses.name_of(self.selection)

    @property
    def needs_saving(self) -> bool:
        """Whether its address means nothing until somebody saves it."""
        return self.name.startswith("saved/") and not SavedFeed.objects.filter(pk=self.selection.key).exists()

    def url(self, variant: str = "") -> str:
        return addresses.feed_url(self.name, variant or self.variant.key)


def scopes(outlet: Outlet) -> list[tuple[str, str]]:
    """What feeds may draw on: an outlet that nothing is shown at here has no feed of its own."""
    own = [(OWN, "投放到本终端的稿件")] if outlet.channel in SHOWN_CHANNELS else []
    return [*own, (ALL, "全区公开稿件")]


def example(outlet: Outlet) -> str:
    """Address of the feed that most webmasters want."""
    return addresses.feed_url(outlet.slug if outlet.channel in SHOWN_CHANNELS else "by/all", "rss")


def read(query: QueryDict, outlet: Outlet) -> Wanted:
    scope = query.get("scope") or scopes(outlet)[0][0]
    slug = outlet.slug if scope == OWN and outlet.channel in SHOWN_CHANNELS else ""
    variant = VARIANTS.get(query.get("variant", ""), VARIANTS["rss"])
    tags = " ".join(query.get("tags", "").replace("，", " ").replace(",", " ").replace("#", " ").split())
    try:
        selection = Selection(
            outlet=slug,
            columns=tuple(query.getlist("column")),
            units=tuple(query.getlist("unit")),
            types=tuple(query.getlist("type")),
            tags=tuple(tags.split()),
            size=_size(query.get("size", "")),
        )
    except ValueError as error:
        return Wanted(Selection(outlet=slug), variant, tags, str(error))
    return Wanted(selection, variant, tags)


def preview(selection: Selection, now: datetime) -> Sequence[tuple[Item, datetime]]:
    """The newest items of the feed and when they last changed; two statements or so."""
    shown = window(selection, now, limit=PREVIEWED).shown
    items = Item.objects.in_bulk([line.item for line in shown])
    return [(items[line.item], line.changed) for line in shown if line.item in items]


def columns(wanted: Wanted) -> list[Choice]:
    rows = Column.objects.order_by("rank", "code").values_list("code", "name")
    return [Choice(code, name, code in wanted.selection.columns) for code, name in rows]


def units(wanted: Wanted) -> list[Choice]:
    rows = Unit.objects.order_by("rank", "code").values_list("code", "short_name", "name")
    return [Choice(code, short or name, code in wanted.selection.units) for code, short, name in rows]


def types(wanted: Wanted) -> list[Choice]:
    return [
        Choice(kind.value, label, kind.value in wanted.selection.types) for kind, label in TYPE_LABELS.items()
    ]


def variants(wanted: Wanted) -> list[Choice]:
    return [Choice(key, variant.label, key == wanted.variant.key) for key, variant in VARIANTS.items()]


def _size(text: str) -> int:
    if not text:
        return SIZE
    if not (text.isascii() and text.isdigit()):
        raise ValueError("条数应为整数")
    return int(text)
