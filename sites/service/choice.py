"""我的街道: the street that a reader has chosen, remembered by a cookie that says nothing else. Works without script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers

from sites.service.notices import Street

COOKIE = "street"
CHOOSE = "my-street"
"""The parameter by which a reader chooses; empty takes the choice back."""
MEMORY = timedelta(days=365)


def chosen(request: HttpRequest, streets: Sequence[Street]) -> Street | None:
    """None also for a cookie that names no street of today."""
    return named(request.COOKIES.get(COOKIE, ""), streets)


def named(code: str, streets: Sequence[Street]) -> Street | None:
    return next((street for street in streets if street.code == code), None)


def choose(request: HttpRequest, streets: Sequence[Street]) -> HttpResponse | None:
    """Keeps what `?my-street=` says and leads on to the same page without it; None when nothing is being chosen."""
    if CHOOSE not in request.GET:
        return None
    query = request.GET.copy()
    street = named(query.pop(CHOOSE)[-1], streets)
    query.pop("street", None)
    response = HttpResponseRedirect(f"{request.path}{'?' if query else ''}{query.urlencode()}#my-street")
    if street:
        response.set_cookie(
            COOKIE,
            street.code,
            max_age=MEMORY,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


def varying(response: HttpResponse) -> HttpResponse:
    """A page that shows the choice is no other reader's."""
    patch_vary_headers(response, ["Cookie"])
    return response
