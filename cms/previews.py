"""Previews of a draft as its readers will see it: capture, then the very renderers that signing leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from channels import drills, rendering
from channels.contract import Finding, Severity
from channels.edition import Edition
from channels.errors import ChannelError
from channels.models import Outlet
from cms.capture import capture
from cms.targeting import explain

if TYPE_CHECKING:
    from cms.models import ContentPage

PORTAL, WECHAT, HANDOFF = "portal", "wechat_mp", "handoff"
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A channel's article has inline styles, Wagtail's checks of a preview are a script; only editors see either."""


class ChannelPreviews:
    """For ContentPage, before Page in its bases: one preview mode for each kind of reader."""

    preview_modes = [(PORTAL, "门户网页"), (WECHAT, "微信公众号"), (HANDOFF, "交办稿")]
    preview_sizes = [
        {"name": "mobile", "icon": "mobile-alt", "device_width": 414, "label": "按手机宽度预览"},
        {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": "按电脑宽度预览"},
    ]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        page: Any = self
        try:
            edition = capture(page, now=timezone.now())
        except ChannelError as problem:
            response = _problem(request, problem.message)
        else:
            response = _in_mode(request, page, edition, mode_name)
        response.headers["Content-Security-Policy"] = POLICY
        return response


def _in_mode(request: HttpRequest, page: ContentPage, edition: Edition, mode: str) -> HttpResponse:
    if mode in {WECHAT, HANDOFF}:
        return channel_preview(request, page, edition, mode)
    response: HttpResponse = import_string(settings.ITEM_PREVIEW)(request, edition)
    return response


def _problem(request: HttpRequest, problem: str) -> HttpResponse:
    return TemplateResponse(request, "cms/previews/problem.html", {"problem": problem})


def channel_preview(request: HttpRequest, page: ContentPage, edition: Edition, channel: str) -> HttpResponse:
    """What would be sent to the first outlet of this channel that the item goes to, or else to any."""
    outlet = _outlet(page, channel)
    if outlet is None:
        return _problem(request, "还没有这一渠道的发布终端，无法预览。请管理员在“发布中枢”中添加。")
    limit = rendering.capabilities(outlet).headline_max_chars
    context = {"outlet": outlet, "edition": edition, "title_max": limit, **_sent(outlet, edition)}
    context["blocked"] = any(finding.severity is Severity.BLOCK for finding in context["findings"])
    context["drill"] = drills.of(outlet)
    return TemplateResponse(request, f"cms/previews/{channel}.html", context)


def _sent(outlet: Outlet, edition: Edition) -> dict[str, Any]:
    """payload, content, alterations and findings; a rendering that fails leaves the findings, which say why."""
    findings: Sequence[Finding] = ()
    try:
        findings = rendering.findings(outlet, edition)
        rendered = rendering.render(outlet, edition)
    except ChannelError as problem:
        return {"findings": findings, "problem": "" if findings else problem.message}
    payload = dict(rendered.payload)
    cover = (payload.get("cover") or {}).get("sha256", "")
    return {
        "findings": findings,
        "payload": payload,
        "alterations": rendered.alterations,
        "content": with_codes(with_pictures(str(payload.get("content", "")), edition), payload.get("qr", ())),
        "cover_url": next((f"/{asset.path}" for asset in edition.assets if asset.sha256 == cover), ""),
    }


def with_pictures(content: str, edition: Edition) -> str:
    """The pictures of a WeChat article are named `asset:<sha256>` until they are uploaded: show the hub's own."""
    for asset in edition.assets:
        content = content.replace(f"asset:{asset.sha256}", f"/{asset.path}")
    return content


def with_codes(content: str, codes: Iterable[Mapping[str, str]]) -> str:
    """The QR codes of a WeChat article are named `qr:<sha256>` until they are uploaded: draw them here."""
    for code in codes:
        drawn = segno.make_qr(code["url"], error="m").svg_data_uri(scale=8, border=4)
        content = content.replace(f"qr:{code['sha256']}", escape(drawn))
    return content


def _outlet(page: ContentPage, channel: str) -> Outlet | None:
    if page.pk:
        wanted = [c.outlet for c in explain(page) if c.wanted and c.outlet.channel == channel]
        if wanted:
            return wanted[0]
    return Outlet.objects.active().real().filter(channel=channel).first()
