"""A column's pages: its list by keyset in both directions, and its archive by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from sites import meta, standing
from sites.frame import ColumnLink, Frame, column_link, frame_of
from sites.lists import archive, listing
from sites.lists.lines import dressed
from sites.lists.listing import Leaf, Place
from sites.lists.months import Month
from sites.models import ColumnIndex
from sites.pages import feeds_of, public

PAGE_SIZE = {"lines": 20, "pictures": 24, "excerpts": 12}
"""Items on a page, by layout."""


def column(request: HttpRequest, page: ColumnIndex, name: str = "") -> HttpResponse:
    """One page of a column's list, or of a month (`2026-11`); `?before=` and `?after=` are a row that was shown.

    A year leads on to the newest of its months that has anything.
    """
    frame, now = frame_of(request, page), timezone.now()
    if stopped := standing.answer(request, frame):
        return stopped
    link = frame.column_at(page) or column_link(page, request)
    if name.isdigit():
        return HttpResponseRedirect(_newest_month(frame, link, int(name), now))
    month = Month.parse(name) if name else None
    if name and (month is None or month.begin > now):
        raise Http404("没有这个月份")
    base = f"{link.url}{month}/" if month else link.url
    size = PAGE_SIZE[page.layout]
    place, leaf = asked_place(request), Leaf(())
    if frame.outlet and month:
        leaf = archive.leaf(frame.outlet, link.codes, month, place, size=size, now=now)
    elif frame.outlet:
        leaf = listing.leaf(frame.outlet, link.codes, place, size=size, now=now)
    if leaf.is_top:
        return HttpResponseRedirect(base)
    context = {
        "column": link,
        "layout": page.layout,
        "rows": dressed(frame, leaf.rows, now),
        "newer": f"{base}?after={leaf.newer}" if leaf.newer else "",
        "older": f"{base}?before={leaf.older}" if leaf.older else "",
        "first": base,
        "is_first": place.cursor is None,
        "month": month,
        **_past(frame, link, month or Month.of(now), now),
        "feeds": feeds_of(frame, link.codes),
        "tags": meta.column_tags(frame, link, meta.column_names(link)),
    }
    return public(request, "sites/column.html", frame, context)


def asked_place(request: HttpRequest) -> Place:
    """Raises Http404 for an address that no page has linked to."""
    try:
        return Place.asked(request.GET.get("before", ""), request.GET.get("after", ""))
    except ValueError as error:
        raise Http404("没有这一页，请返回栏目第一页") from error


def _newest_month(frame: Frame, link: ColumnLink, year: int, now: datetime) -> str:
    found = _past(frame, link, Month(year, 1), now) if 2000 <= year < 2100 else {}
    if not found.get("past_months"):
        raise Http404("没有这个年份的信息")
    return str(found["past_months"][0][1])


def _past(frame: Frame, link: ColumnLink, shown: Month, now: datetime) -> dict[str, Any]:
    """Links to the years and months that have anything; of a year to its newest month, which leads on to the others."""
    if frame.outlet is None:
        return {}
    found = archive.past(frame.outlet, link.codes, year=shown.year, now=now)
    years: Sequence[tuple[int, str]] = [(year, f"{link.url}{year}/") for year in found.years]
    months = [(month, f"{link.url}{month}/") for month in found.months]
    return {"past_years": years, "past_months": months, "shown_year": shown.year}
