"""What the matrix is asked to show: read from the query string, tolerant of nonsense, and turned into conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.http import urlencode

from channels.edition import ItemType
from channels.models import Item, Outlet, Placement, State
from cms.dashboard.looks import OPEN_STATES

SIZES = (50, 100, 200)
OPEN = "open"
OVERDUE = "overdue"
TEXT_MAX = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of change: the last item of a page, or the first one."""

    changed_at: datetime
    content_id: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        moment, _, content_id = text.rpartition("_")
        try:
            mark = cls(datetime.fromisoformat(moment), UUID(content_id))
        except ValueError:
            return None
        return mark if mark.changed_at.tzinfo else None

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(item.changed_at, item.content_id)

    def __str__(self) -> str:
        return f"{self.changed_at.isoformat()}_{self.content_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFilter:
    """Empty means no condition. `state` is a State, `open` (any unsettled) or `overdue` (must-carry past its time)."""

    state: str = ""
    outlet: str = ""
    group: str = ""
    channel: str = ""
    column: str = ""
    unit: str = ""
    item_type: str = ""
    text: str = ""
    withdrawn: str = ""
    size: int = SIZES[0]
    before: Mark | None = None
    after: Mark | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Whatever cannot be understood is no condition."""
        state = query.get("state", "")
        item_type = query.get("type", "")
        size = query.get("size", "")
        return cls(
            state=state if state in {*OPEN_STATES, OPEN, OVERDUE} else "",
            outlet=_text(query, "outlet", 50),
            group=_text(query, "group", 50),
            channel=_text(query, "channel", 30),
            column=_text(query, "column", 50),
            unit=_text(query, "unit", 50),
            item_type=item_type if item_type in set(ItemType) else "",
            text=_text(query, "q", TEXT_MAX),
            withdrawn=query.get("withdrawn", "") if query.get("withdrawn") in {"yes", "no"} else "",
            size=int(size) if size in map(str, SIZES) else SIZES[0],
            before=Mark.read(query.get("before", "")),
            after=Mark.read(query.get("after", "")),
        )

    @property
    def narrow(self) -> bool:
        """Whether any condition is set."""
        return bool(self.query())

    def query(self) -> dict[str, str]:
        """The conditions without the place and the size, as a query string holds them."""
        values = {
            "state": self.state,
            "outlet": self.outlet,
            "group": self.group,
            "channel": self.channel,
            "column": self.column,
            "unit": self.unit,
            "type": self.item_type,
            "q": self.text,
            "withdrawn": self.withdrawn,
        }
        return {name: value for name, value in values.items() if value}

    def address(self, **changes: str) -> str:
        """The query string of the same view with `changes`; an empty value drops a condition."""
        values = {**self.query(), **({"size": str(self.size)} if self.size != SIZES[0] else {}), **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def outlets(self, active: QuerySet[Outlet]) -> QuerySet[Outlet]:
        """The columns of the matrix."""
        if self.outlet:
            active = active.filter(slug=self.outlet)
        if self.group:
            active = active.filter(group=self.group)
        if self.channel:
            active = active.filter(channel=self.channel)
        return active

    def items(self, *, now: datetime) -> QuerySet[Item]:
        """Rows in the order of change, newest first; the place is not applied yet."""
        rows = Item.objects.filter(self._of_item())
        if self.state:
            unsettled = self._at_outlet(self._unsettled(now))
            rows = rows.filter(content_id__in=unsettled.values("item_id"))
        elif self.outlet or self.group or self.channel:
            rows = rows.filter(Exists(self._at_outlet(Placement.objects.filter(item=OuterRef("pk")))))
        return rows.order_by("-changed_at", "-content_id")

    def _of_item(self) -> Q:
        condition = Q()
        if self.column:
            condition &= Q(column_code=self.column)
        if self.unit:
            condition &= Q(issuer_code=self.unit)
        if self.item_type:
            condition &= Q(item_type=self.item_type)
        if self.text:
            condition &= Q(headline__icontains=self.text)
        if self.withdrawn:
            condition &= Q(withdrawn_at__isnull=self.withdrawn == "no")
        return condition

    def _unsettled(self, now: datetime) -> QuerySet[Placement]:
        """Repeats the condition of the partial index `placement_open`, so that both databases use it."""
        rows = Placement.objects.exclude(state=State.SETTLED)
        if self.state == OVERDUE:
            return rows.filter(must_carry=True, must_carry_by__lt=now)
        return rows if self.state == OPEN else rows.filter(state=self.state)

    def _at_outlet(self, rows: QuerySet[Placement]) -> QuerySet[Placement]:
        if self.outlet:
            rows = rows.filter(outlet__slug=self.outlet)
        if self.group:
            rows = rows.filter(outlet__group=self.group)
        if self.channel:
            rows = rows.filter(outlet__channel=self.channel)
        return rows


def _text(query: Mapping[str, str], name: str, limit: int) -> str:
    """PostgreSQL takes no NUL in a text."""
    return query.get(name, "").replace("\x00", "").strip()[:limit]


def page_of(rows: QuerySet[Item], wanted: MatrixFilter) -> tuple[list[Item], bool, bool]:
    """One page by key: (items newest first, newer ones exist, older ones exist). No COUNT, no OFFSET."""
    if wanted.after:
        mark = wanted.after
        rows = rows.filter(
            Q(changed_at__gt=mark.changed_at) | Q(changed_at=mark.changed_at, content_id__gt=mark.content_id),
            changed_at__gte=mark.changed_at,
        ).order_by("changed_at", "content_id")
        found = list(rows[: wanted.size + 1])
        return found[: wanted.size][::-1], len(found) > wanted.size, True
    if wanted.before:
        mark = wanted.before
        rows = rows.filter(
            Q(changed_at__lt=mark.changed_at) | Q(changed_at=mark.changed_at, content_id__lt=mark.content_id),
            changed_at__lte=mark.changed_at,
        )
    found = list(rows[: wanted.size + 1])
    return found[: wanted.size], wanted.before is not None, len(found) > wanted.size
