"""Who may see a page of the console, and how every page of it is sent.

A webmaster's rights are his memberships and nothing else: a user of the desk without one is turned away, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from channels.models import Outlet
from channels.pulling import webmasters
from sites.console import sections

View = Callable[..., HttpResponse]
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""As strict as the public side's, and one script of our own."""


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the console: nobody keeps it, nobody frames it, and it tells nobody where the reader came from."""
    response = render(request, f"sites/console/{template}.html", dict(context or {}), status=status)
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


def webmaster(view: View) -> View:
    """Only for somebody who looks after an outlet."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            asked = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return HttpResponseRedirect(f"{reverse('console:login')}?{asked}".rstrip("?"))
        if not webmasters.outlets_of(user_of(request)).exists():
            return page(request, "nobody", status=403)
        return view(request, *args, **kwargs)

    return guarded


def for_outlet(name: str) -> Callable[[View], View]:
    """The view of the section `name`: gets the outlet instead of its slug. 404 for an outlet of others."""

    def decorate(view: View) -> View:
        @webmaster
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            outlet = webmasters.outlets_of(user_of(request)).filter(slug=slug).first()
            section = next(section for section in sections.SECTIONS if section.name == name)
            if outlet is None or not section.fits(outlet):
                raise Http404("没有这个页面")
            return view(request, outlet, **kwargs)

        return guarded

    return decorate


def frame(outlet: Outlet, current: str, request: HttpRequest) -> dict[str, Any]:
    """What every page about an outlet needs."""
    return {
        "outlet": outlet,
        "menu": list(sections.menu(outlet, current)),
        "others": webmasters.outlets_of(user_of(request)).exclude(pk=outlet.pk),
    }


def user_of(request: HttpRequest) -> User:
    return cast("User", request.user)
