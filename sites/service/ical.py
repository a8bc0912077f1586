"""Notices as iCalendar (RFC 5545): one event for the time, one for the deadline. Times in UTC, which needs no VTIMEZONE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from icalendar import Calendar, Event

from sites.service.notices import Notice

PRODUCT = "-//tongsheng//service calendar//ZH"
REFRESH = timedelta(hours=1)
HOUR = timedelta(hours=1)


def document(notices: Iterable[Notice], *, name: str, home: str) -> bytes:
    """`home` is the absolute address that relative ones are of."""
    calendar = Calendar.new(prodid=PRODUCT, name=name, language="zh-CN", refresh_interval=REFRESH, url=home)
    calendar.add("X-WR-CALNAME", name)
    for notice in notices:
        for event in _events(notice, home):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(notice: Notice, home: str) -> Iterator[Event]:
    facts = notice.facts
    start = facts.start or facts.end
    if start:
        yield _event(notice, home, start, facts.end or start, "")
    if facts.deadline and facts.deadline != facts.end:
        yield _event(notice, home, facts.deadline - HOUR, facts.deadline, "截止")


def _event(notice: Notice, home: str, start: datetime, end: datetime, what: str) -> Event:
    """`what` tells the events of one notice apart, in their names and in their summaries."""
    edition = notice.row.edition
    event = Event.new(
        uid=f"{edition.content_id}{'-deadline' if what else ''}@tongsheng",
        summary=f"{edition.headline}（{what}）" if what else edition.headline,
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        stamp=edition.version_created.astimezone(UTC),
        last_modified=edition.version_created.astimezone(UTC),
        sequence=edition.version,
        location=notice.facts.area or None,
        description="\n".join(filter(None, (edition.summary, notice.facts.contact))) or None,
        url=urljoin(home, notice.row.url),
        transparency=None,
    )
    event.add("TRANSP", "TRANSPARENT")
    return event
