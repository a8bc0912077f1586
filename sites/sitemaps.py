"""For search engines: `/sitemap.xml` (the parts), `/sitemap-<n>.xml` (0: homes and columns, YYYYMM: the items of a month), `/robots.txt`.

Each host has its own. An item stands in it once, at its owner's address, if the owner's site shows it. Items are parted
by the month of their first publication: an old month never moves, so whoever has read it need not read it again. Each
answer costs the same few statements whatever it lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TypeVar, cast
from xml.sax.saxutils import escape

from django.core.cache import cache
from django.db.models import JSONField, Max, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from channels.models import Placement
from sites.models import ColumnIndex, SiteHome

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES = "0"
URLS_MAX = 50_000
"""https://www.sitemaps.org/protocol.html; a district writes some hundred items a month."""
KEPT_SECONDS = 600
"""What groups the whole archive (half a second for 100,000 items) is asked once in this time: anybody may ask for it."""
HIDDEN = (
    "/admin/",
    "/console/",
    "/out/",
    "/view/",
    "/find/?",
    "/messages/?",
    "/embed/preview/",
    "/*?mode=",
    "/*&mode=",
)
"""What is no page to be found: the desk, search results, leaving pages, and pages in another dress."""

T = TypeVar("T")
Entry = tuple[str, datetime | None]
"""(absolute address, when it changed last if that is known)."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The parts of this host."""
    homes = _homes(request)
    parts = [(PAGES, None), *_kept("months", homes, _months)]
    entries = [(request.build_absolute_uri(reverse("sitemap_part", args=[n])), at) for n, at in parts]
    return _answer("sitemapindex", "sitemap", entries)


@require_safe
def part(request: HttpRequest, number: str) -> HttpResponse:
    """One part; 404 for a month in which the sites of this host show nothing."""
    homes = _homes(request)
    if number == PAGES:
        return _answer("urlset", "url", list(_pages(homes)))
    rows = _month_rows(homes, number)
    if not rows:
        raise Http404("没有这一部分")
    return _answer("urlset", "url", list(_owned(homes, rows))[:URLS_MAX])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in HIDDEN)]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap_index'))}", ""]
    return _fresh(HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"))


def _homes(request: HttpRequest) -> list[SiteHome]:
    """The live public sites whose addresses are on this host."""
    ours = request.build_absolute_uri("/")
    homes = SiteHome.objects.live().public().select_related("outlet").order_by("path")
    return [home for home in homes if (home.get_full_url() or "").startswith(ours)]


def _shown(homes: Iterable[SiteHome]) -> QuerySet[Placement]:
    """What the sites show, old and new."""
    return Placement.objects.filter(
        outlet__in=[home.outlet_id for home in homes if home.outlet_id],
        desired__isnull=False,
        item__withdrawn_at=None,
        item__first_published_at__isnull=False,
        published_at__lte=timezone.now(),
    )


def _kept(name: str, homes: Sequence[SiteHome], made: Callable[[Sequence[SiteHome]], T]) -> T:
    """What is grouped over the whole archive of these sites, once in a while."""
    outlets = sorted(home.outlet_id for home in homes if home.outlet_id)
    key = f"sitemap-{name}-{blake2b(repr(outlets).encode(), digest_size=12).hexdigest()}"
    return cast("T", cache.get_or_set(key, lambda: made(homes), KEPT_SECONDS))


def _months(homes: Iterable[SiteHome]) -> list[Entry]:
    """(YYYYMM, the last change in it), newest first."""
    by_month = _shown(homes).annotate(month=TruncMonth("item__first_published_at")).order_by("-month")
    months = by_month.values("month").annotate(changed=Max("desired__signed_at"))
    return [(f"{row['month']:%Y%m}", row["changed"]) for row in months]


def _month_rows(homes: Iterable[SiteHome], number: str) -> list[tuple[int, str, datetime]]:
    """(outlet, address at the owner, signed at) of all that was first published in this month."""
    try:
        start = datetime(int(number[:4]), int(number[4:]), 1, tzinfo=timezone.get_current_timezone())
        end = (start + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        return []
    document = Cast("desired__document", JSONField())
    shown = _shown(homes).filter(item__first_published_at__gte=start, item__first_published_at__lt=end)
    rows = shown.annotate(canonical=KeyTextTransform("canonical_url", document))
    return list(
        rows.order_by("-item__first_published_at", "pk").values_list(
            "outlet_id", "canonical", "desired__signed_at"
        )
    )


def _owned(homes: Iterable[SiteHome], rows: Iterable[tuple[int, str, datetime]]) -> Iterator[Entry]:
    """Those that stand at their owner's site."""
    prefixes = sorted(
        ((home.get_full_url() or "", home.outlet_id) for home in homes), key=lambda each: -len(each[0])
    )
    for outlet_id, canonical, signed_at in rows:
        owner = next((owner for prefix, owner in prefixes if canonical.startswith(prefix)), None)
        if owner == outlet_id:
            yield canonical, signed_at


def _changed(homes: Iterable[SiteHome]) -> dict[tuple[int, str], datetime]:
    """By outlet and column: when something in it was signed last."""
    rows = _shown(homes).values_list("outlet_id", "column_code").annotate(Max("desired__signed_at"))
    return {(outlet_id, code): at for outlet_id, code, at in rows}


def _pages(homes: Sequence[SiteHome]) -> Iterator[Entry]:
    """Homes, their columns, and their site maps."""
    changed = _kept("changed", homes, _changed)
    columns = _columns(homes)
    for home in homes:
        url = home.get_full_url() or ""
        moments = [at for (outlet_id, _), at in changed.items() if outlet_id == home.outlet_id]
        yield url, max(moments, default=home.last_published_at)
        for column, codes in columns.get(home.path, ()):
            found = [changed[home.outlet_id, code] for code in codes if (home.outlet_id, code) in changed]
            yield column.get_full_url() or "", max(found, default=column.last_published_at)
        yield f"{url}sitemap/", None


def _columns(homes: Iterable[SiteHome]) -> dict[str, list[tuple[ColumnIndex, list[str]]]]:
    """By the path of the home above: the live public columns with the codes that they collect."""
    pages = list(ColumnIndex.objects.live().public().order_by("path").prefetch_related("columns"))
    paths = {home.path for home in homes}
    found: dict[str, list[tuple[ColumnIndex, list[str]]]] = defaultdict(list)
    for page in pages:
        above = page.path[: -page.steplen]
        if above in paths:
            found[above].append((page, [column.code for column in page.columns.all()]))
    return found


def _answer(root: str, each: str, entries: Iterable[Entry]) -> HttpResponse:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for url, at in entries:
        moment = f"<lastmod>{timezone.localtime(at).isoformat(timespec='seconds')}</lastmod>" if at else ""
        lines.append(f"<{each}><loc>{escape(iri_to_uri(url) or '')}</loc>{moment}</{each}>")
    lines.append(f"</{root}>\n")
    return _fresh(HttpResponse("\n".join(lines), content_type="application/xml"))


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    return response
