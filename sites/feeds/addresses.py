"""Addresses of feeds: a name says which items, what stands behind the dot says in which form.

`school`, `school/column/ywdt`: what one outlet shows. `by/all`, `by/unit/xcb`, `by/tag/停水`: the whole district;
`by/column/ywdt+tzgg`: either. `saved/<key>`: a combination that somebody has put together. An address never changes its meaning.
"""

from __future__ import annotations

from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from sites.feeds.selection import Selection
from sites.models import SavedFeed

KINDS = {"column": "columns", "unit": "units", "type": "types", "tag": "tags"}
JOINT = "+"


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
    if plain and len(named) == 1:
        [(kind, codes)] = named
        name = f"{selection.outlet or 'by'}/{kind}/{JOINT.join(codes)}"
        if "." not in name and selection_of(name) == selection:
            return name
    return f"saved/{selection.key}"


def feed_url(name: str, variant: str) -> str:
    """Absolute; the same on every host, because a subscriber keeps it for years."""
    return f"{settings.PUBLIC_URL}/feeds/{quote(name, safe='/+')}.{variant}"


def hub_url() -> str:
    """The WebSub hub of all feeds."""
    return f"{settings.PUBLIC_URL}/websub/"


def uri_of(name: str) -> str:
    """The feed's permanent id: of its name, so it outlives every domain."""
    kind = f"feed:{name}" if "/" in name else f"outlet:{name}"
    return uuid5(NAMESPACE_URL, f"urn:tongsheng:{kind}").urn


def entry_url(name: str, content_id: UUID, form: str) -> str:
    """One item of a feed, however old; `form` is one of views.ENTRY_FORMS."""
    return f"{settings.PUBLIC_URL}/feeds/{quote(name, safe='/+')}/{content_id}.{form}"


def _one(kind: str, codes: str, outlet: str = "") -> Selection:
    """Raises ValueError also for codes out of order: one selection has one address."""
    field = KINDS[kind]
    asked = tuple(codes.split(JOINT))
    found = Selection(outlet=outlet, **{field: asked})  # type: ignore[arg-type]
    if getattr(found, field) != asked:
        raise ValueError("代码应按顺序书写，且不重复")
    return found
