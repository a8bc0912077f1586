"""Old addresses below a column or a site that was moved, renamed or taken down lead on to where their things are now.

Wagtail notes the old address of every page (wagtail.contrib.redirects). What stands below a column and is no page of its
tree is found here: items of other sites, the archive, the pages of sites.inner.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from channels.models import Placement
from sites.frame import frame_of, home_for_request

PLAIN = re.compile(r"(/[\w-]+){2,6}/", re.ASCII)
"""Addresses that pages of sites have; anything else is not looked up."""
ITEM = re.compile(r"\d{8}-[0-9a-f]{6}")
"""The slug of an item."""


class MovedAddresses:
    """Middleware: a look at what was not found, before wagtail's RedirectMiddleware gives its own answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        target = new_address(request) if PLAIN.fullmatch(request.path) else ""
        return HttpResponsePermanentRedirect(target) if target else response


def new_address(request: HttpRequest) -> str:
    """Where to go instead; empty for an address that never was, or that has a redirect of its own."""
    parts = request.path.strip("/").split("/")
    known = _redirects(request, parts)
    if len(parts) in known:
        return ""
    for length in sorted(known, reverse=True):
        rest = "/".join(parts[length:])
        query = request.META.get("QUERY_STRING", "")
        return f"{known[length].rstrip('/')}/{rest}/{'?' if query else ''}{query}"
    return _item_here(request, parts[-1]) if ITEM.fullmatch(parts[-1]) else ""


def _redirects(request: HttpRequest, parts: list[str]) -> dict[int, str]:
    """The new addresses of the pages that once were at a beginning of this path, by the length of that. One statement."""
    site = Site.find_for_request(request)
    lengths = {f"/{'/'.join(parts[:length])}": length for length in range(1, len(parts) + 1)}
    found = Redirect.get_for_site(site).filter(old_path__in=lengths, redirect_page__live=True)
    return {
        lengths[redirect.old_path]: redirect.link
        for redirect in found.select_related("redirect_page").order_by("site")
        if redirect.link
    }


def _item_here(request: HttpRequest, slug: str) -> str:
    """The item's address at the site that was asked."""
    home = home_for_request(request)
    if home is None or home.outlet_id is None:
        return ""
    placement = Placement.objects.filter(
        outlet=home.outlet_id, item__slug=slug, desired__isnull=False
    ).first()
    if placement is None:
        return ""
    return frame_of(request, home).item_url(placement.item_id, placement.slug, placement.column_code)
