"""`/s/<code>`: from paper to the best live copy. `/s/`: the same for a code that is typed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from channels.models import Item
from sites import meta
from sites.frame import nearest_frame
from sites.items.gone import gone
from sites.pages import public
from sites.shortlinks import counting, links, places
from sites.shortlinks.codes import CODE_CHARS, TYPED_CHARS_MAX, normal
from sites.shortlinks.resolving import live_address


@require_safe
@transaction.non_atomic_requests
def short(request: HttpRequest, code: str) -> HttpResponse:
    """302 to where the item is read now; 410 and the replacement when it was withdrawn; 404 with advice.

    Never 301: the best copy of today is not tomorrow's.
    """
    link = links.find(code)
    if link is None:
        return _ask(request, typed=code, status=404)
    if counting.is_reader(request):
        place = places.well_formed(request.GET.get("o", ""))
        counting.tally.note(link.code, place, timezone.localdate())
    return _to(request, link.item, link.code)


@require_safe
@transaction.non_atomic_requests
def index(request: HttpRequest) -> HttpResponse:
    """A form for a code; `?code=` is what it sends, and leads on."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return _ask(request)
    code = normal(typed)
    if code.isascii() and code.isalnum() and len(code) == CODE_CHARS:
        return HttpResponseRedirect(reverse("short", args=[code]))
    return _ask(request, typed=typed, status=404)


def _to(request: HttpRequest, item: Item, code: str) -> HttpResponse:
    if item.withdrawn_at:
        # Whoever stands before the paper has to learn that it holds no more: no silent way to the replacement.
        return gone(request, nearest_frame(request), item, leads_on=False)
    target = live_address(item) or f"{reverse('verify')}?{urlencode({'q': code})}"
    response = HttpResponseRedirect(target)
    response["Cache-Control"] = "no-store"
    return response


def _ask(request: HttpRequest, *, typed: str = "", status: int = 200) -> HttpResponse:
    frame = nearest_frame(request)
    context = {
        "typed": typed[:TYPED_CHARS_MAX],
        "chars": CODE_CHARS,
        "tags": [*(meta.site_tags(frame) if frame else []), ("robots", "noindex")],
    }
    response = public(request, "sites/short.html", frame, context)
    response.status_code = status
    return response
