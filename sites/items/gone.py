"""What a reader finds in place of an item that was taken back: 410 with neutral words, or the way to a replacement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from channels.models import Item, WithdrawalKind
from sites import meta
from sites.frame import Frame


def gone(request: HttpRequest, frame: Frame | None, item: Item, *, leads_on: bool = True) -> HttpResponse:
    """`frame` is None when the hub has no site yet. The reason is shown for the kind that keeps a notice, only.

    leads_on=False: 410 even where there is a replacement; the hub's own read-back asks for a plain answer.
    """
    replaced = item.withdrawn_at and item.withdrawal_kind == WithdrawalKind.REDIRECT
    if leads_on and replaced and is_elsewhere(request, item):
        return HttpResponseRedirect(item.replacement_url)
    context = {
        "frame": frame,
        "is_error": True,
        "item": item,
        "explains": item.withdrawal_kind == WithdrawalKind.NOTICE and item.withdrawn_at is not None,
        "replacement": item.replacement_url if is_elsewhere(request, item) else "",
        "tags": meta.site_tags(frame) if frame else [],
        "lives_elsewhere": item.withdrawn_at is None,
    }
    response = TemplateResponse(request, "sites/gone.html", context, status=410)
    response["Cache-Control"] = "no-cache"
    return response


def is_elsewhere(request: HttpRequest, item: Item) -> bool:
    """True when there is a replacement to go to, and it is not the withdrawn item's own address."""
    return bool(leads_elsewhere(item)) and item.replacement_url != request.build_absolute_uri()


def leads_elsewhere(item: Item) -> str:
    """The address of the replacement; empty for none, and for one that is the withdrawn item's own."""
    target = item.replacement_url
    return target if target.startswith(("http://", "https://")) and str(item.pk) not in target else ""
