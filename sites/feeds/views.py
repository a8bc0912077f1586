"""What Django answers of feeds: pages behind the first one, single entries, and every feed where no layer stands before it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from channels.formats import atom
from channels.models import Outlet, Placement
from sites.feeds import addresses, documents
from sites.feeds.fragments import asset_url
from sites.feeds.fragments import entry as feed_entry
from sites.feeds.variants import VARIANTS
from sites.feeds.window import SHOWN_CHANNELS, Cursor, Line
from sites.serving.outline import Outline, digest
from sites.serving.responses import respond


@require_safe
def feed(request: HttpRequest, name: str, variant: str) -> HttpResponse:
    """`/feeds/<name>.<variant>`; `?before=` pages back (RFC 5005)."""
    form = VARIANTS.get(variant)
    if form is None:
        raise Http404("没有这种订阅格式")
    found = documents.feed(name)
    if found is None:
        return _closed(name)
    return respond(request, documents.page(found, form, timezone.now(), before=_cursor(request)))


@require_safe
def entry(request: HttpRequest, name: str, content_id: UUID) -> HttpResponse:
    """`/feeds/<outlet>/<content_id>.atom`: one item, however old; 410 once it is taken back."""
    found = documents.feed(name)
    if found is None:
        return _closed(name)
    placement = get_object_or_404(
        Placement.objects.select_related("desired"), outlet__slug=name, item=content_id
    )
    record = placement.desired
    if record is None:
        return _gone()
    line = Line(
        placement.item_id,
        record.pk,
        placement.published_at,
        placement.desired_at,
        placement.visible_until,
    )
    place = found.place(line)

    def render() -> bytes:
        return atom.entry_document(feed_entry(place, record), asset_url=asset_url)

    return respond(
        request,
        Outline(
            etag=digest(documents.LAYOUT, place),
            changed=placement.desired_at,
            content_type=atom.ENTRY_CONTENT_TYPE,
            render=render,
        ),
    )


def _cursor(request: HttpRequest) -> Cursor | None:
    text = request.GET.get("before", "")
    try:
        return Cursor.parse(text) if text else None
    except ValueError as error:
        raise Http404("没有这一页") from error


def _closed(name: str) -> HttpResponse:
    """410 for the feed of an outlet that there was, 404 for a name that nobody ever had."""
    selection = addresses.selection_of(name)
    if selection is None or not selection.outlet:
        raise Http404("没有这个订阅")
    get_object_or_404(Outlet, slug=selection.outlet, channel__in=SHOWN_CHANNELS)
    return _gone()


def _gone() -> HttpResponse:
    return HttpResponse("该订阅内容已停止提供。", status=410, content_type="text/plain; charset=utf-8")
