"""The matrix item x outlet: a fixed number of queries, and cells built without a template each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from channels.models import Item, Outlet, Placement
from channels.pulling import holdings
from channels.pulling.holdings import Stage
from cms.dashboard.filters import MatrixFilter, page_of
from cms.dashboard.looks import look
from cms.models import Column, ContentPage, Unit

COLUMNS_MAX = 60
"""More columns nobody reads; the filters reach the rest."""
EMPTY = SafeString('<td class="d-cell d-cell--none"><span aria-label="未投放">–</span></td>')
FIELDS = (
    "item_id", "outlet_id", "pk", "state", "desired_id", "actual_id", "desired__number",
    "remote_url", "seen_at", "settled_at", "message", "refused_at", "must_carry_by",
)  # fmt: skip


class Cell(NamedTuple):
    """One placement as the matrix reads it; the order of FIELDS."""

    item_id: UUID
    outlet_id: int
    pk: int
    state: str
    desired_id: int | None
    actual_id: int | None
    number: int | None
    remote_url: str
    seen_at: datetime | None
    settled_at: datetime | None
    message: str
    refused_at: datetime | None
    must_carry_by: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """An item with its cells as HTML. `page_id` is None when the page is gone."""

    item: Item
    page_id: int | None
    column: str
    unit: str
    cells: SafeString


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring columns under one heading."""

    name: str
    outlets: Sequence[Outlet]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`hidden` counts the outlets beyond COLUMNS_MAX."""

    groups: Sequence[Group]
    outlets: Sequence[Outlet]
    rows: Sequence[Row]
    newer: bool
    older: bool
    hidden: int


def read(wanted: MatrixFilter, *, now: datetime) -> Matrix:
    """Seven queries: outlets, items, placements, pages, columns, units, what has been taken."""
    asked = list(wanted.outlets(Outlet.objects.active()))
    groups = grouped(asked, COLUMNS_MAX)
    outlets = [outlet for group in groups for outlet in group.outlets]
    items, newer, older = page_of(wanted.items(now=now), wanted)
    cells = _cells(items, outlets)
    pages = pages_of(items)
    columns = dict(Column.objects.values_list("code", "name"))
    units = {
        code: short or name for code, short, name in Unit.objects.values_list("code", "short_name", "name")
    }
    paint = Painter(now, _taken(cells, outlets))
    rows = [
        Row(
            item=item,
            page_id=pages.get(item.content_id),
            column=columns.get(item.column_code, item.column_code),
            unit=units.get(item.issuer_code, item.issuer_code),
            cells=paint.row(cells.get(item.content_id, {}), outlets),
        )
        for item in items
    ]
    return Matrix(groups, outlets, rows, newer, older, hidden=len(asked) - len(outlets))


def grouped(outlets: Iterable[Outlet], limit: int) -> list[Group]:
    """The first `limit` outlets by group; groups in the order of their first outlet, so that a late one joins them."""
    ordered = list(outlets)
    first: dict[str, int] = {}
    for position, outlet in enumerate(ordered):
        first.setdefault(outlet.group, position)
    ordered.sort(key=lambda outlet: first[outlet.group])
    shown = groupby(ordered[:limit], key=lambda outlet: outlet.group)
    return [Group(name or "其他", list(members)) for name, members in shown]


def pages_of(items: Sequence[Item]) -> dict[UUID, int]:
    ids = [item.content_id for item in items]
    return dict(ContentPage.objects.filter(content_id__in=ids).values_list("content_id", "pk"))


def _cells(items: Sequence[Item], outlets: Sequence[Outlet]) -> dict[UUID, dict[int, Cell]]:
    rows = Placement.objects.filter(item__in=[i.pk for i in items], outlet__in=[o.pk for o in outlets])
    found: dict[UUID, dict[int, Cell]] = {}
    for values in rows.values_list(*FIELDS).iterator():
        cell = Cell._make(values)
        found.setdefault(cell.item_id, {})[cell.outlet_id] = cell
    return found


def _taken(cells: Mapping[UUID, Mapping[int, Cell]], outlets: Sequence[Outlet]) -> dict[int, Stage]:
    """Where there is evidence that an outlet has taken what it should have; by id of the placement."""
    found = holdings.stages([cell for row in cells.values() for cell in row.values()], outlets)
    return {pk: stage for pk, stage in found.items() if stage is not Stage.OFFERED}


class Painter:
    """Makes the HTML of cells; holds what is the same for all of them."""

    def __init__(self, now: datetime, taken: Mapping[int, Stage]) -> None:
        self.now = now
        self.taken = taken
        self.today = timezone.localtime(now).date()
        self.detail = reverse("desk:placement", args=[0]).replace("/0/", "/{}/")

    def row(self, cells: Mapping[int, Cell], outlets: Sequence[Outlet]) -> SafeString:
        return SafeString("".join(self.cell(cells.get(o.pk), o) for o in outlets))

    def cell(self, cell: Cell | None, outlet: Outlet) -> SafeString:
        if cell is None:
            return EMPTY
        seen = look(
            cell.state,
            desired=cell.desired_id,
            actual=cell.actual_id,
            refused=cell.refused_at is not None,
        )
        late = cell.must_carry_by is not None and cell.state != "settled" and cell.must_carry_by < self.now
        return format_html(
            '<td class="d-cell d-{}"><a class="d-open" href="{}" title="{}">'
            '<i aria-hidden="true">{}</i>{}</a>{}{}<small>{}</small></td>',
            seen.tone,
            self.detail.format(cell.pk),
            f"{outlet.name}:{cell.message or seen.next_step}",
            seen.sign,
            seen.word,
            _link(cell.remote_url),
            _LATE if late else "",
            self._foot(cell),
        )

    def _foot(self, cell: Cell) -> str:
        """The edition, when it is not the first, whether it was taken, and the last look or the moment of settling."""
        version = f"第{cell.number}版 " if cell.number and cell.number > 1 else ""
        taken = f"{self.taken[cell.pk]} " if cell.pk in self.taken else ""
        return version + taken + self.clock(cell.seen_at or cell.settled_at)

    def clock(self, moment: datetime | None) -> str:
        """Hours and minutes today, month and day before."""
        if moment is None:
            return ""
        local = timezone.localtime(moment)
        return f"{local:%H:%M}" if local.date() == self.today else f"{local:%m-%d}"


_LATE = SafeString('<b class="d-late" title="已超过必转时限">超时</b>')


def _link(url: str) -> SafeString | str:
    """Only web addresses become links: the address came from an outlet."""
    if not url.startswith(("https://", "http://")):
        return ""
    return format_html(
        '<a class="d-live" href="{}" target="_blank" rel="noopener noreferrer" aria-label="打开终端页面">↗</a>',
        url,
    )
