"""The home page and the column pages of a site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from channels.edition import ItemType
from sites import meta
from sites.feeds import addresses
from sites.feeds.selection import Selection
from sites.feeds.variants import DISCOVERED
from sites.frame import ColumnLink, Frame, address, column_link, frame_of
from sites.listing import Cursor, Row, newest
from sites.models import ColumnIndex, SiteHome
from sites.validity import validity

PAGE_SIZE = 20
SECTION_SIZE = 7
PICTURES = 4


@dataclass(frozen=True, slots=True)
class Section:
    """A column on the home page; a column without items is not shown there."""

    column: ColumnLink
    rows: Sequence[Row]

    @property
    def is_service(self) -> bool:
        """A column of service notices only, shown with their times and places."""
        return all(row.is_service for row in self.rows)


def home(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """The newest of every column; above them the lead, the pictures among these."""
    frame = frame_of(request, page)
    lists = _rows(frame, [link.codes for link in frame.menu], limit=SECTION_SIZE)
    sections = [Section(link, rows) for link, rows in zip(frame.menu, lists, strict=True) if rows]
    everything = _distinct(row for section in sections for row in section.rows)
    news = [row for row in everything if row.edition.type == ItemType.NEWS]
    lead = news[0] if news else None
    context = {
        "lead": lead,
        "pictures": [row for row in news if row.edition.cover][:PICTURES],
        "services": [section for section in sections if section.is_service],
        "sections": [section for section in sections if not section.is_service],
        "offices": offices(request, page),
        "is_home": True,
        "tags": meta.site_tags(frame),
    }
    return public(request, "sites/home.html", frame, context)


def column(request: HttpRequest, page: ColumnIndex) -> HttpResponse:
    """One page of a column's list; `?before=` is where the last one ended."""
    frame = frame_of(request, page)
    link = frame.column_at(page) or column_link(page, request)
    before = _cursor(request.GET.get("before", ""))
    rows = _rows(frame, [link.codes], limit=PAGE_SIZE + 1, before=before)[0]
    context = {
        "column": link,
        "rows": rows[:PAGE_SIZE],
        "older": str(Cursor.after(rows[PAGE_SIZE - 1].placement)) if len(rows) > PAGE_SIZE else "",
        "is_first": before is None,
        "feeds": _feeds(frame, link.codes),
        "tags": [*meta.site_tags(frame), *meta.column_tags(frame, link, meta.column_names(link))],
    }
    return public(request, "sites/column.html", frame, context)


def public(
    request: HttpRequest, template: str, frame: Frame | None, context: Mapping[str, object]
) -> HttpResponse:
    """A page of a site (None: of a hub without one). Fresh at every look: a correction shows at commit."""
    feeds = _feeds(frame) if frame else []
    response = TemplateResponse(request, template, {"frame": frame, "feeds": feeds, **context})
    response["Cache-Control"] = "no-cache"
    return response


def _rows(
    frame: Frame, groups: Sequence[frozenset[str]], *, limit: int, before: Cursor | None = None
) -> list[list[Row]]:
    if frame.outlet is None:
        return [[] for _ in groups]
    now = timezone.now()
    found = newest(frame.outlet, groups, limit=limit, now=now, before=before)
    return [[_dressed(frame, row, now) for row in rows] for rows in found]


def _dressed(frame: Frame, row: Row, now: datetime) -> Row:
    placement = row.placement
    url = frame.item_url(placement.item_id, placement.slug, placement.column_code)
    return replace(row, url=url, state=validity(row.edition, now))


def _distinct(rows: Iterable[Row]) -> list[Row]:
    """Every item once (two columns may collect the same code), newest first, what is pinned before."""
    once = {row.placement.pk: row for row in rows}
    return sorted(once.values(), key=lambda row: Cursor.after(row.placement), reverse=True)


def _cursor(text: str) -> Cursor | None:
    try:
        return Cursor.parse(text) if text else None
    except ValueError as error:
        raise Http404("没有这一页") from error


def sitemap(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """网站地图: every live column of the site, and the sites below it."""
    frame = frame_of(request, page)
    context = {"offices": offices(request, page), "tags": meta.site_tags(frame)}
    return public(request, "sites/sitemap.html", frame, context)


def _feeds(frame: Frame, codes: Iterable[str] = ()) -> list[tuple[str, str, str]]:
    """The feeds of the site, and of the columns that a page collects, as (name, media type, address)."""
    if frame.outlet is None:
        return []
    selection = Selection(outlet=frame.outlet.slug, columns=tuple(codes))
    name = addresses.name_of(selection)
    return [(form.label, form.media_type, addresses.feed_url(name, form.key)) for form in DISCOVERED]


def offices(request: HttpRequest, page: SiteHome) -> list[tuple[str, str]]:
    """The sites below this one, as (name, address)."""
    below = SiteHome.objects.child_of(page).live().public().in_menu().order_by("path")
    return [(office.full_name, address(office, request)) for office in below]
