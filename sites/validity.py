"""Whether an item that knows times (便民信息, anything with 有效期至) is still to come, running, or over."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from channels.edition import Edition


class Validity(Enum):
    UPCOMING = "未开始"
    RUNNING = "进行中"
    OVER = "已过期"

    @property
    def label(self) -> str:
        """What readers see: the word carries the meaning, the colour only helps."""
        return self.value


def validity(edition: Edition, now: datetime) -> Validity | None:
    """None for an item that knows no time. The earliest end counts; an end is exclusive."""
    service = edition.service
    start = service.start if service else None
    ends = [edition.expires, service.end, service.deadline] if service else [edition.expires]
    known = [moment for moment in ends if moment]
    if known and min(known) <= now:
        return Validity.OVER
    if start and start > now:
        return Validity.UPCOMING
    return Validity.RUNNING if service and (start or known) else None
