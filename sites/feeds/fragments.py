"""Fragments: one entry in one format, rendered once and kept. A document is spliced from them."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from channels.edition import Asset
from channels.formats.feed import FeedEntry
from channels.models import EditionRecord
from sites.feeds.variants import Variant
from sites.feeds.window import Line
from sites.models import StoredFragment
from sites.serving import keeping

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


class Recent:
    """The fragments used last, in memory: the next document of a feed shares all but one with the one before."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()

    def pick(self, keys: Sequence[str]) -> dict[str, bytes]:
        with self._guard:
            return {key: self._held[key] for key in keys if key in self._held}

    def put(self, found: Mapping[str, bytes]) -> None:
        with self._guard:
            for key, body in found.items():
                self._bytes += len(body) - len(self._held.pop(key, b""))
                self._held[key] = body
            while self._bytes > RECENT_BYTES_MAX:
                self._bytes -= len(self._held.popitem(last=False)[1])


RECENT_BYTES_MAX = 16 * 1024 * 1024
_recent = Recent()


def fragments(places: Sequence[Placed], variant: Variant) -> list[bytes]:
    """The entries in their order; only those that nobody has rendered yet are rendered."""
    keys = [place.key(variant) for place in places]
    held = _recent.pick(keys)
    if unknown := [key for key in keys if key not in held]:
        kept = StoredFragment.objects.filter(pk__in=unknown).values_list("pk", "body")
        held |= {key: bytes(body) for key, body in kept}
    missing = {key: place for key, place in zip(keys, places, strict=True) if key not in held}
    if missing:
        made = _rendered(missing, variant)
        now = timezone.now()
        keeping.keep([StoredFragment(key=key, body=body, made_at=now) for key, body in made.items()])
        held |= made
    _recent.put(held)
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
