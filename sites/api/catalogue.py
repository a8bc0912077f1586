"""The list of feeds for machines: every named feed with its addresses in all forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.conf import settings

from sites.api.items import CONTENT_TYPE, canonical, checksum
from sites.feeds import addresses
from sites.feeds.directory import directory
from sites.feeds.selection import Selection
from sites.feeds.variants import VARIANTS
from sites.serving.look import Look
from sites.serving.outline import Outline


def outline(look: Look) -> Outline:  # noqa: ARG001  the shape of a maker
    """The document at `/api/feeds`."""
    body = canonical({"variants": list(_variants()), "feeds": list(_feeds())})
    return Outline(etag=checksum(body)[:32], changed=None, content_type=CONTENT_TYPE, render=lambda: body)


def _variants() -> Iterator[dict[str, str]]:
    for variant in VARIANTS.values():
        yield {"key": variant.key, "label": variant.label, "media_type": variant.media_type}


def _feeds() -> Iterator[dict[str, Any]]:
    for group in directory():
        for feed in group.feeds:
            selection = addresses.selection_of(feed.name)
            if selection is None:  # a code that no address can hold
                continue
            kind, code = _kind(selection)
            yield {
                "name": feed.name,
                "kind": kind,
                "code": code,
                "title": feed.title,
                "addresses": {key: addresses.feed_url(feed.name, key) for key in VARIANTS},
                "changes": f"{settings.PUBLIC_URL}/api/changes?feed={quote(feed.name, safe='')}",
            }


def _kind(selection: Selection) -> tuple[str, str]:
    """By what a feed of the directory is chosen, and the code."""
    if selection.outlet:
        return "outlet", selection.outlet
    for kind, field in addresses.KINDS.items():
        if codes := getattr(selection, field):
            return kind, codes[0]
    return "all", ""
