"""What Django answers of feeds: pages behind the first one, single entries, and every feed where no layer stands before it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from channels.formats import atom, collector
from channels.formats.feed import FeedEntry
from channels.models import EditionRecord, Outlet
from sites import meta
from sites.feeds import addresses, archive, directory, documents
from sites.feeds.fragments import asset_url
from sites.feeds.fragments import entry as feed_entry
from sites.feeds.variants import VARIANTS
from sites.feeds.window import SHOWN_CHANNELS, Cursor, line_of
from sites.frame import frame_of, home_for_request
from sites.models import SiteHome
from sites.pages import public
from sites.serving.look import Look
from sites.serving.outline import Outline, digest
from sites.serving.responses import respond


@require_safe
def feed(request: HttpRequest, name: str, variant: str) -> HttpResponse:
    """`/feeds/<name>.<variant>`; `?before=` pages back (RFC 5005)."""
    form, before, now = VARIANTS.get(variant), _cursor(request), timezone.now()
    if form is None:
        raise Http404("没有这种订阅格式")
    if before is None:
        outline = documents.outline(name, variant, Look(now))
    else:
        found = documents.feed(name)
        outline = documents.page(found, form, now, before=before) if found else None
    return respond(request, outline) if outline else _closed(name)


ENTRY_FORMS: dict[str, tuple[str, Callable[[FeedEntry], bytes]]] = {
    "atom": (atom.ENTRY_CONTENT_TYPE, partial(atom.entry_document, asset_url=asset_url)),
    "html": (collector.UTF8.CONTENT_TYPE, partial(collector.UTF8.article, asset_url=asset_url)),
    "gbk.html": (collector.GBK.CONTENT_TYPE, partial(collector.GBK.article, asset_url=asset_url)),
}
"""A single item: (content type, how it is written)."""


@require_safe
def entry(request: HttpRequest, name: str, content_id: UUID, form: str) -> HttpResponse:
    """`/feeds/<name>/<content_id>.atom` (or `.html`, `.gbk.html`): one item, however old; 410 once it is taken back."""
    found = documents.feed(name)
    if found is None:
        return _closed(name)
    line = line_of(found.selection, content_id, timezone.now())
    if line is None:
        raise Http404("该订阅没有这条信息")
    if line.edition is None:
        return _gone()
    content_type, write = ENTRY_FORMS[form]
    place = found.place(line)

    def render() -> bytes:
        record = EditionRecord.objects.get(pk=cast("int", line.edition))
        return write(feed_entry(place, record))

    return respond(
        request,
        Outline(
            etag=digest(documents.LAYOUT, form, place),
            changed=line.changed,
            content_type=content_type,
            render=render,
            contents=((line.item, line.edition),),
        ),
    )


@require_safe
def opml(request: HttpRequest) -> HttpResponse:
    """`/feeds.opml`, where no layer stands before Django."""
    return respond(request, directory.outline(Look(timezone.now())))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """订阅与转载: every feed by name, and what each form is for."""
    home = home_for_request(request) or SiteHome.objects.live().order_by("depth", "pk").first()
    frame = frame_of(request, home) if home else None
    context = {
        "groups": directory.directory(),
        "variants": VARIANTS.values(),
        "example": addresses.feed_url("by/all", atom.KEY),
        "tags": meta.site_tags(frame) if frame else [],
    }
    return public(request, "sites/feeds.html", frame, context)


def _cursor(request: HttpRequest) -> Cursor | None:
    text = request.GET.get("before", "")
    try:
        return Cursor.parse(text) if text else None
    except ValueError as error:
        raise Http404("没有这一页") from error


def _closed(name: str) -> HttpResponse:
    """410 for the feed of an outlet that there was, 404 for a name that nobody ever had."""
    selection = addresses.selection_of(archive.split(name)[0])
    if selection is None or not selection.outlet:
        raise Http404("没有这个订阅")
    outlet = get_object_or_404(Outlet, slug=selection.outlet, channel__in=SHOWN_CHANNELS)
    if outlet.retired_at is None:
        raise Http404("没有这个月的存档")
    return _gone()


def _gone() -> HttpResponse:
    return HttpResponse("该订阅内容已停止提供。", status=410, content_type="text/plain; charset=utf-8")
