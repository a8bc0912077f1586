"""Whether what an item states holds now: still to come, running, over; 公示中 or 已结束; a document 失效 or 废止."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import Enum

from channels.edition import Edition, PolicyStatus, PublicityFacts
from channels.formats.typed import SHANGHAI


class Validity(Enum):
    """What readers see: the word carries the meaning, the colour only helps."""

    UPCOMING = "未开始"
    RUNNING = "进行中"
    OVER = "已过期"
    OPEN = "公示中"
    CLOSED = "已结束"
    PARTLY_REPEALED = "部分废止"
    LAPSED = "失效"
    REPEALED = "废止"

    @property
    def label(self) -> str:
        return self.value

    @property
    def look(self) -> str:
        """The colour, as a part of the class of the style sheet."""
        return _LOOKS[self]

    @property
    def is_warning(self) -> bool:
        """Whether it belongs beside the title wherever that stands: a reader must not rely on the item."""
        return self in {Validity.PARTLY_REPEALED, Validity.LAPSED, Validity.REPEALED}


_LOOKS = {
    Validity.UPCOMING: "upcoming",
    Validity.RUNNING: "running",
    Validity.OVER: "over",
    Validity.OPEN: "running",
    Validity.CLOSED: "over",
    Validity.PARTLY_REPEALED: "partly",
    Validity.LAPSED: "void",
    Validity.REPEALED: "void",
}
_DOCUMENTS = {
    PolicyStatus.PARTLY_REPEALED: Validity.PARTLY_REPEALED,
    PolicyStatus.LAPSED: Validity.LAPSED,
    PolicyStatus.REPEALED: Validity.REPEALED,
}


def validity(edition: Edition, now: datetime) -> Validity | None:
    """None for an item that knows no time and warns of nothing. The earliest end counts; an end is exclusive."""
    if edition.policy and edition.policy.status in _DOCUMENTS:
        return _DOCUMENTS[edition.policy.status]
    service = edition.service
    ends = [edition.expires, service.end, service.deadline] if service else [edition.expires]
    known = [moment for moment in ends if moment]
    if known and min(known) <= now:
        return Validity.OVER
    if edition.publicity:
        return _publicity(edition.publicity, now)
    start = service.start if service else None
    if start and start > now:
        return Validity.UPCOMING
    return Validity.RUNNING if service and (start or known) else None


def changes_at(edition: Edition, now: datetime) -> datetime | None:
    """When `validity` will next say something else by itself; None for never."""
    return min((moment for moment in _turns(edition) if moment > now), default=None)


def _turns(edition: Edition) -> Iterator[datetime]:
    service, publicity = edition.service, edition.publicity
    moments = [edition.expires]
    if service:
        moments += [service.start, service.end, service.deadline]
    if publicity:
        moments += [_midnight(publicity.start_on), _midnight(publicity.end_on, later=1)]
    yield from filter(None, moments)


def _publicity(publicity: PublicityFacts, now: datetime) -> Validity:
    """Both days belong to the period."""
    today = f"{now.astimezone(SHANGHAI):%Y-%m-%d}"
    if publicity.end_on and today > publicity.end_on:
        return Validity.CLOSED
    return Validity.UPCOMING if today < publicity.start_on else Validity.OPEN


def _midnight(day: str, *, later: int = 0) -> datetime | None:
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day) + timedelta(days=later), time(), tzinfo=SHANGHAI)
