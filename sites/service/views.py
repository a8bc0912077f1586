"""The pages `service/` and `service/calendar/` of a site, and the calendar as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.models import Site

from sites.frame import Frame, frame_of
from sites.lists.lines import dressed
from sites.lists.months import Month
from sites.models import SiteHome
from sites.pages import public
from sites.parts import Part
from sites.service import asking, calendar, choice
from sites.service.asking import Asked
from sites.service.notices import Notice, Street, held, notices, streets
from sites.service.phase import Phase

KEPT = timedelta(days=30)
"""How long 已结束 shows what is over."""
REACH = 12
"""Months that the calendar goes back and ahead."""
LATEST_END = timedelta(days=62)
"""How long after a month that is past a notice may have ended that began in it."""
WEEK = 7


def index(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """The notices of a street or of all, nearest first; `?phase=`, `?kind=` and `?street=` choose."""
    frame, among, now = frame_of(request, page), streets(), timezone.now()
    if answer := choice.choose(request, among):
        return answer
    asked = Asked.of(request, among)
    since = now - KEPT if asked.phase == Phase.OVER else now
    chosen = [notice for notice in at_site(frame, now, since=since) if asked.takes(notice, among)]
    base = f"{frame.url}service/"
    context = {
        "title": "便民信息查询",
        "calendar_query": replace(asked, phase=None).query(),
        "notices": [notice for notice in chosen if asked.takes_phase(notice)],
        "phases": asking.phases(asked),
        "days": week(chosen, now),
    }
    return _page(request, "sites/service/index.html", frame, asked, among, context, base=base)


def month(request: HttpRequest, page: SiteHome, name: str = "") -> HttpResponse:
    """The calendar of one month: of this one, without a name."""
    frame, among, now = frame_of(request, page), streets(), timezone.now()
    if answer := choice.choose(request, among):
        return answer
    this_month = Month.of(now)
    shown = Month.parse(name) if name else this_month
    if shown is None or not this_month.later(-REACH) <= shown <= this_month.later(REACH):
        raise Http404("日历只提供前后一年的信息")
    asked = Asked.of(request, among)
    until = shown.end + LATEST_END if shown.end <= now else None
    found = at_site(frame, now, since=shown.begin, until=until)
    dates = [day for line in shown.weeks() for day in line]
    days = _inside(calendar.days((n for n in found if asked.takes(n, among)), dates, _today(now)), shown)
    base, query = f"{frame.url}service/calendar/", asked.query()
    context = {
        "title": f"{shown.label}停水停电日历" if name else "停水停电日历",
        "month": shown,
        "days": days,
        "is_empty": not any(day.marks for day in days if day.is_inside),
        "earlier": f"{base}{shown.later(-1)}/{query}" if shown > this_month.later(-REACH) else "",
        "later": f"{base}{shown.later()}/{query}" if shown < this_month.later(REACH) else "",
        "this_month": f"{base}{query}" if shown != this_month else "",
        "weekdays": calendar.WEEKDAYS,
    }
    return _page(request, "sites/service/calendar.html", frame, asked, among, context, base=base)


def ics_of(request: HttpRequest, site: str) -> HttpResponse:
    """`<site>service/calendar.ics`, by a pattern of its own: addresses of pages have no dot."""
    root = Site.find_for_request(request)
    if root is None:
        raise Http404("没有这个站点")
    page = root.root_page.specific.route(request, [part for part in site.split("/") if part]).page
    if not isinstance(page, SiteHome):
        raise Http404("没有这个站点")
    return ics(request, page)


def ics(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """What was over a month ago at the earliest, as iCalendar for a phone; `?street=` and `?kind=` choose."""
    from sites.service import ical  # the library is large

    frame, among, now = frame_of(request, page), streets(), timezone.now()
    asked = Asked.of(request, among, remembers=False)
    found = [notice for notice in at_site(frame, now, since=now - KEPT) if asked.takes(notice, among)]
    place = f"（{asked.street.name}）" if asked.street else ""
    body = ical.document(
        found, name=f"{frame.home.full_name}便民日历{place}", home=request.build_absolute_uri(frame.url)
    )
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "public, max-age=900"
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


def at_site(frame: Frame, now: datetime, *, since: datetime, until: datetime | None = None) -> list[Notice]:
    """The site's notices with their addresses, nearest first. One statement."""
    if frame.outlet is None:
        return []
    return notices(dressed(frame, held(frame.outlet, since=since, until=until, now=now), now), now)


def week(found: Sequence[Notice], now: datetime) -> list[calendar.Day]:
    """Today and the six days after it."""
    today = _today(now)
    return calendar.days(found, [today + timedelta(days=n) for n in range(WEEK)], today)


def _page(
    request: HttpRequest,
    template: str,
    frame: Frame,
    asked: Asked,
    among: Sequence[Street],
    context: Mapping[str, Any],
    *,
    base: str,
) -> HttpResponse:
    common = {
        "base": base,
        "column": Part(str(context["title"]), base, "办事服务"),
        "asked": asked,
        "street": choice.chosen(request, among),
        "streets": asking.by_street(asked, among),
        "choices": among,
        "kinds": asking.kinds(asked),
        "ics": request.build_absolute_uri(
            f"{frame.url}service/calendar.ics{replace(asked, phase=None).query()}"
        ),
    }
    return choice.varying(public(request, template, frame, {**common, **context}))


def _inside(days: Sequence[calendar.Day], shown: Month) -> list[calendar.Day]:
    return [replace(day, is_inside=day.date.month == shown.number) for day in days]


def _today(now: datetime) -> date:
    return timezone.localdate(now)
