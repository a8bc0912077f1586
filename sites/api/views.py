"""What Django answers under /api/: cursors between the pages, filtered logs, refusals, and everything where no layer stands before it."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from channels.changes import Extent
from channels.models import Item, Outlet, Placement
from sites.api import catalogue, changes, items, log
from sites.api.description import document
from sites.api.endpoint import NUMBER_DIGITS_MAX, Refused, endpoint, number
from sites.feeds import addresses
from sites.feeds.selection import Selection
from sites.feeds.window import SHOWN_CHANNELS, outlet_of
from sites.serving.documents import UUID_PATTERN
from sites.serving.look import Look
from sites.serving.responses import respond


@endpoint("since", "limit", "outlet", "feed")
def changes_since(request: HttpRequest) -> HttpResponse:
    """`/api/changes`."""
    since = number(request, "since", default=0, least=0, most=10**NUMBER_DIGITS_MAX - 1)
    selection = _selection(request)
    # A page that ends at a kept cursor leads whoever has fallen out of step back to the documents.
    block = log.SIZE if selection else log.end_of_block(since)
    limit = number(request, "limit", default=block, least=1, most=log.SIZE)
    extent = log.extent()
    _check(since, extent)
    if selection is None:
        return respond(request, changes.page_outline(log.page(extent, since, limit)))
    return respond(request, changes.page_outline(log.chosen_page(extent, since, limit, selection)))


@endpoint()
def item(request: HttpRequest, content_id: str) -> HttpResponse:
    """`/api/items/<content_id>`."""
    if not re.fullmatch(UUID_PATTERN, content_id):
        raise Refused(400, "bad_content_id", "稿件标识格式不对，应为小写的 UUID，请核对地址后重试。")
    found = items.outline(content_id, Look(timezone.now()))
    if found is None:
        raise _absent(UUID(content_id))
    return respond(request, found)


@endpoint()
def feeds(request: HttpRequest) -> HttpResponse:
    """`/api/feeds`."""
    return respond(request, catalogue.outline(Look(timezone.now())))


@endpoint()
def openapi(request: HttpRequest) -> HttpResponse:
    """`/api/openapi.json`."""
    return respond(request, document.outline(Look(timezone.now())))


def _check(since: int, extent: Extent) -> None:
    if since > extent.last:
        message = (
            f"变更日志目前只到 {extent.last} 号，没有 {since} 号。您的进度可能来自另一个平台，"
            "或者本平台刚从备份恢复。请从 since=0 开始重新同步。"
        )
        raise Refused(400, "since_ahead", message, last=extent.last)


def _selection(request: HttpRequest) -> Selection | None:
    """What is asked for; None for everything."""
    outlet, feed = request.GET.get("outlet"), request.GET.get("feed")
    if outlet is not None and feed is not None:
        raise Refused(400, "outlet_or_feed", "参数 outlet 和 feed 只能使用一个，请删除其中一个。")
    if outlet is None and feed is None:
        return None
    named = feed if outlet is None else outlet
    selection = addresses.selection_of(named or "")
    if selection is None or (outlet is not None and selection != Selection(outlet=outlet)):
        raise _no_feed()
    if selection.outlet and outlet_of(selection) is None:
        raise _closed(selection)
    return selection


def _closed(selection: Selection) -> Refused:
    """410 for an outlet that there was, 404 for a name that nobody ever had."""
    if Outlet.objects.filter(slug=selection.outlet, channel__in=SHOWN_CHANNELS).exists():
        return Refused(410, "feed_closed", "该发布终端已停用，订阅不再提供，请删除本地副本或改用其他订阅。")
    return _no_feed()


def _no_feed() -> Refused:
    return Refused(404, "no_such_feed", "没有这个发布终端或订阅，可用的订阅见 /api/feeds，请核对后重试。")


def _absent(content_id: UUID) -> Refused:
    """410 for what the public could once read here, 404 for everything else."""
    placed = Placement.objects.filter(item=content_id, outlet__channel__in=SHOWN_CHANNELS)
    if not placed.exists():
        return Refused(404, "no_such_item", "没有这篇稿件，请核对稿件标识。")
    replacement = Item.objects.values_list("replacement_url", flat=True).get(pk=content_id)
    led = {"replacement": replacement} if replacement.startswith(("http://", "https://")) else {}
    return Refused(410, "gone", "该稿件已不再提供，请删除本地副本。", **led)
