"""Watches the foreign domains that our pages lead to: a sold or hijacked one shows in its title, its target, its words.

The first look is taken for right unless it shows a word of the list; every later one is compared with what a person has
confirmed last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bs4 import BeautifulSoup
from django.db import transaction
from django.db.models import F

from sites.linkcheck.addresses import host_of
from sites.linkcheck.checking import HOSTS_AT_ONCE, Client, Clock, Sleep
from sites.linkcheck.models import OutboundDomain, WatchWord
from sites.linkcheck.probing import PAGE_BYTES, Caller, Visitor

TITLE_MAX = 200
TEXT_MAX = 5_000
"""Characters of a front page that are looked through."""
DOMAINS_MAX = 500
"""Front pages fetched in one night, those that have waited longest first."""
REST = timedelta(hours=12)
DEFAULT_WORDS = {
    "parked": ("域名出售", "域名停放", "此域名已过期", "domain for sale", "buy this domain", "域名转让"),
    "gambling": ("澳门赌场", "真人百家乐", "线上娱乐城", "博彩平台", "体育投注", "棋牌游戏平台", "六合彩"),
    "fraud": ("刷单", "代开发票", "办证刻章", "裸聊"),
}
"""What the list starts with; the operator's afterwards."""


@dataclass(frozen=True, slots=True)
class Front:
    """A domain's front page: title, host where redirects end, words of the list that occur."""

    title: str
    leads_to: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a person has confirmed, or the first look. `title` and `leads_to` empty: nothing known yet."""

    title: str = ""
    leads_to: str = ""
    words: tuple[str, ...] = ()


def read(body: bytes, leads_to: str, words: Sequence[str]) -> Front:
    """Pure. Looks at the title and the beginning of the visible text."""
    soup = BeautifulSoup(body, "html.parser")
    title = " ".join((soup.title.get_text() if soup.title else "").split())[:TITLE_MAX]
    for tag in soup(["script", "style"]):
        tag.decompose()
    text = f"{title} {soup.get_text(' ', strip=True)[:TEXT_MAX]}".casefold()
    return Front(title, leads_to, tuple(word for word in words if word.casefold() in text))


def alarm(known: Known, front: Front) -> str:
    """What a person has to look at, as one sentence; empty for nothing. Pure."""
    said = []
    if new := [word for word in front.words if word not in known.words]:
        said.append(f"页面出现警示词“{'、'.join(new)}”")
    if known.leads_to and front.leads_to != known.leads_to:
        said.append(f"跳转目标由 {known.leads_to} 变为 {front.leads_to}")
    if known.title and front.title and front.title != known.title:
        said.append(f"标题由“{known.title}”变为“{front.title}”")
    return "；".join(said)[:500]


def watch(*, client: Client, clock: Clock, sleep: Sleep, now: datetime) -> int:
    """Returns how many domains were looked at."""
    words = [*_words()]
    due = OutboundDomain.objects.filter(is_used=True).exclude(checked_at__gt=now - REST)
    domains = list(due.order_by(F("checked_at").asc(nulls_first=True), "host")[:DOMAINS_MAX])
    fronts = asyncio.run(_fronts(domains, words, client, clock, sleep))
    for domain in domains:
        note(domain, fronts.get(domain.pk), now)
    return len(domains)


@transaction.atomic
def note(domain: OutboundDomain, front: Front | None, now: datetime) -> None:
    """A front page that cannot be had changes nothing: that is the link check's finding."""
    domain.checked_at = now
    if front is not None:
        said = alarm(known_of(domain), front)
        domain.title, domain.leads_to, domain.words = (
            front.title,
            front.leads_to,
            "、".join(front.words)[:200],
        )
        if said:
            domain.alarmed_at = domain.alarmed_at or now
        else:
            domain.alarmed_at = None
            domain.known_title = domain.known_title or front.title
            domain.known_leads_to = domain.known_leads_to or front.leads_to
        domain.alarm = said
    domain.save()


def confirm(domain: OutboundDomain, *, by: str, now: datetime) -> None:
    """A person has looked: what is seen now is right from now on."""
    domain.known_title, domain.known_leads_to, domain.known_words = (
        domain.title,
        domain.leads_to,
        domain.words,
    )
    domain.alarm, domain.alarmed_at = "", None
    domain.confirmed_at, domain.confirmed_by = now, by
    domain.save()


def known_of(domain: OutboundDomain) -> Known:
    words = tuple(filter(None, domain.known_words.split("、")))
    return Known(domain.known_title, domain.known_leads_to, words)


async def _fronts(
    domains: Sequence[OutboundDomain], words: Sequence[str], client: Client, clock: Clock, sleep: Sleep
) -> dict[int, Front]:
    found: dict[int, Front] = {}
    room = asyncio.Semaphore(HOSTS_AT_ONCE)

    async def visit(http: Caller, domain: OutboundDomain) -> None:
        async with room:
            url = f"{'https' if domain.secure else 'http'}://{domain.host}/"
            seen = await Visitor(http, clock, sleep).walk("GET", url, max_bytes=PAGE_BYTES)
            if seen.answer is not None and seen.answer.status < 400:
                found[domain.pk] = read(seen.answer.body, host_of(seen.probe.leads_to or url), words)

    async with client() as http:
        await asyncio.gather(*(visit(http, domain) for domain in domains))
    return found


def _words() -> list[str]:
    """The list; on the very first night it is filled with the words that it starts with."""
    if not WatchWord.objects.exists() and not OutboundDomain.objects.exclude(checked_at=None).exists():
        WatchWord.objects.bulk_create(
            (WatchWord(word=word, kind=kind) for kind, words in DEFAULT_WORDS.items() for word in words),
            ignore_conflicts=True,
        )
    return list(WatchWord.objects.values_list("word", flat=True))
