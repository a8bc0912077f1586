"""专题: the list of a site's topic pages, and one topic page with its sections by column.

An item belongs to a topic by the tag that its newest edition carries. The tags of one topic are an index range, so a
topic costs what it holds, not what the hub holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from channels.models import ItemTag, Outlet, Placement
from channels.registering import TAG_CHARS
from sites import standing
from sites.frame import ColumnLink, Frame, address, frame_of
from sites.lists import listing
from sites.lists.archive import beyond
from sites.lists.column import PAGE_SIZE, asked_place
from sites.lists.lines import dressed
from sites.lists.listing import Place, Row
from sites.media import banners
from sites.models import SiteHome, TopicPage
from sites.pages import public
from sites.parts import Part

SECTION_SIZE = 8
GATHERED_MAX = 500
"""Items of a topic that are looked at for its sections; a section's own list goes on from there."""
ELSEWHERE = "other"
"""The section of what is in no column of the site."""


@dataclass(frozen=True, slots=True)
class Card:
    """A topic in a list."""

    title: str
    url: str
    picture: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Section:
    """What a topic has in one column of the site, the newest of it."""

    title: str
    url: str
    rows: Sequence[Row]
    has_more: bool


def cards(request: HttpRequest, page: SiteHome, today: date, *, for_home: bool = False) -> list[Card]:
    """The site's topics, those that are closed last. One statement."""
    pages = TopicPage.objects.child_of(page).live().public().select_related("topic", "banner", "topic__cover")
    if for_home:
        pages = pages.filter(Q(topic__closed_on=None) | Q(topic__closed_on__gt=today), on_home=True)
    found = [
        Card(str(page.title), address(page, request), banners.url_of(page), _closed_on(page, today))
        for page in pages.order_by("topic__rank", "path")
    ]
    return sorted(found, key=lambda card: card.closed_on is not None)


def index(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """专题专栏: every topic of the site."""
    frame = frame_of(request, page)
    found = cards(request, page, timezone.localdate())
    context = {
        "column": Part("专题专栏", f"{frame.url}topics/", "工作动态"),
        "running": [card for card in found if card.closed_on is None],
        "closed": [card for card in found if card.closed_on],
    }
    return public(request, "sites/topics/index.html", frame, context)


def topic(request: HttpRequest, page: TopicPage, column: str = "") -> HttpResponse:
    """A topic's page, or everything that it has in `column` (the slug of a column page)."""
    frame, now = frame_of(request, page), timezone.now()
    if stopped := standing.answer(request, frame):
        return stopped
    base = address(page, request)
    closed_on = _closed_on(page, timezone.localdate(now))
    context = {
        "column": Part(str(page.title), base, "工作动态", str(page.topic.description)),
        "topic": page,
        "banner": banners.url_of(page),
        "paragraphs": (page.introduction or page.topic.description).splitlines(),
        "closed_on": closed_on,
    }
    if not column:
        context["sections"] = _sections(frame, page, base, now)
        return public(request, "sites/topics/topic.html", frame, context)
    title, codes = _codes(frame, column)
    place, size = asked_place(request), PAGE_SIZE["lines"]

    def ranges(place: Place) -> Sequence[QuerySet[Placement]]:
        if frame.outlet is None:
            return []
        rows = _within(_gathered(frame.outlet, page, now), frame, codes).filter(beyond(place))
        return [rows.order_by(*(("-published_at", "-pk") if place.is_older else ("published_at", "pk")))]

    leaf = listing.turn(ranges, place, size=size, by_rank=False)
    here = f"{base}{column}/"
    if leaf.is_top:
        return HttpResponseRedirect(here)
    context |= {
        "section": title,
        "rows": dressed(frame, leaf.rows, now),
        "first": here,
        "is_first": place.cursor is None,
        "newer": f"{here}?after={leaf.newer}" if leaf.newer else "",
        "older": f"{here}?before={leaf.older}" if leaf.older else "",
    }
    return public(request, "sites/topics/section.html", frame, context)


def _sections(frame: Frame, page: TopicPage, base: str, now: datetime) -> list[Section]:
    """In the order of the site's columns; one item stands in one section. Two statements."""
    if frame.outlet is None:
        return []
    newest = _gathered(frame.outlet, page, now).order_by("-published_at", "-pk")
    keys = list(newest.values_list("pk", "column_code")[:GATHERED_MAX])
    by_column: dict[ColumnLink | None, list[int]] = {link: [] for link in (*frame.columns, None)}
    for pk, code in keys:
        by_column[frame.column_of(code)].append(pk)
    rows = listing.read({pk for found in by_column.values() for pk in found[:SECTION_SIZE]})
    return [
        Section(
            link.title if link else "其他信息",
            f"{base}{link.page.slug if link else ELSEWHERE}/",
            dressed(frame, [rows[pk] for pk in found[:SECTION_SIZE] if pk in rows], now),
            len(found) > SECTION_SIZE,
        )
        for link, found in by_column.items()
        if found
    ]


def _gathered(outlet: Outlet, page: TopicPage, now: datetime) -> QuerySet[Placement]:
    """All that the outlet has of the topic; what is over stays, a topic is a record, too."""
    return Placement.objects.filter(
        item__in=ItemTag.objects.filter(tag=page.topic.name[:TAG_CHARS]).values("item"),
        outlet=outlet,
        desired__isnull=False,
        published_at__lte=now,
    )


def _codes(frame: Frame, slug: str) -> tuple[str, frozenset[str] | None]:
    """Title and codes of a section; no codes for what is in no column."""
    if slug == ELSEWHERE:
        return "其他信息", None
    for link in frame.columns:
        if link.page.slug == slug:
            return link.title, link.codes
    raise Http404("没有这个栏目")


def _within(rows: QuerySet[Placement], frame: Frame, codes: Iterable[str] | None) -> QuerySet[Placement]:
    if codes is not None:
        return rows.filter(column_code__in=codes)
    return rows.exclude(column_code__in={code for link in frame.columns for code in link.codes})


def _closed_on(page: TopicPage, today: date) -> date | None:
    closed: date | None = page.topic.closed_on
    return closed if closed and closed <= today else None
