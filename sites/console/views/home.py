"""概况: what the webmaster's outlets hold, and what they have still to take or take down."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from channels import changes
from channels.models import Outlet, Placement, State
from channels.pulling import holdings, webmasters
from channels.pulling.models import Holding
from sites.console.access import for_outlet, frame, page, user_of, webmaster

OPEN_MAX = 50


@require_safe
@webmaster
def home(request: HttpRequest) -> HttpResponse:
    """Every outlet of his; straight on to the only one."""
    outlets = list(webmasters.outlets_of(user_of(request)))
    if len(outlets) == 1:
        return HttpResponseRedirect(reverse("console:outlet", args=[outlets[0].slug]))
    return page(request, "home", {"held": holdings.of(outlets), "now": timezone.now()})


@require_safe
@for_outlet("outlet")
def outlet(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    now = timezone.now()
    [held] = holdings.of([outlet])
    opened = Placement.objects.filter(outlet=outlet).exclude(state=State.SETTLED)
    documents = Holding.objects.filter(outlet=outlet).order_by("-last_at")
    return page(
        request,
        "outlet",
        {
            **frame(outlet, "outlet", request),
            "held": held,
            **_tally(outlet),
            "silent": held.is_silent(now),
            "sequence": changes.stamp().sequence,
            "documents": documents[:OPEN_MAX],
            "opened": opened.select_related("item").order_by("desired_at")[:OPEN_MAX],
            "now": now,
        },
    )


def _tally(outlet: Outlet) -> dict[str, int]:
    """How many items are wanted at the outlet, and how many of them are there and proven."""
    there = Q(state=State.SETTLED)
    found: dict[str, int] = Placement.objects.filter(outlet=outlet, desired__isnull=False).aggregate(
        wanted=Count("pk"), settled=Count("pk", filter=there)
    )
    return found
