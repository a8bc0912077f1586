"""How much time an answer has left, in the words of the desk. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cms import workdays
from cms.workdays import Calendar
from sites.enquiries.models import Enquiry, State

OLD_DAYS = 90
"""Days after which an open message fails the site in an inspection (as 参考)."""


@dataclass(frozen=True, slots=True)
class Clock:
    """`tone` is one of the desk's colours; the sign and the words carry the meaning without it."""

    words: str
    sign: str
    tone: str


def clock(enquiry: Enquiry, *, today: date, calendar: Calendar) -> Clock:
    if enquiry.state != State.OPEN:
        return Clock(State(enquiry.state).label, "✓" if enquiry.state == State.ANSWERED else "–", "quiet")
    left = workdays.left(today, enquiry.due_on, calendar)
    if today > enquiry.due_on:
        # A due day that was followed by days off only is over all the same.
        late = f"已超时 {-left} 个工作日" if left else "已超时"
        return Clock(late, "!", "bad")
    if left == 0:
        return Clock("今天到期", "!", "warn")
    return Clock(f"剩余 {left} 个工作日", "◷", "warn" if left == 1 else "good")
