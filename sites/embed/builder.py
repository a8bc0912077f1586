"""嵌入代码: choose, look, copy. Works without script; the console may include the same form.

Anybody can have the list of a named feed with the usual options, which takes no row. Any other combination is a row: only
people who are signed in may save one, so many an hour, and only so many are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sites import meta
from sites.embed import addresses, snippets
from sites.embed.board import board_of
from sites.embed.chooser import EmbedForm
from sites.embed.options import Embed
from sites.frame import frame_of, home_for_request
from sites.models import SavedEmbed, SiteHome
from sites.policy import public_policy

SAVED_MAX = 5000
"""Rows of the whole hub."""
SAVES_AN_HOUR = 30
"""Of one person."""
HOUR = 3600
LOOKS = ("layout", "count", "title_chars", "heading", "colour", "frames", "encoding")
"""The fields of the form's second part, in their order."""


class Refused(Exception):
    """Not saved; the message is for the webmaster."""


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """`/embed/?...`: the form as the address says it, the list it makes, and what to paste. POST saves that list."""
    notice, status = "", 200
    form = described(request.GET)
    if request.method == "POST" and form.embed:
        try:
            save(form.embed, request)
        except Refused as refused:
            notice, status = str(refused), 403 if not request.user.is_authenticated else 429
        else:
            return HttpResponseRedirect(request.get_full_path())
    home = home_for_request(request) or SiteHome.objects.live().order_by("depth", "pk").first()
    frame = frame_of(request, home) if home else None
    tags = meta.site_tags(frame) if frame else []
    answer = TemplateResponse(
        request,
        "sites/embed/builder.html",
        {"frame": frame, "tags": tags, "notice": notice, **context(request, form)},
        status=status,
    )
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Security-Policy"] = public_policy(frame_src="'self'", script_src="'self'")
    return answer


def described(query: QueryDict) -> EmbedForm:
    """The form as a query says it; what it leaves out is as usual."""
    return EmbedForm(EmbedForm.completed(query))


def context(request: HttpRequest, form: EmbedForm) -> Mapping[str, Any]:
    """What sites/embed/form.html and sites/embed/codes.html show."""
    fields = {
        "form": form,
        "several": [form[name] for name in ("columns", "units", "types")],
        "looks": [form[name] for name in LOOKS],
    }
    embed = form.embed
    if embed is None:
        return fields
    name = addresses.name_of(embed)
    board = board_of(name, embed, timezone.now())
    is_ready = board is not None and addresses.embed_of(name) is not None
    title = board.title if board else ""
    codes = snippets.snippets(name, embed, title, is_gbk=form.is_gbk) if is_ready else []
    return {
        **fields,
        "embed": embed,
        "query": form.query,
        "codes": codes,
        "preview": addresses.path(name, "html") if is_ready else f"/embed/preview/?{form.query}",
        "height": snippets.height(embed),
        "may_save": request.user.is_authenticated,
    }


def save(embed: Embed, request: HttpRequest) -> SavedEmbed:
    """The row of these options, made if there is none yet. Raises Refused."""
    found = SavedEmbed.objects.filter(pk=embed.key).first()
    if found:
        return found
    user = request.user
    if not user.is_authenticated:
        raise Refused("登录后才能保存自选样式；未登录时可使用默认样式的代码。")
    if not _has_turn(f"embed.saves.{user.pk}"):
        raise Refused(f"保存过于频繁，每小时最多保存 {SAVES_AN_HOUR} 个，请稍后再试。")
    if SavedEmbed.objects.count() >= SAVED_MAX:
        raise Refused("保存的嵌入列表已达上限，请与管理员联系。")
    return SavedEmbed.objects.get_or_create(
        pk=embed.key, defaults={"options": embed.to_json(), "made_at": timezone.now()}
    )[0]


def _has_turn(key: str) -> bool:
    cache.add(key, 0, timeout=HOUR)
    try:
        return cache.incr(key) <= SAVES_AN_HOUR
    except ValueError:  # it ended between the two
        return True
