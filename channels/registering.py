"""The register entry of an item: what its newest edition says, in columns and rows that lists and queries use.

Called by channels.outbox alone, inside the transaction that signs.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from channels.edition import Edition, content_id_of
from channels.models import EditionRecord, Item, ItemRelation, ItemTag

TAG_CHARS = 50


def enter(item: Item, record: EditionRecord, edition: Edition, now: datetime) -> None:
    """Make `record` the item's newest edition, and the item public again if it was withdrawn."""
    item.current = record
    item.slug = edition.slug
    item.headline = edition.headline[:255]
    item.item_type = edition.type.value
    item.column_code = edition.column.code if edition.column else ""
    item.issuer_code = edition.issuer.code
    item.lane = edition.lane
    item.first_published_at = item.first_published_at or edition.first_created
    item.changed_at = now
    item.expires_at = edition.expires
    item.withdrawn_at = None
    item.withdrawal_kind = item.withdrawal_reason = item.withdrawn_by = item.replacement_url = ""
    item.save()
    _tag(item, edition)
    _relate(item, edition)


def _tag(item: Item, edition: Edition) -> None:
    wanted = {tag[:TAG_CHARS] for tag in edition.tags}
    held = set(item.tags.values_list("tag", flat=True))
    if held - wanted:
        item.tags.exclude(tag__in=wanted).delete()
    if wanted - held:
        ItemTag.objects.bulk_create(ItemTag(item=item, tag=tag) for tag in sorted(wanted - held))


def _relate(item: Item, edition: Edition) -> None:
    wanted: set[tuple[str, UUID]] = {
        (relation.kind.value, content_id_of(relation.uri)) for relation in edition.relations or ()
    }
    held = {(row.kind, row.target): row.pk for row in item.relations.all()}
    if gone := [pk for key, pk in held.items() if key not in wanted]:
        item.relations.filter(pk__in=gone).delete()
    if new := sorted(wanted - set(held)):
        ItemRelation.objects.bulk_create(
            ItemRelation(item=item, kind=kind, target=target) for kind, target in new
        )
