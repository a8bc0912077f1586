"""The service notices that a site holds: read along the end of their validity, so a hundred thousand old ones cost nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from channels.edition import Edition, ItemType, ServiceFacts
from channels.models import Item, Outlet, Placement
from cms.models import ServiceKind, Unit
from sites.lists.listing import Row
from sites.service.phase import Phase, next_moment, phase

NOTICES_MAX = 300
"""Notices of one site at one time: a district has dozens."""
UNDATED = timedelta(days=60)
"""How long a notice that names no time counts as running."""
FAR = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Street:
    """A 街道 that readers may choose as theirs."""

    code: str
    name: str
    """As people say it: 潭中街道."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A service notice as it stands now."""

    row: Row
    facts: ServiceFacts
    phase: Phase

    @property
    def kind(self) -> ServiceKind:
        """OTHER for a notice of before there were kinds."""
        return ServiceKind(self.facts.kind) if self.facts.kind in ServiceKind.values else ServiceKind.OTHER


def held(outlet: Outlet, *, since: datetime, now: datetime, until: datetime | None = None) -> list[Row]:
    """Rows (without addresses) of the notices whose validity ends after `since`, the next to end first. One statement.

    `until`: and before this, which bounds a look into the past.
    """
    found = placed(outlet, since=since, until=until, now=now).select_related("desired")[:NOTICES_MAX]
    return [Row(placement, placement.desired.edition()) for placement in found if placement.desired]


def placed(outlet: Outlet, *, since: datetime, until: datetime | None, now: datetime) -> QuerySet[Placement]:
    """Driven by the district's notices along their end; each is looked up at the outlet."""
    items = Item.objects.filter(item_type=ItemType.SERVICE_NOTICE)
    ending = items.filter(expires_at__gt=since, **({"expires_at__lt": until} if until else {}))
    wanted = ending.values("pk")
    if until is None:
        undated = items.filter(expires_at=None, changed_at__gt=max(since, now) - UNDATED)
        wanted = wanted.union(undated.values("pk"), all=True)
    return Placement.objects.filter(
        item__in=wanted, outlet=outlet, desired__isnull=False, published_at__lte=now
    ).order_by(F("item__expires_at").asc(nulls_last=True), "pk")


def notices(rows: Iterable[Row], now: datetime) -> list[Notice]:
    """Nearest first."""
    found = [
        Notice(row, row.edition.service, phase(row.edition.service, now))
        for row in rows
        if row.edition.service
    ]
    return sorted(found, key=lambda notice: _order(notice, now))


def _order(notice: Notice, now: datetime) -> tuple[bool, datetime, int]:
    at = next_moment(notice.facts)
    if at and at <= now:  # it has begun: its end is what comes next
        at = notice.facts.end or at
    return notice.phase == Phase.OVER, at or now + FAR, -notice.row.placement.pk


def streets() -> list[Street]:
    """One statement."""
    units = Unit.objects.filter(kind="street").order_by("rank", "code")
    return [Street(unit.code, unit.short_name or unit.name) for unit in units]


def concerns(edition: Edition, street: Street, among: Sequence[Street]) -> bool:
    """Whether a notice is for this street. One that names no street is for the whole district."""
    named = named_streets(edition, among)
    return not named or street.code in named


def named_streets(edition: Edition, among: Sequence[Street]) -> frozenset[str]:
    """The streets that a notice says it is for: by its tags, else by its area, else by the street that issued it."""
    tagged = {subject.code for subject in edition.subjects if subject.scheme == "street"}
    if tagged:
        return frozenset(tagged)
    area = edition.service.area if edition.service else ""
    in_area = {street.code for street in among if street.name in area}
    return frozenset(in_area or {street.code for street in among if street.code == edition.issuer.code})
