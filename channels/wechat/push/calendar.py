"""The quota calendar: how many pushes an account may make, has made and has planned, day by day.

公众号: one a day, to everybody or to one tag. 服务号: each follower gets at most four a calendar month. Pushes made in
the back office count, too (the page Batch_Sends, 2026-11); people note them as OutsidePush.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from channels.models import Outlet
from channels.wechat.models import IN_FLIGHT, OutsidePush, Push, PushState

CHINA = ZoneInfo("Asia/Shanghai")
SERVICE = "service"
A_DAY, A_MONTH = 1, 4
DAYS_AHEAD, MONTHS_AHEAD = 60, 12
MADE = (*IN_FLIGHT, PushState.SENT, PushState.CLOSED)
PLANNED = (PushState.EDITING, PushState.PROPOSED, PushState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Use:
    """One push on a day (China). `tag` None: it went to all, or that is not known. `push` None: from outside."""

    day: date
    tag: int | None
    made: bool
    push: Push | None = None
    outside: OutsidePush | None = None


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    in_month: bool
    uses: Sequence[Use]
    left: int | None
    past: bool

    @property
    def used(self) -> int:
        return sum(use.made for use in self.uses)

    @property
    def planned(self) -> int:
        return len(self.uses) - self.used


@dataclass(frozen=True, slots=True)
class Month:
    """`limit` and `left` are of the month for a 服务号, of one day for a 公众号."""

    first: date
    by_month: bool
    limit: int
    used: int
    planned: int
    left: int
    weeks: Sequence[Sequence[Day]] = field(default=())

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return _next_month(self.first)


def is_service(outlet: Outlet) -> bool:
    return str(outlet.options.get("kind", "")) == SERVICE


def local_day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def uses(outlet: Outlet, first: date, last: date, *, but: int | None = None) -> list[Use]:
    """The pushes from `first` to `last` (inclusive) without the push `but`; two queries."""
    start, end = _start(first), _start(last + timedelta(days=1))
    rows = Push.objects.filter(outlet=outlet).filter(
        Q(state__in=MADE, attempted_at__gte=start, attempted_at__lt=end)
        | Q(state__in=PLANNED, scheduled_at__gte=start, scheduled_at__lt=end)
        | Q(state=PushState.CONFIRMED, scheduled_at=None, confirmed_at__gte=start, confirmed_at__lt=end)
    )
    found = [
        _use(push)
        for push in rows.exclude(pk__in=[] if but is None else [but]).order_by("scheduled_at", "pk")
    ]
    outside = OutsidePush.objects.filter(outlet=outlet, day__gte=first, day__lte=last).order_by("pk")
    return found + [Use(row.day, None, made=True, outside=row) for row in outside]


def refusal(
    outlet: Outlet, at: datetime, *, tag: int | None, but: int | None = None, only_made: bool = False
) -> str:
    """Why there is no room for a push at `at`, with the next free slot; empty when there is. `only_made`: plans count not."""
    day = local_day(at)
    if is_service(outlet):
        first, last = _month_of(day)
        taken = _taken(_counted(uses(outlet, first, last, but=but), only_made), tag)
        full, what = taken >= A_MONTH, f"{day.year} 年 {day.month} 月的 {A_MONTH} 次群发"
    else:
        taken = len(_counted(uses(outlet, day, day, but=but), only_made))
        full, what = taken >= A_DAY, f"{day.month} 月 {day.day} 日的 {A_DAY} 次群发"
    if not full:
        return ""
    free = next_free(outlet, at, tag=tag, but=but)
    when = f"{free.astimezone(CHINA):%Y-%m-%d %H:%M}" if free else "暂无，请先调整已有安排"
    return f"{what}已用完或已排满，最近的空档：{when}"


def next_free(outlet: Outlet, at: datetime, *, tag: int | None, but: int | None = None) -> datetime | None:
    """The next slot after the day (or month) of `at`, at the same time of the day; None when there is none in sight."""
    local = at.astimezone(CHINA)
    if is_service(outlet):
        first = local.date().replace(day=1)
        for _ in range(MONTHS_AHEAD):
            first = _next_month(first)
            if _taken(uses(outlet, *_month_of(first), but=but), tag) < A_MONTH:
                return datetime.combine(first, local.time(), CHINA)
        return None
    days = [local.date() + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1)]
    full = {use.day for use in uses(outlet, days[0], days[-1], but=but)}
    free = next((day for day in days if day not in full), None)
    return datetime.combine(free, local.time(), CHINA) if free else None


def month(outlet: Outlet, first: date, *, today: date) -> Month:
    """The month that begins on `first`, in weeks from Monday; two queries."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    found = uses(outlet, weeks[0][0], weeks[-1][-1])
    by_month = is_service(outlet)
    own = [use for use in found if use.day.month == first.month and use.day.year == first.year]
    used = sum(use.made for use in own)
    limit = A_MONTH if by_month else A_DAY
    todays = [use for use in found if use.day == today]
    left = A_MONTH - _taken(own, None) if by_month else A_DAY - len(todays)

    def day(at: date) -> Day:
        those = [use for use in found if use.day == at]
        room = None if by_month else max(0, A_DAY - len(those))
        return Day(at, at.month == first.month, those, room, at < today)

    table = [[day(at) for at in week] for week in weeks]
    return Month(first, by_month, limit, used, len(own) - used, max(0, left), table)


def _use(push: Push) -> Use:
    made = push.state in MADE
    at = push.attempted_at if made else push.scheduled_at or push.confirmed_at
    assert at is not None
    return Use(local_day(at), push.tag_id, made, push)


def _counted(found: Sequence[Use], only_made: bool) -> list[Use]:
    return [use for use in found if use.made or not only_made]


def _taken(found: Sequence[Use], tag: int | None) -> int:
    """How many of a month some follower of this audience gets: those to all, and those to his tag.

    Who has several tags may get more: the platform then leaves him out of a push, and tells how many it left out.
    """
    by_tag = Counter(use.tag for use in found)
    to_all = by_tag.pop(None, 0)
    return to_all + (max(by_tag.values(), default=0) if tag is None else by_tag[tag])


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _month_of(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, _next_month(first) - timedelta(days=1)


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
