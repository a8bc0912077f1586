"""An item that cannot be signed after all: the desk gets a sentence, the transaction has already fallen."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.admin import messages

from channels.errors import ContentError


class SayWhy:
    """Publishing can fail where no form can show it: the last approval, a bulk action, a file gone in between.

    Django rolls the request's transaction back before this is asked; only under the admin.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        home = reverse("wagtailadmin_home")
        if not request.path.startswith(home) or not isinstance(exception, ContentError | ValidationError):
            return None
        sentence = explain(exception)
        if request.accepts("text/html") and request.headers.get("x-requested-with") != "XMLHttpRequest":
            messages.error(request, sentence)
            return HttpResponseRedirect(_back(request) or home)
        return JsonResponse(
            {"success": False, "error_code": "invalid", "error_message": sentence}, status=400
        )


def explain(exception: ContentError | ValidationError) -> str:
    """One Chinese sentence: nothing was published, and why."""
    why = exception.message if isinstance(exception, ContentError) else "；".join(exception.messages)
    return f"未签发：{why}"


def _back(request: HttpRequest) -> str:
    referer = request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return referer if safe else ""
