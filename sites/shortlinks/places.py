"""Where a code was printed or shown: an outlet, or one of the hub's own ways of showing it."""

from __future__ import annotations

import re

from channels.models import Outlet

POSTER = "_poster"
PAGE = "_page"
OWN = {POSTER: "张贴海报", PAGE: "网页二维码"}
"""No outlet's slug begins with an underscore by the rule of its form, so these never name an outlet."""
UNKNOWN = "未注明"
_PLACE = re.compile(r"[a-z0-9_][a-z0-9_-]{0,49}")


def well_formed(text: str) -> str:
    """The place that an address names, or empty for what no place is called."""
    return text if _PLACE.fullmatch(text) else ""


def known(places: set[str]) -> set[str]:
    """Those that exist. Others come from addresses that somebody has made up: they are counted without a place."""
    return {place for place in places if place in OWN} | set(
        Outlet.objects.filter(slug__in=places).values_list("slug", flat=True)
    )


def names(places: set[str]) -> dict[str, str]:
    """What people call them."""
    outlets = dict(Outlet.objects.filter(slug__in=places).values_list("slug", "name"))
    return {place: OWN.get(place) or outlets.get(place) or (place or UNKNOWN) for place in places}
