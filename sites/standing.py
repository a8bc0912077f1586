"""What a site that is closed, or rests, answers in place of its pages; an open one, and one whose closing is only announced, answers itself."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import http_date

from channels.models import Placement
from sites import meta
from sites.frame import Frame, frame_of
from sites.models import SiteHome


def answer(
    request: HttpRequest,
    frame: Frame,
    *,
    is_home: bool = False,
    content_id: UUID | None = None,
    slug: str | None = None,
) -> HttpResponse | None:
    """None: the site answers as ever. `content_id` or `slug` names the item that is asked for."""
    closure = frame.home.closure_now
    if closure is None or closure.is_closing:
        return None
    if closure.is_suspended:
        return _resting(request, frame)
    if content_id or slug:
        target = elsewhere(frame.home, content_id=content_id, slug=slug)
        return HttpResponsePermanentRedirect(target) if target else None
    return _page(request, frame, status=200) if is_home else None


def instead(request: HttpRequest, home: SiteHome, *, is_home: bool = False) -> HttpResponse | None:
    """The same for a page of the site that is no item's."""
    if home.closure_now is None:
        return None
    return answer(request, frame_of(request, home), is_home=is_home)


def elsewhere(home: SiteHome, *, content_id: UUID | None = None, slug: str | None = None) -> str:
    """The item's address at a site that is open, the nearest above first; empty where none shows it."""
    named = {"item": content_id} if content_id else {"item__slug": slug}
    placed = Placement.objects.filter(desired__isnull=False, item__withdrawn_at=None, **named)
    here = placed.filter(outlet=home.outlet_id).values("item")
    open_at = placed.filter(item__in=here, outlet__retired_at=None)
    homes = SiteHome.objects.live().filter(closure=None, outlet__in=open_at.values("outlet"))
    above = list(home.get_ancestors().values_list("pk", flat=True))
    first = min(
        homes.order_by("outlet__rank", "pk"),
        key=lambda site: -above.index(site.pk) if site.pk in above else 1,
        default=None,
    )
    item = here.values_list("item", flat=True).first()
    return f"{first.get_full_url()}item/{item}/" if first and item else ""


def _resting(request: HttpRequest, frame: Frame) -> HttpResponse:
    """503 tells search engines to come back; Retry-After is the morning of the day."""
    response = _page(request, frame, status=503)
    closure = frame.home.closure_now
    if closure and closure.until:
        morning = timezone.make_aware(datetime.combine(closure.until, time.min))
        response["Retry-After"] = http_date(morning.timestamp())
    return response


def _page(request: HttpRequest, frame: Frame, *, status: int) -> HttpResponse:
    context = {"frame": frame, "feeds": [], "tags": meta.site_tags(frame), "is_home": True}
    response = TemplateResponse(request, "sites/stopped.html", context, status=status)
    response["Cache-Control"] = "no-cache"
    return response
