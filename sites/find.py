"""/find/: search for readers, the page behind “查看更多” in a WeChat reply, and /find/suggest behind its input.

Works without script. Requests are no transactions: a search reads, and must hold no lock of SQLite while it does.
"""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from channels import finding
from channels.search import asking, guessing, popular
from channels.search.words import fold
from sites import meta
from sites.frame import Frame, nearest_frame
from sites.models import SiteHome
from sites.pages import public
from sites.searching import form, results
from sites.searching.query import PAGES_MAX, Query, read

PAGE_SIZE = 10
HITS_MAX = PAGE_SIZE * PAGES_MAX
"""Nobody reads past the tenth page; the count says “100+”."""
POPULAR_MAX = 8
POPULAR_KNOWN = 50
POPULAR_SECONDS = 60
SUGGESTED_MAX = 8
NEWEST_MAX = 5


@gzip_page  # no store keeps it compressed, and it holds nothing secret
@require_safe
@transaction.non_atomic_requests
def find(request: HttpRequest) -> HttpResponse:
    """The words, narrowed down by filters; without words whatever fits the filters; without either the way to begin."""
    now = timezone.now()
    frame = _frame(request)
    query = read(request.GET, site=frame.outlet.slug if frame and frame.outlet else "")
    context = _found(query, frame, now) if query.asks else {}
    hits = context.get("rows")
    return public(
        request,
        "sites/find.html",
        frame,
        {
            "query": query,
            "form": form.form(query, frame),
            "newest": [] if hits or query.page > 1 else finding.newest(limit=NEWEST_MAX, now=now),
            "popular": [] if hits else _popular(now)[:POPULAR_MAX],
            "tags": [
                *(meta.site_tags(frame) if frame else []),
                *([("robots", "noindex")] if query.asks else []),
            ],
            **context,
        },
    )


@require_safe
@transaction.non_atomic_requests
def suggest(request: HttpRequest) -> HttpResponse:
    """`?q=` what has been typed so far. Popular words first, then titles."""
    now = timezone.now()
    query = read(request.GET, site="")
    folded = fold(query.text)
    asked = _popular(now) if folded else []
    words = [word for word in asked if folded in word][: SUGGESTED_MAX // 2]
    try:
        condition = asking.condition(query.filters, now)
        titles = guessing.titled(query.words, condition, limit=SUGGESTED_MAX)
    except finding.TooCostly:
        titles = []
    response = JsonResponse({"suggestions": list(dict.fromkeys([*words, *titles]))[:SUGGESTED_MAX]})
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _popular(now: datetime) -> list[str]:
    """Counted over a month of searches, so not with every key that somebody presses."""
    today = timezone.localdate(now)
    found = cache.get_or_set(
        f"popular-words-{today}", lambda: popular.popular(limit=POPULAR_KNOWN, today=today), POPULAR_SECONDS
    )
    return list(found or ())


def _frame(request: HttpRequest) -> Frame | None:
    """The site that the reader comes from (`?site=`, path mode), else the one of the host."""
    slug = request.GET.get("site", "")[:50].replace("\x00", "")
    named = SiteHome.objects.live().public().filter(outlet__slug=slug).first() if slug else None
    return nearest_frame(request, named)


def _found(query: Query, frame: Frame | None, now: datetime) -> dict[str, object]:
    """What the page says of a query; `is_costly` when the database gave up."""
    try:
        answer = finding.answer(query.words, query.filters, limit=HITS_MAX, now=now, by_date=query.is_by_date)
    except finding.TooCostly:
        return {"is_costly": True}
    guess = "" if answer.hits else finding.meant(query.text, filters=query.filters, now=now)
    begin = (query.page - 1) * PAGE_SIZE
    shown = answer.hits[begin : begin + PAGE_SIZE]
    if query.page == 1 and (words := popular.countable(query.words, [fold(hit.title) for hit in shown])):
        popular.pending.count(words, day=timezone.localdate(now))
    is_last = len(answer.hits) <= begin + PAGE_SIZE
    return {
        "rows": results.rows(shown, query, frame, now),
        "tally": f"{HITS_MAX}+" if answer.is_cut else str(len(answer.hits)),
        "is_cut": answer.is_cut,
        "guess": guess,
        "guess_url": query.with_words(guess).url if guess else "",
        "newer": query.at(query.page - 1).url if query.page > 1 else "",
        "older": "" if is_last else query.at(query.page + 1).url,
    }
