"""QR codes that lead to short links: `/qr/i/<content_id>.svg`, and `.png?size=` for programs that draw no SVG.

The address of an item's code never changes, and so neither does its picture.
"""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from sites.shortlinks import links, places
from sites.shortlinks.links import link_for, public_items

QUIET_ZONE = 4
"""Modules around the code that have to stay white (ISO/IEC 18004)."""
SIZE_MIN, SIZE, SIZE_MAX = 100, 480, 2000
"""Pixels of a PNG's side."""
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@transaction.non_atomic_requests
def svg(request: HttpRequest, content_id: UUID) -> HttpResponse:
    """`?o=` is the place that scans are counted for."""
    address, headline = _target(request, content_id)
    return _kept(HttpResponse(drawing(address, title=headline), content_type="image/svg+xml"))


@require_safe
@transaction.non_atomic_requests
def png(request: HttpRequest, content_id: UUID) -> HttpResponse:
    """`?size=` pixels, about: every module is a whole number of pixels, or scanners would see blurred edges."""
    address, _ = _target(request, content_id)
    return _kept(HttpResponse(picture(address, size=_size(request)), content_type="image/png"))


def drawing(address: str, *, title: str = "") -> str:
    """The code as an SVG that fills what it is put into. segno escapes the title."""
    import segno

    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=QUIET_ZONE, xmldecl=False, omitsize=True, light="#fff", title=title or None
    )
    return out.getvalue().decode()


def picture(address: str, *, size: int) -> bytes:
    """PNG no wider than `size` pixels, or at one pixel a module."""
    import segno

    code = segno.make(address, error="m", micro=False)
    width, _ = code.symbol_size(border=QUIET_ZONE)
    out = BytesIO()
    code.save(out, kind="png", border=QUIET_ZONE, scale=max(1, size // width))
    return out.getvalue()


def modules(address: str) -> list[list[bool]]:
    """The bare matrix, without quiet zone, for whoever draws it himself."""
    import segno

    return [[bool(cell) for cell in row] for row in segno.make(address, error="m", micro=False).matrix]


def _target(request: HttpRequest, content_id: UUID) -> tuple[str, str]:
    """(short address, headline). 404 for what is in no register or was never meant for the public."""
    item = get_object_or_404(public_items(), pk=content_id)
    place = request.GET.get("o", "")
    if place and not places.well_formed(place):
        raise Http404("没有这个来源")
    link = link_for(item.pk, now=timezone.now())
    title = "扫码查看该信息" if item.withdrawn_at else f"扫码查看：{item.headline}"
    return links.url(link.code, place), title


def _size(request: HttpRequest) -> int:
    text = request.GET.get("size", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else SIZE
    return min(max(wanted, SIZE_MIN), SIZE_MAX)


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = FOR_EVER
    return response
