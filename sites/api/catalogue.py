"""The list of feeds for machines: every named feed with its addresses in all forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings

from channels.edition import ItemType
from channels.formats.feed import TYPE_LABELS
from channels.models import Outlet
from cms.models import Column, Unit
from sites.api.items import CONTENT_TYPE, canonical, checksum
from sites.feeds import addresses
from sites.feeds.heads import DISTRICT
from sites.feeds.selection import Selection
from sites.feeds.variants import VARIANTS
from sites.feeds.window import SHOWN_CHANNELS
from sites.models import SiteHome
from sites.serving.outline import Outline


def outline(now: datetime) -> Outline:  # noqa: ARG001 the same at any time
    """The document at `/api/feeds`. Four statements, whatever the number of feeds."""
    body = canonical({"variants": list(_variants()), "feeds": list(_feeds())})
    return Outline(etag=checksum(body)[:32], changed=None, content_type=CONTENT_TYPE, render=lambda: body)


def _variants() -> Iterator[dict[str, str]]:
    for variant in VARIANTS.values():
        yield {"key": variant.key, "label": variant.label, "media_type": variant.media_type}


def _feeds() -> Iterator[dict[str, Any]]:
    yield _feed("all", "", DISTRICT, Selection())
    for code, title in Column.objects.order_by("code").values_list("code", "name"):
        yield from _named("column", code, title, Selection(columns=(code,)))
    for code, title in Unit.objects.order_by("code").values_list("code", "name"):
        yield from _named("unit", code, title, Selection(units=(code,)))
    for kind in ItemType:
        yield from _named("type", kind.value, TYPE_LABELS[kind], Selection(types=(kind.value,)))
    yield from _outlets()


def _outlets() -> Iterator[dict[str, Any]]:
    sites = dict(SiteHome.objects.live().values_list("outlet_id", "full_name"))
    rows = Outlet.objects.active().filter(channel__in=SHOWN_CHANNELS).order_by("slug")
    for pk, slug, name in rows.values_list("pk", "slug", "name"):
        yield _feed("outlet", slug, sites.get(pk, name), Selection(outlet=slug))


def _named(kind: str, code: str, title: str, selection: Selection) -> Iterator[dict[str, Any]]:
    """None for a code that no address can hold."""
    if not addresses.name_of(selection).startswith("saved/"):
        yield _feed(kind, code, title, selection)


def _feed(kind: str, code: str, title: str, selection: Selection) -> dict[str, Any]:
    name = addresses.name_of(selection)
    return {
        "name": name,
        "kind": kind,
        "code": code,
        "title": title,
        "addresses": {key: addresses.feed_url(name, key) for key in VARIANTS},
        "changes": f"{settings.PUBLIC_URL}/api/changes?feed={quote(name, safe='')}",
    }
