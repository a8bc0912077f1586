"""The nightly check: own links by asking the hub itself, external ones over the network, within a budget.

What fails is checked again every night, what works once a week, home pages every night. Results are written batch by
batch: a worker that is stopped loses one batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from sites.linkcheck import inside
from sites.linkcheck.addresses import host_of
from sites.linkcheck.judging import FAILING, Probe, State, follow, judge
from sites.linkcheck.models import Link, LinkEvent
from sites.linkcheck.probing import Caller, Visitor

Client = Callable[[], AbstractAsyncContextManager[Caller]]
Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
REST = timedelta(days=6, hours=12)
"""How long a working link is left alone: a week, less the time by which a night may begin earlier."""
NIGHT = timedelta(hours=12)
"""What has been checked this night is not checked again, even if the task runs twice."""
BATCH = 200
HOSTS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Budget:
    """For one night: numbers of links, and seconds in all; `per_host` keeps one site from taking the night."""

    own: int = 5_000
    external: int = 1_500
    seconds: float = 1_800.0
    per_host: int = 60


@dataclass(frozen=True, slots=True)
class Checker:
    """One night's check. `clock` gives seconds that only grow; `now` is the night's date for the records."""

    client: Client
    clock: Clock
    sleep: Sleep
    now: datetime
    budget: Budget = Budget()

    def run(self) -> int:
        """Returns how many links were checked."""
        ends = self.clock() + self.budget.seconds
        done = 0
        own = inside.own_hosts(settings.PUBLIC_URL)
        for batch in _batches(_due(self.now, is_own=True)[: self.budget.own]):
            if self.clock() > ends:
                break
            record(batch, {link.pk: inside.probe(link.url, own) for link in batch}, self.now)
            done += len(batch)
        for batch in _batches(self._external()):
            if self.clock() > ends:
                break
            probes = asyncio.run(self._probe(batch, ends))
            record([link for link in batch if link.pk in probes], probes, self.now)
            done += len(probes)
        return done

    def _external(self) -> list[Link]:
        """Not more of one host than its share."""
        taken: dict[str, int] = {}
        chosen = []
        for link in _due(self.now, is_own=False)[: self.budget.external * 2]:
            taken[link.host] = taken.get(link.host, 0) + 1
            if taken[link.host] <= self.budget.per_host:
                chosen.append(link)
        return chosen[: self.budget.external]

    async def _probe(self, batch: Sequence[Link], ends: float) -> dict[int, Probe]:
        groups: dict[str, list[Link]] = {}
        for link in batch:
            groups.setdefault(host_of(link.url), []).append(link)
        found: dict[int, Probe] = {}
        room = asyncio.Semaphore(HOSTS_AT_ONCE)

        async def visit(http: Caller, links: Sequence[Link]) -> None:
            async with room:
                visitor = Visitor(http, self.clock, self.sleep)
                for link in links:
                    if self.clock() > ends:
                        return
                    found[link.pk] = await visitor.probe(link.url)

        async with self.client() as http:
            await asyncio.gather(*(visit(http, links) for links in groups.values()))
        return found


def check_one(link: Link, *, client: Client, clock: Clock, sleep: Sleep, now: datetime) -> None:
    """What somebody has asked for: a check right now, own or external."""
    if link.is_own:
        probes = {link.pk: inside.probe(link.url, inside.own_hosts(settings.PUBLIC_URL))}
    else:
        checker = Checker(client, clock, sleep, now)
        probes = asyncio.run(checker._probe([link], clock() + checker.budget.seconds))
    record([link], probes, now)


@transaction.atomic
def record(links: Sequence[Link], probes: Mapping[int, Probe], now: datetime) -> None:
    """Brings the links to where their probes put them; writes down what is new."""
    events = []
    for link in links:
        probe = probes[link.pk]
        standing = follow(link.state, link.code, link.failures, judge(probe, is_own=link.is_own))
        link.state, link.code, link.failures = standing.state, standing.code, standing.failures
        link.leads_to = probe.leads_to
        link.checked_at = now
        link.failed_since = (link.failed_since or now) if standing.failures else None
        if not standing.failures:
            link.muted_at, link.muted_by, link.muted_reason = (
                None,
                "",
                "",
            )  # it works: nothing left to overlook
        if standing.is_news:
            events.append(LinkEvent(link=link, at=now, state=standing.state, code=standing.code))
    Link.objects.bulk_update(
        links,
        ["state", "code", "failures", "leads_to", "checked_at", "failed_since", "muted_at", "muted_by", "muted_reason"],
    )  # fmt: skip
    LinkEvent.objects.bulk_create(events)


def _due(now: datetime, *, is_own: bool) -> list[Link]:
    """Failing ones first, then those never checked, then the ones that have waited longest."""
    often = Q(state__in=[*FAILING, State.UNCHECKED]) | Q(on_home=True)
    rows = Link.objects.used().filter(is_own=is_own)
    rows = rows.filter(
        Q(checked_at=None) | Q(often, checked_at__lte=now - NIGHT) | Q(checked_at__lte=now - REST)
    )
    failing = list(rows.filter(state__in=FAILING).order_by("checked_at", "pk"))
    rest = rows.exclude(state__in=FAILING).order_by(F("checked_at").asc(nulls_first=True), "pk")
    return [*failing, *rest[:10_000]]


def _batches(links: Sequence[Link]) -> list[Sequence[Link]]:
    return [links[start : start + BATCH] for start in range(0, len(links), BATCH)]
