"""A reply of an account as a chat would show it."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')


@register.filter
def chat(text: str) -> SafeString:
    """Links are the only markup that a chat knows; everything else is text, lines as they are."""
    parts, end = [], 0
    for match in _LINK.finditer(text):
        parts.append(format_html("{}", text[end : match.start()]))
        parts.append(
            format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', match[1], match[2])
            if match[1].startswith(("https://", "http://"))
            else format_html("{}", match[2])
        )
        end = match.end()
    parts.append(format_html("{}", text[end:]))
    return format_html_join("", "{}", ((part,) for part in parts))
