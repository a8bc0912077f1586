"""Feeds at `/feeds/`: what one outlet shows as Atom and RSS, ordered by the last change at that outlet.

By change, not by publication: a correction of an old item has to reach subscribers too. Whether anything changed is
told from a few keys before any edition is read, so most polls end with 304 and two small statements.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from channels.edition import Asset
from channels.formats import atom, rss
from channels.formats.feed import Content, FeedEntry, FeedHead, Format, Tombstone
from channels.models import EditionRecord, Outlet, Placement
from cms.permalink import permalink
from sites.models import SiteHome
from sites.moments import from_micros, micros

FORMATS: dict[str, Format] = {"atom": atom, "rss": rss}
SHOWN_CHANNELS = ("feed", "hosted")
PAGE_SIZE = 50
MOURNING = timedelta(days=90)
"""How long a tombstone stays: longer than any subscriber's holiday."""
TOMBSTONES_MAX = 200
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""`updated` of a feed that has never had an item."""
LAYOUT = 2
"""Part of every ETag: raised when the same placements give other bytes."""
CACHING = "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"


@dataclass(frozen=True, slots=True)
class Window:
    """One page of a feed: placements without their editions. `older` is the cursor of the next page, or empty."""

    shown: Sequence[Placement]
    buried: Sequence[Placement]
    changed: datetime
    older: str

    def etag(self, outlet: Outlet) -> str:
        keys = [(row.pk, row.desired_id, row.desired_at) for row in (*self.shown, *self.buried)]
        return _digest(LAYOUT, settings.PUBLIC_URL, outlet.name, outlet.url, keys, self.older)


@require_safe
def feed(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """`/feeds/<outlet>.atom` and `.rss`; `?before=` pages back (RFC 5005)."""
    outlet = _outlet(slug)
    if outlet.retired_at:
        return _closed()
    before = request.GET.get("before", "")
    window = _window(outlet, before, timezone.now())
    format_ = FORMATS[form]

    def render() -> bytes:
        home = _home(outlet)
        head = _head(outlet, home, window, form, before)
        fragments = [
            format_.entry(entry, content=Content.FULL, asset_url=_asset_url)
            for entry in _entries(window.shown, home)
        ]
        return format_.document(head, fragments, _tombstones(window), updated=window.changed)

    return _answer(
        request, render, etag=window.etag(outlet), changed=window.changed, content_type=format_.CONTENT_TYPE
    )


@require_safe
def entry(request: HttpRequest, slug: str, content_id: UUID) -> HttpResponse:
    """`/feeds/<outlet>/<content_id>.atom`: one item, however old; 410 once it is taken back."""
    outlet = _outlet(slug)
    placement = get_object_or_404(Placement, outlet=outlet, item=content_id)
    if outlet.retired_at or placement.desired_id is None:
        return _closed()

    def render() -> bytes:
        return atom.entry_document(_entries([placement], _home(outlet))[0], asset_url=_asset_url)

    return _answer(
        request,
        render,
        etag=_digest(LAYOUT, settings.PUBLIC_URL, placement.pk, placement.desired_id, placement.desired_at),
        changed=placement.desired_at,
        content_type=atom.ENTRY_CONTENT_TYPE,
    )


def feed_url(outlet: Outlet, form: str) -> str:
    """Absolute; the same on every host, because a subscriber keeps it for years."""
    return f"{settings.PUBLIC_URL}/feeds/{outlet.slug}.{form}"


def _outlet(slug: str) -> Outlet:
    return get_object_or_404(Outlet, slug=slug, channel__in=SHOWN_CHANNELS)


def _window(outlet: Outlet, before: str, now: datetime) -> Window:
    placed = Placement.objects.filter(outlet=outlet).order_by("-desired_at", "-pk")
    living = placed.filter(desired__isnull=False, published_at__lte=now)
    if before:
        living = living.filter(_after(before))
    rows = list(living[: PAGE_SIZE + 1])
    page = rows[:PAGE_SIZE]
    older = f"{micros(page[-1].desired_at)}.{page[-1].pk}" if len(rows) > PAGE_SIZE else ""
    dead = placed.filter(desired__isnull=True, desired_at__gt=now - MOURNING)
    buried = [] if before else list(dead[:TOMBSTONES_MAX])
    # An item whose validity ends leaves without a change of its row: the feed changed at that moment.
    ends = [row.visible_until for row in page if row.visible_until and row.visible_until <= now]
    shown = [row for row in page if row.visible_until is None or row.visible_until > now]
    changed = max([BEGINNING, *ends, *(row.desired_at for row in (*page, *buried))])
    return Window(shown=shown, buried=buried, changed=changed, older=older)


def _after(cursor: str) -> Q:
    """Raises Http404 for a cursor that no page gave out."""
    try:
        moment, pk = (int(part) for part in cursor.split("."))
        at = from_micros(moment)
    except ValueError as error:
        raise Http404("没有这一页") from error
    return Q(desired_at__lte=at) & (Q(desired_at__lt=at) | Q(pk__lt=pk))  # the first half is the index range


def _home(outlet: Outlet) -> SiteHome | None:
    """The hosted site whose outlet this is; a feed outlet has none."""
    return SiteHome.objects.filter(outlet=outlet).live().select_related("unit").first()


def _entries(rows: Sequence[Placement], home: SiteHome | None) -> list[FeedEntry]:
    """The rows with their editions, in the same order."""
    records = EditionRecord.objects.in_bulk([row.desired_id for row in rows])
    entries = []
    for row in rows:
        edition = records[row.desired_id].edition()
        url = f"{home.get_full_url()}item/{row.item_id}/" if home else edition.canonical_url
        entries.append(
            FeedEntry(edition=edition, url=url, published=row.published_at, updated=row.desired_at)
        )
    return entries


def _tombstones(window: Window) -> list[Tombstone]:
    return [
        Tombstone(uri=f"urn:uuid:{row.item_id}", when=row.desired_at, url=permalink(row.item_id))
        for row in window.buried
    ]


def _head(outlet: Outlet, home: SiteHome | None, window: Window, form: str, before: str) -> FeedHead:
    own = feed_url(outlet, form)
    return FeedHead(
        uri=f"urn:uuid:{uuid5(NAMESPACE_URL, f'urn:tongsheng:outlet:{outlet.slug}')}",
        title=home.full_name if home else outlet.name,
        author=home.unit.name if home and home.unit else outlet.name,
        self_url=f"{own}?before={before}" if before else own,
        home_url=(home.get_full_url() if home else outlet.url) or f"{settings.PUBLIC_URL}/",
        next_url=f"{own}?before={window.older}" if window.older else "",
        updated=window.changed,
    )


def _answer(
    request: HttpRequest, render: Callable[[], bytes], *, etag: str, changed: datetime, content_type: str
) -> HttpResponse:
    """200 with the document, or 304 before it is made. If-None-Match beats If-Modified-Since (RFC 9110)."""
    response = HttpResponse(content_type=content_type)
    response["ETag"] = etag
    response["Last-Modified"] = changed.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    response["Cache-Control"] = CACHING
    response["Access-Control-Allow-Origin"] = "*"
    modified = int(changed.timestamp())
    answer = get_conditional_response(request, etag=etag, last_modified=modified, response=response)
    if answer is None or answer.status_code == 200:
        response.content = render()
        return response
    return answer


def _closed() -> HttpResponse:
    return HttpResponse("该订阅内容已停止提供。", status=410, content_type="text/plain; charset=utf-8")


def _asset_url(asset: Asset) -> str:
    return f"{settings.PUBLIC_URL}/{asset.path}"


def _digest(*parts: object) -> str:
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])
