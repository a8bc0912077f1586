"""/find/: search for readers, the page behind “查看更多” in a WeChat reply. Works without script."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from channels import finding
from sites import meta
from sites.frame import frame_of, home_for_request
from sites.models import SiteHome
from sites.pages import public
from sites.validity import validity

PAGE_SIZE = 10
PAGES_MAX = 10
QUERY_MAX = 60
"""Characters; a longer query is cut, and the page says so."""


def find(request: HttpRequest) -> HttpResponse:
    """`?q=` words, `?page=` from 1. No page is longer than a phone likes, and nobody reads past the tenth."""
    asked = " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    words = asked[:QUERY_MAX].strip()
    number = _number(request.GET.get("page", "1"))
    now = timezone.now()
    hits = finding.find(words, limit=PAGE_SIZE * PAGES_MAX + 1, now=now) if words else []
    begin = (number - 1) * PAGE_SIZE
    home = home_for_request(request) or SiteHome.objects.live().order_by("depth", "pk").first()
    frame = frame_of(request, home) if home else None
    context = {
        "words": words,
        "was_cut": len(asked) > QUERY_MAX,
        "hits": [(hit, validity(hit.edition, now)) for hit in hits[begin : begin + PAGE_SIZE]],
        "found": len(hits[: PAGE_SIZE * PAGES_MAX]),
        "is_cut": len(hits) > PAGE_SIZE * PAGES_MAX,
        "page": number,
        "newer": _address(words, number - 1) if number > 1 else "",
        "older": _address(words, number + 1) if len(hits) > begin + PAGE_SIZE and number < PAGES_MAX else "",
        "newest": [] if hits else finding.newest(limit=5, now=now),
        "tags": [*(meta.site_tags(frame) if frame else []), ("robots", "noindex")],
    }
    return public(request, "sites/find.html", frame, context)


def _address(words: str, number: int) -> str:
    query = {"q": words} | ({"page": number} if number > 1 else {})
    return f"{reverse('find')}?{urlencode(query)}"


def _number(text: str) -> int:
    return (
        min(int(text), PAGES_MAX) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) else 1
    )
