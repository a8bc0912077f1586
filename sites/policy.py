"""The content security policy of everything the public reads: nothing inline, nothing foreign; script only for pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponseBase]


class ContentSecurityPolicy:
    """Middleware. Wagtail's admin needs inline scripts and styles; it alone is left out.

    A view that sets a policy of its own keeps it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.policy = public_policy()
        self.page_policy = public_policy(script_src="'self'")
        self.admin = reverse("wagtailadmin_home")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(self.admin):
            is_page = response.headers.get("Content-Type", "").startswith("text/html")
            policy = self.page_policy if is_page else self.policy
            response.headers.setdefault("Content-Security-Policy", policy)
        return response


def public_policy(**more: str) -> str:
    """`more`: further directives that a page needs, with `_` for the hyphen."""
    public = urlsplit(settings.PUBLIC_URL)
    directives = {
        "default-src": "'none'",
        "img-src": f"'self' {public.scheme}://{public.netloc}",
        "style-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())
