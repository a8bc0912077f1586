"""The log of changes as pullers see it: which numbers a page has and what each of them says, by keys alone.

Whatever a number once stood for, it is told as things are now: only the newest number of an item carries content, and
only if a public outlet shows the item. So no page, however old its cursor, gives out what was corrected or taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from channels import changes
from channels.changes import Extent
from channels.models import Change, ItemTag, Placement
from sites.api import items
from sites.feeds.selection import Selection
from sites.feeds.window import SHOWN_CHANNELS
from sites.serving.outline import digest

SIZE = 100
"""Entries of a page, and the distance of the cursors whose pages are kept as documents."""
SPAN = 5000
"""Numbers that one page of a filtered log looks through at most."""


class Kind(StrEnum):
    PUT = "put"
    REMOVE = "remove"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the log. `edition` (row id) is None unless the line carries content.

    `newest` is the item's last number; `at`, when it changed; `replacement`, where the withdrawn item's readers are led.
    """

    sequence: int
    item: UUID
    at: datetime
    newest: int
    edition: int | None
    number: int | None
    expires: datetime | None
    replacement: str

    @property
    def kind(self) -> Kind:
        if self.newest > self.sequence:
            return Kind.SUPERSEDED
        return Kind.REMOVE if self.edition is None else Kind.PUT


@dataclass(frozen=True, slots=True)
class Page:
    """What follows the number `since`. Everything up to and including `next` has been told then; `last` is the log's end."""

    log: str
    since: int
    next: int
    last: int
    lines: Sequence[Line]

    @property
    def has_more(self) -> bool:
        return self.next < self.last


def name(extent: Extent) -> str:
    """Names the log: another name, other numbers or other bytes, and whoever follows it begins anew."""
    return digest(items.LAYOUT, settings.PUBLIC_URL, extent.restarted)[:16]


def page(extent: Extent, since: int, limit: int) -> Page:
    """The next `limit` numbers, none left out."""
    end = min(extent.last, since + limit)
    rows = _rows(since, end, Exists(items.shown("item")))
    return Page(name(extent), since, end, extent.last, list(_lines(rows)))


def chosen_page(extent: Extent, since: int, limit: int, selection: Selection) -> Page:
    """The next entries of what `selection` shows or may have shown: each item once, at its newest number."""
    end = min(extent.last, since + SPAN)
    rows = _rows(since, end, Exists(_fitting(selection))).filter(
        Exists(_ever(selection)), sequence=F("newest")
    )
    lines = list(islice(_lines(rows[: limit + 1]), limit + 1))
    if len(lines) > limit:
        lines = lines[:limit]
        end = lines[-1].sequence
    return Page(name(extent), since, end, extent.last, lines)


def extent() -> Extent:
    return changes.extent()


def end_of_block(since: int) -> int:
    """How many numbers lead from `since` to the next cursor whose page is a document."""
    return SIZE - since % SIZE


def _rows(since: int, end: int, is_shown: Exists) -> QuerySet[Change, Any]:
    """One statement, so that what it says of an item belongs together."""
    newest = Change.objects.filter(item=OuterRef("item"), sequence__isnull=False).order_by("-sequence")
    return (
        Change.objects.filter(sequence__gt=since, sequence__lte=end)
        .annotate(newest=Subquery(newest.values("sequence")[:1]), is_shown=is_shown)
        .order_by("sequence")
        .values_list(
            "sequence",
            "item_id",
            "at",
            "newest",
            "is_shown",
            "item__current_id",
            "item__current__number",
            "item__expires_at",
            "item__withdrawn_at",
            "item__replacement_url",
        )
    )


def _lines(rows: Iterable[Any]) -> Iterator[Line]:
    for sequence, item, at, newest, is_shown, edition, number, expires, withdrawn, replacement in rows:
        if is_shown and withdrawn is None and newest == sequence:
            yield Line(sequence, item, at, newest, edition, number, expires, "")
        else:
            led = (
                replacement if newest == sequence and replacement.startswith(("http://", "https://")) else ""
            )
            yield Line(sequence, item, at, newest, None, None, None, led)


def _fitting(selection: Selection) -> QuerySet[Placement]:
    """The same items that the feed of this selection shows."""
    rows = items.shown("item")
    if selection.outlet:
        rows = rows.filter(outlet__slug=selection.outlet)
    if selection.columns:
        rows = rows.filter(column_code__in=selection.columns)
    if selection.units:
        rows = rows.filter(item__issuer_code__in=selection.units)
    if selection.types:
        rows = rows.filter(item__item_type__in=selection.types)
    if selection.tags:
        rows = rows.filter(
            Exists(ItemTag.objects.filter(item=OuterRef("item"), tag__in=list(selection.tags)))
        )
    return rows


def _ever(selection: Selection) -> QuerySet[Placement]:
    """Placements are never deleted: what has none here can never have been shown here."""
    rows = Placement.objects.filter(item=OuterRef("item"), outlet__channel__in=SHOWN_CHANNELS)
    return rows.filter(outlet__slug=selection.outlet) if selection.outlet else rows
