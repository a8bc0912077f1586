"""Looks at foreign addresses through the guarded client, politely: one request at a time to a host, with a pause between.

HEAD first, GET where HEAD is refused or fails; what a site's robots.txt forbids is not asked for. Time comes in as
arguments, so that nothing here waits in a test.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from channels.answers import REDIRECTS
from channels.contract import Answer
from channels.errors import ChannelError, ConfigError
from sites.linkcheck.addresses import is_sound
from sites.linkcheck.judging import SLOW_SECONDS, Failure, Probe

HOPS_MAX = 5
PAUSE_SECONDS = 1.0
DELAY_MAX_SECONDS = 10.0
"""A site may ask for longer pauses (Crawl-delay), up to this."""
PAGE_BYTES = 300_000
ROBOTS_BYTES = 100_000
AGENT = "TongshengLinkCheck"


class Caller(Protocol):
    """What channels.http.HttpClient offers for calls to addresses that others have written."""

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        max_bytes: int = 10_000,
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """The end of a walk: `answer` is None where there was a failure."""

    probe: Probe
    answer: Answer | None = None


@dataclass(slots=True)
class Visitor:
    """Visits one host's addresses, one after the other."""

    http: Caller
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    pause: float = PAUSE_SECONDS
    limit: float = SLOW_SECONDS
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)
    _calls: int = 0

    async def probe(self, url: str) -> Probe:
        if not is_sound(url):
            return Probe(failure=Failure.MALFORMED)
        if not await self._may(url):
            return Probe(failure=Failure.BARRED)
        first = (await self.walk("HEAD", url)).probe
        if first.failure in {Failure.CERTIFICATE, Failure.PRIVATE, Failure.NO_SUCH_HOST}:
            return first
        if first.status is not None and (first.status < 400 or first.status == 429):
            return first
        return (await self.walk("GET", url)).probe

    async def walk(self, method: str, url: str, *, max_bytes: int = 10_000) -> Seen:
        """Follows redirects itself: each hop is checked by the guard, all of them share one limit of time."""
        ends = self.clock() + self.limit
        at = url
        for _ in range(HOPS_MAX + 1):
            left = ends - self.clock()
            if left <= 0:
                return Seen(Probe(failure=Failure.TIMEOUT))
            try:
                answer = await self._call(method, at, left, max_bytes)
            except ChannelError as error:
                return Seen(Probe(failure=failure_of(error), leads_to=at if at != url else ""))
            location = answer.headers.get("Location", "")
            if answer.status not in REDIRECTS or not location:
                late = self.clock() > ends
                probe = Probe(status=answer.status, leads_to=at if at != url else "")
                return Seen(Probe(failure=Failure.TIMEOUT) if late else probe, answer)
            at = urljoin(at, location)
            if not is_sound(at):
                return Seen(Probe(failure=Failure.MALFORMED, leads_to=at))
        return Seen(Probe(failure=Failure.LOOP, leads_to=at))

    async def _call(self, method: str, url: str, seconds: float, max_bytes: int) -> Answer:
        if self._calls:
            await self.sleep(self.pause)
        self._calls += 1
        return await self.http.call(method, url, timeout=seconds, max_bytes=max_bytes)

    async def _may(self, url: str) -> bool:
        """What robots.txt says of us. A site that has none, or none that can be had, allows everything."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if origin not in self._robots:
            rules = RobotFileParser()
            seen = await self.walk("GET", f"{origin}/robots.txt", max_bytes=ROBOTS_BYTES)
            has = seen.answer is not None and seen.probe.status == 200
            rules.parse(seen.answer.text.splitlines() if has and seen.answer else [])
            self._robots[origin] = rules
            delay = rules.crawl_delay(AGENT)
            self.pause = max(self.pause, min(float(delay or 0), DELAY_MAX_SECONDS))
        return self._robots[origin].can_fetch(AGENT, url)


def failure_of(error: ChannelError) -> Failure:
    """The client's errors, told apart by its `detail`, which names the kind of the failure.

    A ConfigError with a detail is a certificate's, one without is the guard's: the address itself has been looked at.
    """
    if isinstance(error, ConfigError):
        return Failure.CERTIFICATE if error.detail else Failure.PRIVATE
    if "Timeout" in error.detail:
        return Failure.TIMEOUT
    return Failure.NO_SUCH_HOST if "DNS" in error.detail else Failure.UNREACHABLE
