"""What is poor about the newest draft, and what each target's channel has against it: a fragment for the side panel, read on demand."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from channels.errors import ContentError
from cms.advice import advice
from cms.capture import capture
from cms.models import ContentPage
from cms.permissions import require
from cms.preflight import preflight as examine


@require_GET
def preflight(request: HttpRequest, page_id: int) -> HttpResponse:
    """Only for those who may edit the item, or review it: a draft is nobody else's business."""
    page = get_object_or_404(ContentPage, pk=page_id).specific
    require(page.permissions_for_user(request.user).can_edit())
    draft = page.get_latest_revision_as_object()
    try:
        own = advice(capture(draft, now=timezone.now()))
        found = examine(draft)
    except ContentError as problem:
        return render(request, "cms/desk/preflight.html", {"problem": problem.message})
    by_outlet = [
        (outlet, [finding for _, finding in findings])
        for outlet, findings in groupby(found, key=lambda pair: pair[0])
    ]
    return render(request, "cms/desk/preflight.html", {"own": own, "by_outlet": by_outlet})
