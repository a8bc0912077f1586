"""密钥: made, shown once, replaced with an overlap, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from channels.models import Outlet
from channels.pulling import keys as verbs
from channels.pulling.models import PullKey
from sites.console.access import for_outlet, frame, page
from sites.console.building import example
from sites.console.forms import KeyForm


@require_http_methods(["GET", "POST"])
@for_outlet("keys")
def keys(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    """A new key is shown in the answer to its making, and never again: nothing keeps its text."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made, text = verbs.make(
                outlet,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                by=request.user.get_username(),
                now=timezone.now(),
            )
        except verbs.TooMany as problem:
            form.add_error(None, str(problem))
        else:
            return _page(request, outlet, KeyForm(), made=made, text=text)
    return _page(request, outlet, form)


@require_POST
@for_outlet("keys")
def rotate(request: HttpRequest, outlet: Outlet, pk: int) -> HttpResponse:
    key = get_object_or_404(PullKey, pk=pk, outlet=outlet)
    try:
        made, text = verbs.rotate(key, by=request.user.get_username(), now=timezone.now())
    except ValueError as problem:
        messages.error(request, str(problem))
        return redirect("console:keys", outlet.slug)
    return _page(request, outlet, KeyForm(), made=made, text=text)


@require_POST
@for_outlet("keys")
def revoke(request: HttpRequest, outlet: Outlet, pk: int) -> HttpResponse:
    key = get_object_or_404(PullKey, pk=pk, outlet=outlet)
    if verbs.revoke(key, by=request.user.get_username(), now=timezone.now()):
        messages.success(request, f"已吊销密钥 {key.prefix}…，使用它的网站将立即收到提示")
    else:
        messages.error(request, "这个密钥已经吊销")
    return redirect("console:keys", outlet.slug)


def _page(
    request: HttpRequest,
    outlet: Outlet,
    form: KeyForm,
    *,
    made: PullKey | None = None,
    text: str = "",
) -> HttpResponse:
    rows = PullKey.objects.filter(outlet=outlet).select_related("replaced_by").order_by("-made_at", "-pk")
    return page(
        request,
        "keys",
        {
            **frame(outlet, "keys", request),
            "form": form,
            "keys": rows,
            "made": made,
            "text": text,
            "example": example(outlet),
            "overlap": verbs.OVERLAP.days,
            "now": timezone.now(),
        },
    )
