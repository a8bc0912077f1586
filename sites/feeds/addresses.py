"""Addresses of feeds: a name says which items, what stands behind the dot says in which form.

`school`, `school/column/ywdt`: what one outlet shows. `by/all`, `by/unit/xcb`, `by/tag/停水`: the whole district.
`saved/<key>`: a combination that somebody has put together. An address never changes its meaning.
"""

from __future__ import annotations

from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from sites.feeds.selection import Selection
from sites.models import SavedFeed

KINDS = {"column": "columns", "unit": "units", "type": "types", "tag": "tags"}


def selection_of(name: str) -> Selection | None:
    """What the feed of this name shows; None for a name that no feed has."""
    if "\x00" in name:  # PostgreSQL refuses to look it up
        return None
    try:
        match name.split("/"):
            case ["by", "all"]:
                return Selection()
            case ["by", kind, code] if kind in KINDS:
                return _one(kind, code)
            case ["saved", key]:
                saved = SavedFeed.objects.filter(pk=key).first()
                return saved.chosen() if saved else None
            case [outlet, kind, code] if kind in KINDS:
                return _one(kind, code, outlet=outlet)
            case [outlet] if outlet:
                return Selection(outlet=outlet)
    except ValueError:
        return None
    return None


def name_of(selection: Selection) -> str:
    """The shortest name; `saved/<key>` for what only a saved feed can show."""
    named = [(kind, getattr(selection, field)) for kind, field in KINDS.items() if getattr(selection, field)]
    plain = selection == Selection(
        outlet=selection.outlet, **{field: getattr(selection, field) for field in KINDS.values()}
    )
    if plain and not named:
        return selection.outlet or "by/all"
    if plain and len(named) == 1 and len(named[0][1]) == 1:
        [(kind, [code])] = named
        if "/" not in code and "." not in code:
            return f"{selection.outlet or 'by'}/{kind}/{code}"
    return f"saved/{selection.key}"


def feed_url(name: str, variant: str) -> str:
    """Absolute; the same on every host, because a subscriber keeps it for years."""
    return f"{settings.PUBLIC_URL}/feeds/{quote(name)}.{variant}"


def uri_of(name: str) -> str:
    """The feed's permanent id: of its name, so it outlives every domain."""
    kind = f"feed:{name}" if "/" in name else f"outlet:{name}"
    return uuid5(NAMESPACE_URL, f"urn:tongsheng:{kind}").urn


def entry_url(name: str, content_id: UUID) -> str:
    """One item of a feed, however old."""
    return f"{settings.PUBLIC_URL}/feeds/{quote(name)}/{content_id}.atom"


def _one(kind: str, code: str, outlet: str = "") -> Selection:
    field = KINDS[kind]
    return Selection(outlet=outlet, **{field: (code,)})  # type: ignore[arg-type]
