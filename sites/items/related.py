"""Related items of a page: a policy document, its interpretations and what takes its place, in both directions.

Read from the register at each look, so that a document shows a new interpretation without being signed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from channels.edition import Edition, ItemType, RelationKind, content_id_of
from channels.models import Item, ItemRelation, Outlet, Placement
from cms.permalink import permalink
from sites.frame import Frame

LIMIT = 30
"""Links on one page; no document has so many interpretations."""

OUTWARD = {RelationKind.INTERPRETS: "解读的文件", RelationKind.REPLACED_BY: "现行文件"}
INWARD = {RelationKind.INTERPRETS: "解读", RelationKind.REPLACED_BY: "所替代的文件"}


@dataclass(frozen=True, slots=True)
class Related:
    label: str
    title: str
    url: str


def related(frame: Frame, edition: Edition) -> list[Related]:
    """Public, standing items only. At most two queries, none for items that are neither document nor interpretation."""
    return [*_outward(frame, edition), *_inward(frame, edition)]


def neighbours(content_id: UUID) -> list[UUID]:
    """The items whose pages show a link to this one: their pages are old when it comes, is renamed or goes."""
    inward = ItemRelation.objects.filter(target=content_id).values_list("item_id", flat=True)
    outward = ItemRelation.objects.filter(item=content_id).values_list("target", flat=True)
    return list(dict.fromkeys((*inward, *outward)))


def _outward(frame: Frame, edition: Edition) -> list[Related]:
    """What the edition itself says, so that a preview shows it too."""
    kinds = {content_id_of(relation.uri): relation.kind for relation in edition.relations or ()}
    if not kinds:
        return []
    items = _shown(Item.objects.filter(pk__in=kinds, withdrawn_at=None), "pk", frame.outlet)
    return [
        _link(frame, OUTWARD[kinds[item.pk]], item, item.column_here)
        for item in items.order_by("first_published_at", "pk")[:LIMIT]
    ]


def _inward(frame: Frame, edition: Edition) -> list[Related]:
    """What others say of a document."""
    if edition.type != ItemType.POLICY_DOC:
        return []
    told = ItemRelation.objects.filter(target=edition.content_id, item__withdrawn_at=None)
    rows = _shown(told.select_related("item"), "item", frame.outlet)
    rows = rows.order_by("item__first_published_at", "pk")
    return [_link(frame, INWARD[RelationKind(row.kind)], row.item, row.column_here) for row in rows[:LIMIT]]


def _shown(rows: QuerySet[Any], key: str, outlet: Outlet | None) -> QuerySet[Any]:
    """Those that some hosted site shows, with `column_here`: the column at this site, null when it is not here."""
    shown = Placement.objects.filter(
        item=OuterRef(key), outlet__channel="hosted", outlet__retired_at=None, desired__isnull=False
    )
    here = shown.filter(outlet=outlet).order_by("pk").values("column_code")[:1]
    return rows.filter(Exists(shown)).annotate(column_here=Subquery(here))


def _link(frame: Frame, label: str, item: Item, column_here: str | None) -> Related:
    if column_here is None:
        return Related(label, item.headline, permalink(item.pk))
    return Related(label, item.headline, frame.item_url(item.pk, item.slug, column_here))
