"""What a feed says of itself: names, addresses, owner. Read once a change of the sites, not once a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from channels.edition import ItemType
from channels.formats.extracts import TYPE_LABELS
from channels.models import Outlet
from cms.models import Column, Unit
from sites.feeds.selection import Selection
from sites.models import SavedFeed, SiteHome

DISTRICT = "城中区"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose feed it is. `item_base`: the outlet's own address of an item is this and its id; empty: the owner's page."""

    title: str
    author: str
    home_url: str
    item_base: str


def owner_of(name: str, selection: Selection, outlet: Outlet | None) -> Owner:
    """The site of the outlet, the outlet itself where it has none, and the portal for the whole district."""
    home = _home(outlet)
    place = home.full_name if home else outlet.name if outlet else DISTRICT
    base = home.get_full_url() or "" if home else ""
    return Owner(
        title=" · ".join([place, *_named(name, selection)]),
        author=home.unit.name if home and home.unit else place,
        home_url=base or (outlet.url if outlet else "") or f"{settings.PUBLIC_URL}/",
        item_base=f"{base}item/" if base and outlet else "",
    )


def describe(selection: Selection) -> list[str]:
    """What is chosen, kind by kind, in the words that readers know."""
    kinds = (
        _names(Column, selection.columns),
        _names(Unit, selection.units),
        [TYPE_LABELS[ItemType(code)] for code in selection.types],
        [f"#{tag}" for tag in selection.tags],
    )
    return ["、".join(names) for names in kinds if names]


def _names(model: type[Column | Unit], codes: Sequence[str]) -> list[str]:
    """A statement, and none where nothing is chosen; a code that is gone stands for itself."""
    known = dict(model.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return [known.get(code, code) for code in codes]


def _named(name: str, selection: Selection) -> Iterable[str]:
    saved = SavedFeed.objects.filter(pk=selection.key).first() if name.startswith("saved/") else None
    return [saved.title] if saved and saved.title else describe(selection)


def _home(outlet: Outlet | None) -> SiteHome | None:
    """The hosted site whose outlet this is (a feed outlet has none), or the portal."""
    homes = SiteHome.objects.live().select_related("unit")
    if outlet is None:
        return homes.filter(kind="portal").order_by("depth", "pk").first()
    return homes.filter(outlet=outlet).first() if outlet.channel == "hosted" else None
