"""My street (我的街道): what followers may choose, what one has chosen, and the platform's tags that follow from it.

A choice is a row; the tag follows in a task that makes the platform's tags those of the row, however often it runs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F

from channels.adapters.wechat_mp.api.audience import Audience, Marked
from channels.adapters.wechat_mp.api.line import Line
from channels.errors import ChannelError, ContentError
from channels.models import Outlet
from channels.wechat import accounts
from channels.wechat.leases import leased
from channels.wechat.models import Follower, Interest, InterestKind

logger = logging.getLogger(__name__)

CHOSEN_MAX = 20
"""Tags that the platform lets one follower have."""
LEASE = 300
AT_ONCE = 200
"""Followers settled by one task."""
REFUSED_MAX = 20
"""Refusals after which a round ends: it is the account then, and no follower of it."""


def offered(outlet: Outlet) -> list[Interest]:
    """What can be chosen, in order: streets before topics."""
    return list(Interest.objects.filter(outlet=outlet).order_by("kind", "rank", "code"))


def seed(outlet: Outlet, streets: Iterable[tuple[str, str]]) -> int:
    """Offer these streets (code, name), too. Returns how many are new."""
    known = set(Interest.objects.filter(outlet=outlet).values_list("code", "name"))
    codes, names = {code for code, _ in known}, {name for _, name in known}
    fresh = [
        Interest(outlet=outlet, kind=InterestKind.STREET, code=code, name=name, rank=rank)
        for rank, (code, name) in enumerate(streets, start=1)
        if code not in codes and name not in names
    ]
    return len(Interest.objects.bulk_create(fresh, ignore_conflicts=True))


def chosen(outlet: Outlet, openid: str) -> list[Interest]:
    rows = Interest.objects.filter(outlet=outlet, followers__openid=openid, followers__outlet=outlet)
    return list(rows.order_by("kind", "rank", "code"))


@transaction.atomic
def choose(outlet: Outlet, openid: str, interest: Interest, *, now: datetime) -> None:
    """A street takes the place of another. Nothing happens when the platform could not tag him with one more."""
    follower, _ = Follower.objects.get_or_create(outlet=outlet, openid=openid, defaults={"since": now})
    if interest.kind == InterestKind.STREET:
        streets = follower.interests.filter(kind=InterestKind.STREET).exclude(pk=interest.pk)
        follower.interests.remove(*streets)
    if follower.interests.exclude(pk=interest.pk).count() < CHOSEN_MAX:
        follower.interests.add(interest)
    _unsettle(follower)


@transaction.atomic
def take_back(outlet: Outlet, openid: str) -> None:
    """The follower wants none any more; his row goes as soon as the platform's tags are gone."""
    follower = Follower.objects.filter(outlet=outlet, openid=openid).first()
    if follower is not None:
        follower.interests.clear()
        _unsettle(follower)


def forget(outlet: Outlet, openid: str) -> None:
    """The person has left: nothing about him stays. The platform itself drops the tags of who unfollows."""
    Follower.objects.filter(outlet=outlet, openid=openid).delete()


def audiences(outlet: Outlet) -> list[tuple[int, str, int]]:
    """What a push can be sent to: (tag_id, name, followers by our own count)."""
    rows = Interest.objects.filter(outlet=outlet, tag_id__isnull=False).annotate(count=Count("followers"))
    return [(row.tag_id, row.name, row.count) for row in rows.order_by("kind", "rank", "code") if row.tag_id]


def counts(outlet: Outlet) -> list[Interest]:
    """What is offered, each with `count`, how many have chosen it."""
    rows = Interest.objects.filter(outlet=outlet).annotate(count=Count("followers"))
    return list(rows.order_by("kind", "rank", "code"))


@transaction.atomic
def remove(interest: Interest) -> None:
    """Offer it no more: whoever had chosen it loses the tag."""
    Follower.objects.filter(interests=interest).update(unsettled=True, changes=F("changes") + 1)
    interest.delete()


def settle(outlet: Outlet) -> int:
    """Make the platform's tags those that were chosen. Returns how many followers were settled; outside transactions.

    One worker an account, one call at a time, for half of the lease at most. What fails stays unsettled until the task comes again.
    """
    done = refused = 0
    with leased(outlet, "tagging", seconds=LEASE) as may:
        if not may:
            return 0
        waiting = Follower.objects.filter(outlet=outlet, unsettled=True).order_by("?")[:AT_ONCE]
        ends = time.monotonic() + LEASE / 2
        for follower in waiting:
            if time.monotonic() > ends:
                break
            try:
                _settle(outlet, follower)
            except ChannelError as error:
                logger.warning("%s: followers stay untagged: %s %s", outlet.slug, error.code, error.message)
                if isinstance(error, ContentError) and refused < REFUSED_MAX:
                    # His alone (too many tags). Their order is by chance, so nobody waits behind the same one for ever.
                    refused += 1
                    continue
                break
            done += 1
    return done


def _unsettle(follower: Follower) -> None:
    Follower.objects.filter(pk=follower.pk).update(unsettled=True, changes=F("changes") + 1)


@dataclass(frozen=True, slots=True)
class _Settled:
    """`made` are tags that interests have now, `lost` those that the platform does not know any more."""

    made: dict[int, int]
    tagged: list[int]
    lost: list[int]
    gone: bool = False


def _settle(outlet: Outlet, follower: Follower) -> None:
    wanted = list(follower.interests.all())

    async def conversation(line: Line) -> _Settled:
        return await _tag(Audience(line), follower, wanted)

    _record(follower, accounts.talk(outlet, conversation))


async def _tag(audience: Audience, follower: Follower, wanted: Sequence[Interest]) -> _Settled:
    made = {row.pk: row.tag_id or await audience.tag_id(row.name) for row in wanted}
    held = set(follower.tagged)
    lost: list[int] = []
    for tag_id in sorted(held - set(made.values())):
        if await audience.mark(follower.openid, tag_id, on=False) is Marked.NO_FOLLOWER:
            return _Settled(made, [], [], gone=True)
    for tag_id in sorted(made.values()):
        marked = await audience.mark(follower.openid, tag_id, on=True)
        if marked is Marked.NO_FOLLOWER:
            return _Settled(made, [], [], gone=True)
        if marked is Marked.NO_TAG:
            lost.append(tag_id)
    return _Settled(made, sorted(set(made.values()) - set(lost)), lost)


@transaction.atomic
def _record(follower: Follower, settled: _Settled) -> None:
    """A tag that somebody deleted at the platform is made anew the next time."""
    for pk, tag_id in settled.made.items():
        Interest.objects.filter(pk=pk).update(tag_id=None if tag_id in settled.lost else tag_id)
    rows = Follower.objects.filter(pk=follower.pk)
    if settled.gone:
        rows.delete()
        return
    rows.update(tagged=settled.tagged)
    unchanged = rows.filter(changes=follower.changes)
    if not settled.tagged and not settled.lost and not settled.made:
        unchanged.delete()
    elif not settled.lost:
        unchanged.update(unsettled=False)
