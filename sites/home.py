"""The home page: one set of components for three kinds of site, each with an order of its own.

What a column is (news, notices, policy, services, guides) is told by what it holds, so a new site has nothing to set up;
a column that holds nothing is not shown. Statements: two for all columns, one each for what is urgent, the service
notices, the streets, the topics and the sites below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate, groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from channels.edition import ItemType, Lane
from channels.models import Item, Outlet, Placement
from sites.frame import ColumnLink, Frame, address, frame_of
from sites.lists import topics
from sites.lists.lines import dressed
from sites.lists.listing import Row, newest
from sites.models import SiteHome
from sites.pages import public
from sites.service import choice, views
from sites.service.notices import Street, concerns, streets
from sites.service.phase import Phase

SECTION_SIZE = 8
PICTURES = 6
SERVICES = 6
TITLE_ROWS, PICTURE_ROWS = 3, 9
"""Heights in lines of a list: of a panel without its list, of the carousel."""
URGENT = timedelta(hours=48)
URGENT_MAX = 3


class Role(StrEnum):
    """What a column is to the home page."""

    NEWS = "news"
    NOTICES = "notices"
    POLICY = "policy"
    SERVICES = "services"
    GUIDES = "guides"


ROLES = {
    ItemType.NEWS: Role.NEWS,
    ItemType.NOTICE: Role.NOTICES,
    ItemType.PUBLIC_NOTICE: Role.NOTICES,
    ItemType.POLICY_DOC: Role.POLICY,
    ItemType.INTERPRETATION: Role.POLICY,
    ItemType.SERVICE_NOTICE: Role.SERVICES,
    ItemType.SERVICE_GUIDE: Role.GUIDES,
}


@dataclass(frozen=True, slots=True)
class Section:
    """A column with its newest rows; there is at least one."""

    column: ColumnLink
    rows: Sequence[Row]
    role: Role

    @classmethod
    def of(cls, column: ColumnLink, rows: Sequence[Row]) -> Section:
        """Its role is that of most of its rows; of the first among equals."""
        roles = Counter(ROLES[row.edition.type] for row in rows)
        return cls(column, rows, roles.most_common(1)[0][0])


def home(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """The home page of a site of any kind."""
    among = streets()
    if answer := choice.choose(request, among):
        return answer
    frame, now = frame_of(request, page), timezone.now()
    sections = _sections(frame, now)
    context = {
        **_news(sections),
        **_services(request, frame, among, now),
        "notices": [section for section in sections if section.role == Role.NOTICES],
        "policies": [section for section in sections if section.role == Role.POLICY],
        "guides": [section for section in sections if section.role == Role.GUIDES],
        "service_columns": [section for section in sections if section.role == Role.SERVICES],
        "topics": topics.cards(request, page, timezone.localdate(now), for_home=True),
        "urgent": _urgent(frame, now),
        "offices": grouped_offices(request, page),
        "is_empty": not sections,
        "is_home": True,
    }
    return choice.varying(public(request, f"sites/home/{page.kind}.html", frame, context))


def _sections(frame: Frame, now: datetime) -> list[Section]:
    if frame.outlet is None:
        return []
    lists = newest(frame.outlet, [link.codes for link in frame.menu], limit=SECTION_SIZE, now=now)
    lists = [dressed(frame, rows, now) for rows in lists]
    return [Section.of(link, rows) for link, rows in zip(frame.menu, lists, strict=True) if rows]


def _news(sections: Sequence[Section]) -> dict[str, Any]:
    """The lead is the first of the first news column (要闻); a column of pictures fills the carousel before others do."""
    news = [section for section in sections if section.role == Role.NEWS]
    lead = news[0].rows[0] if news else None
    by_picture = sorted(sections, key=lambda section: section.column.page.layout != "pictures")
    with_cover = [
        row
        for section in by_picture
        for row in section.rows
        if row.edition.cover and row.edition.type == ItemType.NEWS
    ]
    columns = [section for section in news if section.column.page.layout != "pictures"]
    beside = _beside(columns)
    return {
        "lead": lead,
        "pictures": _once(with_cover)[:PICTURES],
        "beside": columns[:beside],
        "news": columns[beside:],
    }


def _beside(columns: Sequence[Section]) -> int:
    """How many of the first news columns stand beside the pictures: enough to be as high as these."""
    rows = accumulate(len(section.rows) + TITLE_ROWS for section in columns)
    return next((count for count, height in enumerate(rows, 1) if height >= PICTURE_ROWS), len(columns))


def _services(request: HttpRequest, frame: Frame, among: Sequence[Street], now: datetime) -> dict[str, Any]:
    """What concerns the reader's street, or the street that runs this site."""
    own = _own_street(frame, among)
    street = choice.chosen(request, among) if own is None else own
    held = [notice for notice in views.at_site(frame, now, since=now) if notice.phase != Phase.OVER]
    mine = [notice for notice in held if street is None or concerns(notice.row.edition, street, among)]
    return {
        "services": mine[:SERVICES],
        "closing": [notice for notice in mine if notice.phase == Phase.CLOSING][:SERVICES],
        "days": views.week(mine, now) if held else [],
        "street": street,
        "choices": [] if own else among,
    }


def _own_street(frame: Frame, among: Iterable[Street]) -> Street | None:
    unit = frame.home.unit
    return next((street for street in among if unit and street.code == unit.code), None)


def _urgent(frame: Frame, now: datetime) -> list[Row]:
    """What was signed as urgent within two days and still holds."""
    if frame.outlet is None:
        return []
    placed = (
        Placement.objects.filter(
            outlet=frame.outlet,
            desired__isnull=False,
            published_at__lte=now,
            item__in=Item.objects.filter(lane=Lane.URGENT, first_published_at__gt=now - URGENT).values("pk"),
        )
        .select_related("desired")
        .order_by("-item__first_published_at", "-pk")[:URGENT_MAX]
    )
    rows = [Row(placement, placement.desired.edition()) for placement in placed if placement.desired]
    standing = [
        row for row in rows if row.placement.visible_until is None or row.placement.visible_until > now
    ]
    return dressed(frame, standing, now)


def grouped_offices(request: HttpRequest, page: SiteHome) -> list[tuple[str, list[tuple[str, str]]]]:
    """The sites below this one by the groups of their outlets, as (group, [(name, address)])."""
    below = (
        SiteHome.objects.child_of(page).live().public().in_menu().select_related("outlet").order_by("path")
    )
    by_group = sorted(below, key=_group)
    return [
        (name, [(office.title, address(office, request)) for office in offices])
        for name, offices in groupby(by_group, key=_group)
    ]


def _group(office: SiteHome) -> str:
    outlet: Outlet | None = office.outlet
    return outlet.group if outlet else ""


def _once(rows: Iterable[Row]) -> list[Row]:
    """Every item once: two columns may collect the same code."""
    return list({row.placement.pk: row for row in rows}.values())
