"""What Django answers of embeds: JSONP under a name that is asked for, previews, what is closed, and the page 嵌入代码."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from channels.models import Outlet
from sites.embed import addresses, builder, script
from sites.embed.board import Board, Entry, board_of
from sites.embed.documents import outlined
from sites.embed.forms import ASKED, FORMS, JAVASCRIPT, PREVIEW
from sites.embed.options import Embed
from sites.feeds.window import SHOWN_CHANNELS
from sites.serving.responses import respond


@xframe_options_exempt
@require_safe
def document(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """`/embed/<name>.<form>`; `?callback=` names what JSONP calls."""
    kind, embed = FORMS.get(form), addresses.embed_of(name)
    if kind is None or embed is None:
        raise Http404("没有这个嵌入列表")
    board = board_of(name, embed, timezone.now())
    if board is None:
        return _closed(name, form, embed)
    callback = request.GET.get("callback", "") if form == "jsonp" else ""
    if not callback:
        return respond(request, outlined(board, kind, form))
    if not script.is_callback(callback):
        return HttpResponse("callback 只能是函数名。", status=400, content_type="text/plain; charset=utf-8")

    def render(board: Board, entries: Sequence[Entry]) -> bytes:
        return script.jsonp(board, entries, callback)

    return respond(request, outlined(board, replace(kind, render=render), form, callback))


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """`/embed/preview/?...`: what the form describes, as the frame would show it; only our own pages may frame it."""
    embed = builder.described(request.GET).embed
    board = board_of(addresses.name_of(embed), embed, timezone.now()) if embed else None
    if board is None:
        raise Http404("没有可预览的列表")
    return respond(request, outlined(board, PREVIEW, "preview"))


def _closed(name: str, form: str, embed: Embed) -> HttpResponse:
    """The list of an outlet that is retired: 410, but for scripts an answer that takes the list off the page."""
    get_object_or_404(Outlet, slug=embed.selection.outlet, channel__in=SHOWN_CHANNELS)
    if form in {"js", "fresh.js"}:
        body = script.fresh_of({"name": name, "closed": True})
        response = HttpResponse(body, content_type=JAVASCRIPT)
        response["Cache-Control"] = ASKED
        return response
    return HttpResponse("该列表已停止提供。", status=410, content_type="text/plain; charset=utf-8")
