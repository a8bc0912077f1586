"""`/poster/<content_id>.pdf`: the poster of the newest edition."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from channels.edition import Edition
from sites.console import limits
from sites.frame import nearest_frame
from sites.items.gone import gone
from sites.posters import drawing
from sites.posters.fonts import NoFont, poster_font
from sites.posters.sheet import sheet
from sites.shortlinks import links, places
from sites.shortlinks.links import link_for, public_items
from sites.verify.caveats import caveat

KEPT = 24 * 3600
"""Seconds that a drawn poster is kept: a notice is printed by many on the same day."""
MADE_MAX = 300
"""Posters drawn in ten minutes; each costs about a second of the machine."""
DRAWING = 1
"""Raised when posters come to look different."""


@require_safe
@transaction.non_atomic_requests
def poster(request: HttpRequest, content_id: UUID) -> HttpResponse:
    """410 for a withdrawn item: nobody should print it. 503 in Chinese where no font is installed."""
    item = get_object_or_404(public_items().select_related("current"), pk=content_id)
    if item.withdrawn_at or item.current is None:
        return gone(request, nearest_frame(request), item, leads_on=False)
    edition = item.current.edition()
    code = link_for(item.pk, now=timezone.now()).code
    try:
        body = _kept(edition, code)
    except NoFont as problem:
        return _refusal(str(problem), 503)
    if body is None:
        return _refusal("打印的人较多，请稍后再试。", 503)
    response = HttpResponse(body, content_type="application/pdf")
    name = f"{edition.headline[:60]}（第{edition.version}版）.pdf"
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _kept(edition: Edition, code: str) -> bytes | None:
    """None when too many are being made. Raises NoFont."""
    font = str(poster_font())
    notice = _notice(edition)
    parts = (DRAWING, edition.to_json(), code, notice, settings.PUBLIC_URL, font)
    key = f"poster.{hashlib.sha256(repr(parts).encode()).hexdigest()}"
    body: bytes | None = cache.get(key)
    if body is None and not limits.is_over("poster", "everybody", MADE_MAX):
        limits.count("poster", "everybody")
        said = sheet(
            edition,
            address=links.url(code, places.POSTER),
            printed=links.url(code),
            code=code,
            notice=notice,
        )
        body = drawing.pdf(said, font=Path(font), at=edition.version_created)
        cache.set(key, body, KEPT)
    return body


def _notice(edition: Edition) -> str:
    """What nobody may miss who still prints it."""
    words = caveat(edition, timezone.now())
    return f"（{words}，仅供查阅）" if words else ""


def _refusal(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
