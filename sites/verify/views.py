"""`/verify/?q=`: works without script, asks nobody outside, and is bounded in how often it may be asked."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from sites import meta
from sites.console import limits
from sites.frame import nearest_frame
from sites.pages import public
from sites.verify.clues import TEXT_CHARS_MAX, read
from sites.verify.matching import look
from sites.verify.report import Report, report

PER_PLACE, IN_ALL = 120, 6_000
"""Questions in ten minutes: from one address, which an office shares, and from everybody."""


@require_safe
@transaction.non_atomic_requests
def page(request: HttpRequest) -> HttpResponse:
    """Always 200 for an answer: that nothing is known is an answer too. 429 when asked too often."""
    asked = request.GET.get("q", "").replace("\x00", " ").strip()
    context: dict[str, object] = {"asked": asked[:TEXT_CHARS_MAX], "chars": TEXT_CHARS_MAX}
    status = 200
    if asked and _too_often(request):
        context["refused"], status = True, 429
    elif asked:
        context |= _answer(asked)
    frame = nearest_frame(request)
    context["tags"] = [*(meta.site_tags(frame) if frame else []), ("robots", "noindex")]
    response = public(request, "sites/verify.html", frame, context)
    response.status_code = status
    response["Cache-Control"] = "no-store"
    return response


def _answer(asked: str) -> dict[str, object]:
    clues = read(asked)
    finding = look(clues)
    found: Report | None = report(finding.match, now=timezone.now()) if finding.match else None
    return {"report": found, "has_clue": bool(clues), "at_outlet": finding.outlet, "answered": True}


def _too_often(request: HttpRequest) -> bool:
    """Counted by address for minutes, as a digest; never together with what was asked."""
    bounds = [("verify", limits.place_of(request), PER_PLACE), ("verify", "everybody", IN_ALL)]
    if any(limits.is_over(*bound) for bound in bounds):
        return True
    for what, whom, _ in bounds:
        limits.count(what, whom)
    return False
