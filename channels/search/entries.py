"""Entries of the index: written in the transaction that signs an item, removed in the one that withdraws it.

What stands in a file is read later by a worker and then merged in. A search trusts an entry only while it is of the
item's current edition, so a lost or late entry hides an item until the sweep has mended it, and never shows an old text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from channels import bulk
from channels.edition import Asset, Edition
from channels.models import AssetFile, EditionRecord, Item
from channels.search.asking import place_of
from channels.search.models import AttachmentText, Entry, Outcome
from channels.search.sounds import sounds_of
from channels.search.store import index
from channels.search.texts import files_of, texts_of

logger = logging.getLogger(__name__)

BATCH = 50
"""Items written in one transaction: with SQLite nobody else writes meanwhile."""
NEIGHBOURS = 64
"""Places beside each other that are looked at for a free one."""


@transaction.atomic
def write(item: Item, record: EditionRecord, edition: Edition) -> None:
    """Put an item into the index as this edition, in place of what was there."""
    assets = [asset for _, asset in files_of(edition)]
    texts = texts_of(edition, _read(assets))
    values = {
        "record_id": record.pk,
        "title": texts.title[:255],
        "has_attachment": bool(assets),
        "spelled": False,
    }
    place, is_held = _place(item)
    while not is_held and not _take(place, item, values):
        # Somebody who was signed in the same second has just taken it, and is seen there now.
        place, is_held = _place(item)
    if is_held:
        Entry.objects.filter(pk=place).update(**values)
    index().put(place, texts)


@transaction.atomic
def remove(content_id: UUID) -> None:
    """Take an item out of the index."""
    for place in Entry.objects.filter(item=content_id).values_list("pk", flat=True):
        index().drop(place)
        Entry.objects.filter(pk=place).delete()


def mend(*, limit: int) -> int:
    """Write what is missing or old, remove what is withdrawn. Returns how many entries were mended."""
    stale = list(missing().order_by("-changed_at", "pk").values_list("pk", flat=True)[:limit])
    over = list(superfluous().values_list("item_id", flat=True)[:limit])
    for content_id in over:
        remove(content_id)
    return len(over) + sum(rewrite(content_id) for content_id in stale)


def rewrite(content_id: UUID) -> bool:
    """Write one item's entry as the item stands now."""
    with transaction.atomic():
        row = Item.objects.select_for_update(of=("self",)).select_related("current")
        item = row.filter(pk=content_id, withdrawn_at=None, current__isnull=False).first()
        if item is None or item.current is None:
            return False
        try:
            edition = item.current.edition()
        except (ValueError, LookupError, TypeError):
            logger.exception("edition %s cannot be read, its item is not searched", item.current.pk)
            return False
        write(item, item.current, edition)
    return True


def rebuild() -> Iterator[int]:
    """Make the whole index anew, item by item; yields how many are done after each batch. Readers find what is done."""
    with transaction.atomic():
        index().clear()
        Entry.objects.all().delete()
    done = 0
    last = None
    while batch := list(_signed(after=last).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            done += sum(map(rewrite, batch))
        last = batch[-1]
        yield done


def missing() -> QuerySet[Item]:
    """Signed items that the index does not have as they are."""
    entry = Entry.objects.filter(item=OuterRef("pk"), record=OuterRef("current"))
    return _signed().exclude(Exists(entry))


def _signed(after: UUID | None = None) -> QuerySet[Item]:
    items = Item.objects.filter(withdrawn_at=None, current__isnull=False).order_by("pk")
    return items.filter(pk__gt=after) if after else items


def superfluous() -> QuerySet[Entry]:
    return Entry.objects.filter(item__withdrawn_at__isnull=False)


def spell(*, limit: int) -> int:
    """Add the sounds of titles that have none yet. Returns how many."""
    rows = list(Entry.objects.filter(spelled=False).order_by("-pk").values_list("pk", "title")[:limit])
    for place, title in rows:
        sounds = sounds_of(title)
        with transaction.atomic():
            if Entry.objects.filter(pk=place, title=title, spelled=False).update(spelled=True):
                index().put_sounds(place, sounds)
    return len(rows)


def of_file(sha256: str) -> QuerySet[Item]:
    """Items whose current edition carries a file."""
    return Item.objects.filter(withdrawn_at=None, current__assets=sha256)


def _place(item: Item) -> tuple[int, bool]:
    """The item's place, and whether it holds it; the first free one otherwise."""
    published = item.first_published_at or item.changed_at
    first = place_of(published, item.pk)
    near = Q(pk__gte=first, pk__lt=first + NEIGHBOURS) | Q(item=item.pk)
    taken = dict(Entry.objects.filter(near).values_list("item_id", "pk"))
    if item.pk in taken:
        return taken[item.pk], True
    held = set(taken.values())
    return next(place for place in range(first, first + len(held) + 1) if place not in held), False


def _take(place: int, item: Item, values: Mapping[str, Any]) -> bool:
    """Make the entry there, unless the place is another's; waits for one who has not committed yet."""
    row = {"id": place, "item_id": bulk.key(item.pk), **values}
    columns, marks = ", ".join(row), ", ".join("%s" for _ in row)
    with connection.cursor() as cursor:
        # The columns are those above.
        cursor.execute(
            f"INSERT INTO search_index_entry ({columns}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",  # noqa: S608
            list(row.values()),
        )
        return bool(cursor.rowcount)


def _read(assets: Sequence[Asset]) -> dict[str, str]:
    """The texts of files that have been read; for new files the reading is asked for."""
    if not assets:
        return {}
    keys = {asset.sha256 for asset in assets}
    known = dict(AttachmentText.objects.filter(pk__in=keys).values_list("pk", "text"))
    if keys - known.keys():
        frozen = AssetFile.objects.filter(pk__in=keys - known.keys()).values_list("pk", flat=True)
        new = [AttachmentText(asset_id=sha256, outcome=Outcome.WAITING) for sha256 in frozen]
        AttachmentText.objects.bulk_create(new, ignore_conflicts=True)
    return known
