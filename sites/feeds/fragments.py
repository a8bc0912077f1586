"""Fragments: one entry in one format, rendered once and kept. A document is spliced from them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from channels.edition import Asset
from channels.formats.feed import FeedEntry
from channels.models import EditionRecord
from sites.feeds.variants import Variant
from sites.feeds.window import Line
from sites.serving.fragments import fetch

LAYOUT = 3
"""Part of every key: raised when the same entry gives other bytes in some format."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the address that the item has in this feed; empty: the one of its owner."""

    line: Line
    url: str

    def key(self, variant: Variant) -> str:
        line = self.line
        parts = (
            LAYOUT, variant.key, settings.PUBLIC_URL,
            line.item, line.edition, self.url, line.published, line.changed,
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def fragments(places: Sequence[Placed], variant: Variant) -> list[bytes]:
    """The entries in their order."""
    keyed = {place.key(variant): place for place in places}
    held = fetch(keyed, lambda missing: _rendered(missing, variant))
    return [held[key] for key in keyed]


def entry(place: Placed, record: EditionRecord) -> FeedEntry:
    edition = record.edition()
    return FeedEntry(
        edition=edition,
        url=place.url or edition.canonical_url,
        published=place.line.published,
        updated=place.line.changed,
    )


def asset_url(asset: Asset) -> str:
    return f"{settings.PUBLIC_URL}/{asset.path}"


def _rendered(missing: dict[str, Placed], variant: Variant) -> dict[str, bytes]:
    records = EditionRecord.objects.in_bulk([place.line.edition for place in missing.values()])
    return {
        key: variant.format.entry(
            entry(place, records[place.line.edition]), content=variant.content, asset_url=asset_url
        )
        for key, place in missing.items()
        if place.line.edition is not None
    }
