"""Reading figures of the accounts: fetched each morning, caught up for 30 days, matched to the items they belong to.

What is due is a question to the table, so a run that is lost, repeated or cut off changes nothing but the time.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from channels.adapters.wechat_mp.api.figures import KEPT_DAYS, ArticleCounts, Batch, published_on
from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.quotas import CHINA
from channels.errors import ChannelError, ConfigError
from channels.models import Delivery, Outlet, Placement
from channels.wechat.accounts import CHANNEL, talk
from channels.wechat.models import ArticleFigures, FiguresDay

logger = logging.getLogger(__name__)

READY = time(8, 30)
"""China time from which the day before is said to be counted."""
AGAIN = timedelta(hours=2)
"""How long figures that are not complete are left alone."""
VALUES = (
    "published_on", "item", "title", "url", "notified", "reads", "shares", "collects", "likes", "recommends",
    "comments", "follows", "finish_rate", "minutes", "sources",
)  # fmt: skip


def fetch(*, now: datetime) -> int:
    """Ask every account for what is due; returns how many days were asked for. One account's failure stops no other."""
    return sum(_fetch_account(outlet, now=now) for outlet in accounts())


def accounts() -> QuerySet[Outlet]:
    """Accounts in service; one that is being drilled (演练) is left alone until the drill ends."""
    drilled = Outlet.objects.twins().values("drill_of_id")
    return Outlet.objects.active().filter(channel=CHANNEL).exclude(pk__in=drilled)


def due(outlet: Outlet, *, now: datetime) -> list[date]:
    """Days of publication, newest first, to ask for now.

    Each of the last 30 days once a morning; again two hours after an incomplete answer; not again when the account
    published nothing on it. Nothing for the rest of the day when the account itself is the problem.
    """
    here = now.astimezone(CHINA)
    morning = datetime.combine(here.date(), READY, CHINA)
    if here < morning:
        return []
    asked = {row.day: row for row in FiguresDay.objects.filter(outlet=outlet)}
    if any(row.problem and row.asked_at >= morning for row in asked.values()):
        return []
    days = [here.date() - timedelta(days=back) for back in range(1, KEPT_DAYS + 1)]
    return [day for day in days if _is_due(asked.get(day), morning, now)]


def _is_due(row: FiguresDay | None, morning: datetime, now: datetime) -> bool:
    if row is None or row.problem:
        return True
    if row.delayed:
        return row.asked_at <= now - AGAIN
    return bool(row.articles) and row.asked_at < morning


def _fetch_account(outlet: Outlet, *, now: datetime) -> int:
    done = 0
    for day in due(outlet, now=now):
        try:
            batch = talk(outlet, _asking(day))
        except ChannelError as error:
            logger.warning("no figures from %s for %s: %s %s", outlet.slug, day, error.code, error.message)
            if isinstance(error, ConfigError):
                # Only a person can mend it: asking again every hour would help nobody.
                _note(outlet, day, now=now, problem=error.message[:500])
            break
        store(outlet, day, batch, now=now)
        done += 1
    return done


def _asking(day: date) -> Callable[[Line], Awaitable[Batch]]:
    async def ask(line: Line) -> Batch:
        return await published_on(line, day)

    return ask


@transaction.atomic
def store(outlet: Outlet, day: date, batch: Batch, *, now: datetime) -> None:
    """Write what the platform said; the same answer twice leaves the same rows."""
    items = _items(outlet, batch.articles)
    rows = [row for article in batch.articles for row in _rows(outlet, article, items)]
    ArticleFigures.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["outlet", "msg_data_id", "idx", "stat_date"],
        update_fields=VALUES,
    )
    _note(outlet, day, now=now, articles=len(batch.articles), delayed=batch.delayed)


def _rows(
    outlet: Outlet, article: ArticleCounts, items: dict[tuple[str, int], UUID]
) -> Iterable[ArticleFigures]:
    for count in article.counts:
        values = asdict(count)
        yield ArticleFigures(
            outlet=outlet,
            msg_data_id=article.msg_data_id[:40],
            idx=article.idx,
            stat_date=values.pop("day"),
            published_on=article.published_on,
            item_id=items.get((article.msg_data_id, article.idx)),
            title=article.title[:255],
            url=article.url[:500],
            notified=article.notified,
            **values,
        )


def _note(outlet: Outlet, day: date, *, now: datetime, **values: object) -> None:
    fresh = {"articles": 0, "delayed": False, "problem": "", **values}
    if fresh["problem"]:
        fresh.pop("articles")
    FiguresDay.objects.update_or_create(outlet=outlet, day=day, defaults={**fresh, "asked_at": now})


def _items(outlet: Outlet, articles: Sequence[ArticleCounts]) -> dict[tuple[str, int], UUID]:
    """(msg_data_id, idx) -> content_id, from the receipts of placements, then from those of their deliveries.

    A receipt names its place in a push as `idx` in `raw`; without one it is the only article.
    """
    wanted = {article.msg_data_id for article in articles}
    found: dict[tuple[str, int], UUID] = {}
    placed = Placement.objects.filter(outlet=outlet, receipt__raw__msg_data_id__in=list(wanted))
    for item_id, receipt in placed.values_list("item_id", "receipt"):
        found[_key(receipt)] = item_id
    missing = wanted - {msg_data_id for msg_data_id, _ in found}
    if missing:
        # The receipts of deliveries have no index: those of the days around publication are enough.
        begin = datetime.combine(min(article.published_on for article in articles), time(), CHINA)
        sent = Delivery.objects.filter(
            placement__outlet=outlet,
            started_at__range=(begin - timedelta(days=1), begin + timedelta(days=3)),
            receipt__raw__msg_data_id__in=list(missing),
        ).values_list("placement__item_id", "receipt")
        found |= {_key(receipt): item_id for item_id, receipt in sent}
    return found


def _key(receipt: Any) -> tuple[str, int]:
    """Of a receipt as JSON that is known to name a message."""
    raw = receipt["raw"]
    return str(raw["msg_data_id"]), int(raw.get("idx") or 1)
