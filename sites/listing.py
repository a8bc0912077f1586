"""What a site shows, newest first: placements of its outlet, read by keyset along the placement_list index.

Each (column, part of the keyset) is one short index range; they are united in one statement, so a column that
collects several codes, and a home page with many columns, cost two statements whatever they hold. What is wanted shows
at once, paused outlet or not: the channel says `shown_at_commit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import connections
from django.db.models import Q, QuerySet

from channels.edition import Edition, ItemType
from channels.models import Outlet, Placement
from sites import pictures
from sites.moments import from_micros, micros
from sites.validity import Validity


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in a list: the last row that was shown."""

    rank: int
    published_at: datetime
    pk: int

    @classmethod
    def after(cls, placement: Placement) -> Self:
        return cls(placement.rank, placement.published_at, placement.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for anything that `str` did not make."""
        rank, moment, pk = (int(part) for part in text.split("."))
        return cls(rank, from_micros(moment), pk)

    def __str__(self) -> str:
        return f"{self.rank}.{micros(self.published_at)}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    placement: Placement
    edition: Edition
    url: str = ""
    state: Validity | None = None

    @property
    def card(self) -> tuple[str, str] | None:
        """(address, CSS classes) of the cover as a small picture."""
        cover = self.edition.cover
        return (
            (pictures.url(cover.asset, pictures.CARD), pictures.focal_class(cover.asset)) if cover else None
        )

    @property
    def is_service(self) -> bool:
        return self.edition.type == ItemType.SERVICE_NOTICE


def newest(
    outlet: Outlet,
    groups: Sequence[Iterable[str]],
    *,
    limit: int,
    now: datetime,
    before: Cursor | None = None,
) -> list[list[Row]]:
    """For each group of column codes its first `limit` rows after `before`. Two statements in all."""
    wanted = sorted({code for group in groups for code in group})
    ranges = [part[:limit] for code in wanted for part in _ranges(outlet, code, now=now, before=before)]
    rows = [
        Row(placement, placement.desired.edition())
        for placement in _united(ranges).select_related("desired")
        if placement.desired
    ]
    rows.sort(key=lambda row: Cursor.after(row.placement), reverse=True)
    return [[row for row in rows if row.placement.column_code in set(group)][:limit] for group in groups]


def _ranges(outlet: Outlet, code: str, *, now: datetime, before: Cursor | None) -> list[QuerySet[Placement]]:
    placed = Placement.objects.filter(
        Q(visible_until=None) | Q(visible_until__gt=now),
        outlet=outlet,
        column_code=code,
        desired__isnull=False,
        published_at__lte=now,
    ).order_by("-rank", "-published_at", "-pk")
    if before is None:
        return [placed]
    same_rank = placed.filter(
        Q(published_at__lt=before.published_at) | Q(pk__lt=before.pk),
        rank=before.rank,
        published_at__lte=before.published_at,
    )
    return [same_rank, placed.filter(rank__lt=before.rank)]


def _united(ranges: Sequence[QuerySet[Placement]]) -> QuerySet[Placement]:
    """The rows of all ranges. SQLite takes no LIMIT inside a compound, hence the sub-selects (Django refuses)."""
    if not ranges:
        return Placement.objects.none()
    compiled = [part.values("pk").query.sql_with_params() for part in ranges]
    # No outside text in here: Django made every part, the values travel as parameters.
    parts = (f"SELECT * FROM ({sql}) AS part{n}" for n, (sql, _) in enumerate(compiled))  # noqa: S608
    parameters = [value for _, values in compiled for value in values]
    with connections[ranges[0].db].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        keys = [key for (key,) in cursor.fetchall()]
    return Placement.objects.filter(pk__in=keys)
