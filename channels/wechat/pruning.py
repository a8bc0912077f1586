"""What the accounts' memory may forget, once a night: nothing that could still tell one article from two.

Kept for good: the addresses of uploaded pictures and covers (forgetting one means to upload it again, and the platform's
library holds 100,000), the last figures of every article, deliveries, pushes and their history.

Kept for 400 days after the last writing: the entries by which an article is found again after a crash. Most are needed
for minutes; the longest is a draft that waits for a person, and an inspection looks back over a calendar year, so that a
year and a month are safe and still bounded. An entry that a placement may still be reconciled by is kept whatever its
age: one whose outcome is open, or that waits for anything.

Gone sooner: entries that say nothing (emptied, or a delivery that began anew), tokens of credentials not used any more,
uploads by a recipe that is not used any more, and followers of an account that has been taken out of service, whom no
call-back can tell us of any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from channels.adapters.wechat_mp.article.uploads import RECIPE
from channels.adapters.wechat_mp.progress import KEY_LENGTH, Progress
from channels.adapters.wechat_mp.visit import DRAFT, JOB, RECONCILING
from channels.checkpoints import SEALED, SHARED
from channels.models import CallCount, CheckpointEntry, Placement, State
from channels.wechat.accounts import CHANNEL
from channels.wechat.models import ArticleFigures, FiguresDay, Follower
from channels.work import token_of

KEPT = timedelta(days=400)
SAYING_NOTHING = timedelta(days=1)
UNUSED_TOKEN = timedelta(days=30)
ASKED_DAYS = timedelta(days=90)
"""Three times the days for which the platform counts."""
UPLOADS = ("image", "qr", "cover")
AT_ONCE = 500


def prune(*, now: datetime) -> int:
    """Returns how many rows are gone. Repeating it, beside itself too, changes nothing more."""
    gone = [
        _reconciled(now),
        _entries(SHARED, now - SAYING_NOTHING).filter(_says_nothing()).delete()[0],
        _entries(SHARED, now - SAYING_NOTHING).filter(_old_recipe()).delete()[0],
        _entries(SEALED, now - UNUSED_TOKEN).filter(name__startswith="token.").delete()[0],
        CallCount.objects.filter(outlet__channel=CHANNEL, day__lt=(now - KEPT).date()).delete()[0],
        FiguresDay.objects.filter(day__lt=(now - ASKED_DAYS).date()).delete()[0],
        _overtaken(now).delete()[0],
        Follower.objects.filter(outlet__retired_at__isnull=False).delete()[0],
    ]
    return sum(gone)


def _entries(scope: str, before: datetime) -> QuerySet[CheckpointEntry]:
    return CheckpointEntry.objects.filter(outlet__channel=CHANNEL, scope=scope, written_at__lt=before)


def _says_nothing() -> Q:
    return Q(value="") | Q(name__startswith="article.", value=Progress().to_json())


def _old_recipe() -> Q:
    used = [Q(name__startswith=f"{kind}.{RECIPE}.") for kind in UPLOADS]
    return reduce(or_, (Q(name__startswith=f"{kind}.") for kind in UPLOADS)) & ~reduce(or_, used)


def _reconciled(now: datetime) -> int:
    old = _entries(SHARED, now - KEPT).filter(reduce(or_, (Q(name__startswith=name) for name in RECONCILING)))
    rows = list(old.values_list("pk", "outlet_id", "name"))
    needed = set(_needed()) if rows else set()
    free = [pk for pk, outlet_id, name in rows if (outlet_id, name) not in needed]
    for begin in range(0, len(free), AT_ONCE):
        CheckpointEntry.objects.filter(pk__in=free[begin : begin + AT_ONCE]).delete()
    return len(free)


def _needed() -> Iterator[tuple[int, str]]:
    """(outlet, name) of all that the open placements may be reconciled by."""
    opened = ~Q(state=State.SETTLED) | ~Q(pending="") | Q(doubt__isnull=False)
    rows = Placement.objects.filter(opened, outlet__channel=CHANNEL).values_list(
        "outlet_id", "item_id", "generation", "desired_at", "doubt__token", "receipt"
    )
    for outlet_id, item_id, generation, desired_at, doubted, receipt in rows.iterator():
        held = receipt or {}
        raw = held.get("raw") or {}
        tokens = {doubted, held.get("token"), token_of(item_id, outlet_id, generation, desired_at)}
        names = [f"out.{item_id.hex}", f"{DRAFT}.{item_id.hex}", f"{JOB}.{raw.get('publish_id', '')}"]
        names += [f"{JOB}.{str(held.get('remote_id', '')).partition(':')[2]}"]
        for token in filter(None, tokens):
            names += [f"article.{token[:KEY_LENGTH]}", f"text.{token}"]
        yield from ((outlet_id, name) for name in names)


def _overtaken(now: datetime) -> QuerySet[ArticleFigures]:
    """Counts of old articles day by day, of which the last one says the same in total."""
    last = ArticleFigures.objects.filter(
        outlet=OuterRef("outlet"),
        msg_data_id=OuterRef("msg_data_id"),
        idx=OuterRef("idx"),
        stat_date__gt=OuterRef("stat_date"),
    )
    return ArticleFigures.objects.filter(Exists(last), published_on__lt=(now - KEPT).date())
