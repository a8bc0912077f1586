"""`{% colophon %}`: the footer of the site that a page belongs to."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from sites import colophon as leading
from sites.frame import Frame

register = template.Library()


@register.inclusion_tag("sites/colophon.html", takes_context=True)
def colophon(context: template.Context) -> dict[str, Any]:
    frame: Frame = context["frame"]
    request: HttpRequest = context["request"]
    home = frame.home
    return {
        "frame": frame,
        "home": home,
        "path": request.path,
        "finding": leading.finding(home.site_id_code, request.build_absolute_uri(request.path)),
        "icp_register": leading.ICP_REGISTER,
        "police_register": leading.police_register(home.police_record),
    }
