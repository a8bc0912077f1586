"""From clues to an item: by code, by id, by the page of a hosted site, by the address of a copy elsewhere.

Nothing is fetched: what the hub has published it knows. Only what was meant for the public is ever found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit
from uuid import UUID

from django.conf import settings

from channels.models import Item, Outlet, Placement
from sites.models import SiteHome
from sites.shortlinks.links import find, public_items
from sites.verify.clues import Clues, slug_of

WECHAT = "mp.weixin.qq.com"
ARTICLE_KEYS = ("__biz", "mid", "idx", "sn")
"""What names an article in WeChat's long address; the rest says how the reader came there."""


@dataclass(frozen=True, slots=True)
class Match:
    """`placement` is the copy that the link leads to, if it was a link to one."""

    item: Item
    placement: Placement | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """`outlet`: the link lies at this official outlet, even where no item is known for it."""

    match: Match | None = None
    outlet: Outlet | None = None


def look(clues: Clues) -> Finding:
    """The first clue that names an item."""
    for code in clues.codes:
        link = find(code)
        if link and (item := _public(link.item_id)):
            return Finding(Match(item))
    placed = [_by_link(link) for link in clues.links]
    outlet = next((finding.outlet for finding in placed if finding.outlet), None)
    for finding in placed:
        if finding.match:
            return finding
    for content_id in clues.content_ids:
        if item := _public(content_id):
            at = Placement.objects.filter(item=item, outlet=outlet).first() if outlet else None
            return Finding(Match(item, at), outlet)
    return Finding(outlet=outlet)


def _by_link(link: SplitResult) -> Finding:
    home = _home_of(link)
    if home is not None and home.outlet is not None:
        at = _placed(home.outlet, slug_of(link))
        match = Match(item, at) if at and (item := _public(at.item_id)) else None
        return Finding(match, home.outlet)
    outlets = list(_outlets_at(link))
    for placement in _copies(outlets, link):
        if item := _public(placement.item_id):
            return Finding(Match(item, placement), placement.outlet)
    return Finding(outlet=outlets[0] if outlets and link.hostname != WECHAT else None)


def _home_of(link: SplitResult) -> SiteHome | None:
    """The hosted site that the link lies in, in host mode and in path mode, by either scheme."""
    found = []
    for home in SiteHome.objects.live().select_related("outlet"):
        parts = urlsplit(home.get_full_url() or "")
        hosts = {parts.hostname, urlsplit(settings.PUBLIC_URL).hostname}
        if parts.path and link.hostname in hosts and link.path.startswith(parts.path):
            found.append((link.hostname == parts.hostname, len(parts.path), home.pk, home))
    return max(found)[-1] if found else None


def _placed(outlet: Outlet, slug: str) -> Placement | None:
    rows = Placement.objects.filter(outlet=outlet, item__slug=slug[:80]).select_related("outlet", "desired")
    return rows.order_by("pk").first()


def _outlets_at(link: SplitResult) -> Iterator[Outlet]:
    """Outlets whose own address has this host."""
    for outlet in Outlet.objects.real().exclude(channel="hosted"):
        own = (outlet.url, str(outlet.options.get("url", "")))
        hosts = [WECHAT] if outlet.channel == "wechat_mp" else [urlsplit(url).hostname for url in own]
        if link.hostname in hosts:
            yield outlet


def _copies(outlets: list[Outlet], link: SplitResult) -> list[Placement]:
    """Placements whose copy stands at this address; searched among the outlets of its host, where an index leads."""
    rows = Placement.objects.filter(outlet__in=outlets).select_related("outlet", "desired", "actual")
    query = parse_qs(link.query)
    if link.hostname == WECHAT and "sn" in query:
        wanted = _article(query)
        near = rows.filter(remote_url__contains=f"sn={query['sn'][0]}")[:50]
        return [row for row in near if _article(parse_qs(urlsplit(row.remote_url).query)) == wanted]
    return list(rows.filter(remote_url__in=_spellings(link))[:1])


def _article(query: dict[str, list[str]]) -> list[list[str] | None]:
    return [query.get(key) for key in ARTICLE_KEYS]


def _spellings(link: SplitResult) -> list[str]:
    """The address with and without TLS, final slash, and what an app has added behind it."""
    path = link.path.rstrip("/")
    queries = {f"?{link.query}" if link.query else "", ""}
    return [
        f"{scheme}://{link.netloc}{path}{slash}{query}"
        for scheme in ("https", "http")
        for slash in ("", "/")
        for query in sorted(queries)
    ]


def _public(content_id: UUID) -> Item | None:
    return public_items().select_related("current").filter(pk=content_id).first()
