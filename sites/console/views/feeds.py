"""订阅: a feed put together by choosing, seen before it is used, with what to paste into which system."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from channels.models import Outlet
from sites.console import building, recipes
from sites.console.access import for_outlet, frame, page
from sites.feeds import heads
from sites.feeds.selection import SIZE_MAX
from sites.feeds.variants import VARIANTS
from sites.models import SavedFeed

TITLE_CHARS_MAX = 100


@require_http_methods(["GET", "POST"])
@for_outlet("feeds")
def feeds(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    """GET shows what the query string asks for; POST saves the same, and comes back to it."""
    wanted = building.read(request.GET, outlet)
    if request.method == "POST" and not wanted.problem:
        _save(wanted, request.POST.get("title", ""))
        return HttpResponseRedirect(
            f"{reverse('console:feeds', args=[outlet.slug])}?{request.GET.urlencode()}#address"
        )
    return page(request, "feeds", {**frame(outlet, "feeds", request), **_context(wanted, outlet)})


def _save(wanted: building.Wanted, title: str) -> None:
    """Whoever was first has named it: an address never changes its meaning."""
    SavedFeed.objects.get_or_create(
        key=wanted.selection.key,
        defaults={
            "selection": wanted.selection.to_json(),
            "title": title.strip()[:TITLE_CHARS_MAX],
            "made_at": timezone.now(),
        },
    )


def _context(wanted: building.Wanted, outlet: Outlet) -> dict[str, Any]:
    needs_saving = wanted.needs_saving
    described = " · ".join(heads.describe(wanted.selection)) or "全部内容"
    return {
        "wanted": wanted,
        "scopes": [
            building.Choice(value, label, (value == building.OWN) == bool(wanted.selection.outlet))
            for value, label in building.scopes(outlet)
        ],
        "columns": building.columns(wanted),
        "units": building.units(wanted),
        "types": building.types(wanted),
        "variants": building.variants(wanted),
        "size_max": SIZE_MAX,
        "described": described,
        "preview": building.preview(wanted.selection, timezone.now()),
        "needs_saving": needs_saving,
        "url": wanted.url(),
        "addresses": []
        if needs_saving
        else [(form.label, wanted.url(key)) for key, form in VARIANTS.items()],
        "recipes": [] if needs_saving else list(recipes.write(wanted, title=f"{outlet.name}：{described}")),
    }
