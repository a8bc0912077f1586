"""Fragments: one entry in one format, rendered once and kept. A document is spliced from them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from channels.edition import Asset
from channels.formats.feed import FeedEntry
from channels.models import EditionRecord
from sites.feeds.variants import Variant
from sites.feeds.window import Line
from sites.models import StoredFragment

LAYOUT = 1
"""Part of every key: raised when the same entry gives other bytes in some format."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the address that the item has in this feed; empty: the one of its owner."""

    line: Line
    url: str

    def key(self, variant: Variant) -> str:
        line = self.line
        parts = (
            LAYOUT, variant.key, settings.PUBLIC_URL, line.edition, self.url, line.published, line.changed
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def fragments(places: Sequence[Placed], variant: Variant) -> list[bytes]:
    """The entries in their order; only those that are not kept yet are rendered. Two statements and a write."""
    keys = [place.key(variant) for place in places]
    held = {row.pk: bytes(row.body) for row in StoredFragment.objects.filter(pk__in=keys)}
    missing = {key: place for key, place in zip(keys, places, strict=True) if key not in held}
    if missing:
        made = _rendered(missing, variant)
        _keep(made)
        held |= made
    return [held[key] for key in keys]


def prune(*, before: datetime) -> int:
    """Forget fragments made before; returns how many."""
    return int(StoredFragment.objects.filter(made_at__lt=before).delete()[0])


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


def _keep(made: dict[str, bytes]) -> None:
    now = timezone.now()
    rows = [StoredFragment(key=key, body=body, made_at=now) for key, body in made.items()]
    try:
        with transaction.atomic():
            StoredFragment.objects.bulk_create(rows, ignore_conflicts=True)
    except DatabaseError:  # a locked database: they are rendered once more next time
        return
