"""`/out/?u=&s=`: 「您访问的链接即将离开……」. Two links, no script."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from sites import meta
from sites.frame import Frame, home_for_url, nearest_frame
from sites.leaving.door import Door, is_signed
from sites.leaving.hosts import host_of, readable
from sites.pages import public


@require_safe
@transaction.non_atomic_requests
def leave(request: HttpRequest) -> HttpResponse:
    """400 for an address that no item of ours has signed; straight on where the host has come to be trusted since."""
    url, signature = request.GET.get("u", ""), request.GET.get("s", "")
    back = _came_from(request)
    frame = nearest_frame(request, home_for_url(back) if back else None)
    if not is_signed(url, signature) or not url.lower().startswith(("http://", "https://")):
        return _page(request, frame, {"is_bad": True}, status=400)
    host = host_of(url)
    if Door(frame.home if frame else None).trusts(host):
        return _kept(HttpResponseRedirect(url))
    shown = {"url": url if host else "", "host": readable(host), "back": back}
    return _page(request, frame, shown, status=200 if host else 400)


def _page(
    request: HttpRequest, frame: Frame | None, shown: Mapping[str, object], *, status: int
) -> HttpResponse:
    tags = [*(meta.site_tags(frame) if frame else []), ("robots", "noindex,nofollow")]
    response = public(request, "sites/leave.html", frame, {**shown, "is_bad": status == 400, "tags": tags})
    response.status_code = status
    return _kept(response)


def _kept(response: HttpResponse) -> HttpResponse:
    """The target does not learn which page was read."""
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _came_from(request: HttpRequest) -> str:
    """The page with the link; only one of this very host is believed."""
    referrer = request.headers.get("Referer", "")
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return ""
    return referrer if parts.scheme in {"http", "https"} and parts.netloc == request.get_host() else ""
