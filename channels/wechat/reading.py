"""Reading figures as people read them: totals of an item at an account, an account's last 30 days, its best articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from channels.adapters.wechat_mp.api.figures import KEPT_DAYS
from channels.adapters.wechat_mp.api.quotas import CHINA
from channels.models import Outlet
from channels.wechat.models import ArticleFigures, FiguresDay

Days = Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article, or an item with all its articles at one account. `daily`: new readers by day, gaps filled with nought.

    Counts are totals at the end of `until`; None where the platform said nothing. `articles`: how many were added up,
    because a correction is a new article.
    """

    outlet_id: int
    outlet: str
    title: str
    url: str
    item_id: UUID | None
    published_on: date
    until: date
    notified: bool | None
    reads: int | None
    shares: int | None
    collects: int | None
    likes: int | None
    comments: int | None
    finish_rate: float | None
    daily: Sequence[tuple[date, int]]
    articles: int = 1

    @property
    def finish_percent(self) -> int | None:
        return None if self.finish_rate is None else round(self.finish_rate * 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """An account's last 30 days: `reads` and `shares` by day of reading; `articles` published in them, the most read first.

    `asked_at`: when the platform was last asked; `late`: days that it has not finished; `problem`: why it gives nothing.
    """

    reads: Sequence[tuple[date, int]]
    shares: Sequence[tuple[date, int]]
    articles: Sequence[Reading]
    asked_at: datetime | None
    late: Sequence[date]
    problem: str


def of_item(content_id: UUID) -> list[Reading]:
    """One for each account that has figures of the item, in the order of the outlets; one query."""
    rows = ArticleFigures.objects.filter(item=content_id).select_related("outlet")
    ordered = rows.order_by("outlet__rank", "outlet__slug", "published_on", "msg_data_id", "idx", "stat_date")
    by_outlet: dict[int, list[ArticleFigures]] = defaultdict(list)
    for row in ordered:
        by_outlet[row.outlet_id].append(row)
    return [_together(list(_readings(rows))) for rows in by_outlet.values()]


def of_account(outlet: Outlet, *, now: datetime) -> Month:
    """Two queries."""
    today = now.astimezone(CHINA).date()
    begin = today - timedelta(days=KEPT_DAYS)
    rows = ArticleFigures.objects.filter(outlet=outlet, published_on__gte=begin).select_related("outlet")
    ordered = list(rows.order_by("msg_data_id", "idx", "stat_date"))
    articles = sorted(_readings(ordered), key=lambda one: (-(one.reads or 0), one.title))
    asked = list(FiguresDay.objects.filter(outlet=outlet, day__gte=begin).order_by("day"))
    days = [begin + timedelta(days=number) for number in range(KEPT_DAYS)]
    reads = _summed(one.daily for one in articles)
    shares = _summed(_gains(group, "shares") for group in _groups(ordered))
    return Month(
        reads=[(day, reads.get(day, 0)) for day in days],
        shares=[(day, shares.get(day, 0)) for day in days],
        articles=articles,
        asked_at=max((row.asked_at for row in asked), default=None),
        late=[row.day for row in asked if row.delayed],
        problem=next((row.problem for row in reversed(asked) if row.problem), ""),
    )


def _groups(rows: Iterable[ArticleFigures]) -> list[list[ArticleFigures]]:
    """Rows of one article together, in the order of their days as they come."""
    groups: dict[tuple[str, int], list[ArticleFigures]] = defaultdict(list)
    for row in rows:
        groups[row.msg_data_id, row.idx].append(row)
    return list(groups.values())


def _readings(rows: Iterable[ArticleFigures]) -> Iterable[Reading]:
    for group in _groups(rows):
        last = group[-1]
        yield Reading(
            outlet_id=last.outlet_id,
            outlet=last.outlet.name,
            title=last.title,
            url=last.url,
            item_id=last.item_id,
            published_on=last.published_on,
            until=last.stat_date,
            notified=last.notified,
            reads=last.reads,
            shares=last.shares,
            collects=last.collects,
            likes=last.likes,
            comments=last.comments,
            finish_rate=last.finish_rate,
            daily=_gains(group, "reads"),
        )


def _gains(group: Sequence[ArticleFigures], name: str) -> list[tuple[date, int]]:
    """What each day added to the total; a day that is missing added nothing, and its readers come with the next."""
    found: list[tuple[date, int]] = []
    before = 0
    for row in group:
        total = getattr(row, name)
        if total is None:
            continue
        while found and found[-1][0] + timedelta(days=1) < row.stat_date:
            found.append((found[-1][0] + timedelta(days=1), 0))
        found.append((row.stat_date, max(0, total - before)))
        before = max(before, total)
    return found


def _together(readings: Sequence[Reading]) -> Reading:
    """The articles of one item at one account: counts added, the rest from the newest."""
    newest = readings[-1]
    if len(readings) == 1:
        return newest
    daily = _summed(one.daily for one in readings)
    return Reading(
        outlet_id=newest.outlet_id,
        outlet=newest.outlet,
        title=newest.title,
        url=newest.url,
        item_id=newest.item_id,
        published_on=newest.published_on,
        until=max(one.until for one in readings),
        notified=newest.notified,
        reads=_sum(one.reads for one in readings),
        shares=_sum(one.shares for one in readings),
        collects=_sum(one.collects for one in readings),
        likes=_sum(one.likes for one in readings),
        comments=_sum(one.comments for one in readings),
        finish_rate=newest.finish_rate,
        daily=sorted(daily.items()),
        articles=len(readings),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _summed(series: Iterable[Sequence[tuple[date, int]]]) -> dict[date, int]:
    total: dict[date, int] = defaultdict(int)
    for one in series:
        for day, value in one:
            total[day] += value
    return total
