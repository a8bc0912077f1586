"""The door out of one site: which links go through the page before leaving, and how they are signed.

A signature keeps the page from being used to send people anywhere from an official address: it shows links that stand
in signed items, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from html import escape, unescape
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.urls import reverse
from wagtail.models import Site

from sites.items.facts import Group
from sites.leaving.hosts import GOVERNMENT, host_of, is_within
from sites.leaving.models import AllowedDomain
from sites.models import SiteHome

_LINK = re.compile(r'<a href="((?:https?:)?//[^"]*)">', re.IGNORECASE)
_SALT = "sites.leaving"


class Door:
    """Reads the operator's list once, and only when there is a foreign link. `home` is None for the hub as a whole."""

    def __init__(self, home: SiteHome | None) -> None:
        self._home = home

    def rewrite(self, html: str) -> str:
        """The body of an item as channels.formats.html makes it: links without attributes of their own."""
        return _LINK.sub(self._link, html)

    def address(self, url: str) -> str:
        """Where a link to `url` leads on a hosted page: itself where it is trusted, relative, or no link to the web."""
        if not url.lower().startswith(("http://", "https://", "//")):
            return url
        absolute = f"https:{url}" if url.startswith("//") else url
        if self.trusts(host_of(absolute)):
            return url
        return f"{reverse('leave')}?{urlencode({'u': absolute, 's': sign(absolute)})}"

    def facts(self, groups: Iterable[Group]) -> list[Group]:
        """The lines above the text; some lead to an address, as 网上办理 does."""
        return [
            replace(group, facts=tuple(replace(fact, url=self.address(fact.url)) for fact in group.facts))
            for group in groups
        ]

    def trusts(self, host: str) -> bool:
        """Without a question to the database for .gov.cn and our own hosts."""
        return bool(host) and (
            is_within(host, (GOVERNMENT,)) or host in own_hosts() or is_within(host, self._allowed)
        )

    @cached_property
    def _allowed(self) -> tuple[str, ...]:
        rows = AllowedDomain.objects.filter(Q(site=None) | Q(site=self._home) if self._home else Q(site=None))
        return tuple(rows.values_list("domain", flat=True))

    def _link(self, match: re.Match[str]) -> str:
        url = unescape(match[1])
        address = self.address(url)
        rel = ' rel="noopener external nofollow"' if address != url else ' rel="noopener"'
        return f'<a href="{escape(address)}"{rel}>'


def sign(url: str) -> str:
    """The same for the same address and key, so a page does not change from one look to the next."""
    return Signer(salt=_SALT).signature(url)


def is_signed(url: str, signature: str) -> bool:
    """By this key or an earlier one that is still honoured."""
    try:
        Signer(salt=_SALT).unsign(f"{url}:{signature}")
    except BadSignature:
        return False
    return True


def own_hosts() -> frozenset[str]:
    """Hosts of the hub and its sites; Wagtail keeps them in the cache."""
    addresses = [settings.PUBLIC_URL, *(path.root_url for path in Site.get_site_root_paths())]
    return frozenset(host for address in addresses if (host := urlsplit(address).hostname))
