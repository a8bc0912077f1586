"""Where a service notice stands at a moment: to come, running, about to close, over."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from channels.edition import ServiceFacts

SOON = timedelta(days=7)
"""即将截止: a deadline within this time."""


class Phase(StrEnum):
    """The values are what addresses say."""

    RUNNING = "running"
    CLOSING = "closing"
    UPCOMING = "upcoming"
    OVER = "over"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Phase.RUNNING: "进行中",
    Phase.CLOSING: "即将截止",
    Phase.UPCOMING: "即将开始",
    Phase.OVER: "已结束",
}


def phase(service: ServiceFacts, now: datetime) -> Phase:
    """An end is exclusive. A deadline outlasts an end: what can still be done is not over."""
    last = max(filter(None, (service.end, service.deadline)), default=None)
    if last and last <= now:
        return Phase.OVER
    if service.start and service.start > now:
        return Phase.UPCOMING
    if service.deadline and now < service.deadline <= now + SOON:
        return Phase.CLOSING
    return Phase.RUNNING


def next_moment(service: ServiceFacts) -> datetime | None:
    """What a list is ordered by: the deadline, or the beginning of what has none."""
    return service.deadline or service.start or service.end
