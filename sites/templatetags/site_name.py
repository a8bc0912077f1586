"""`{{ name|phrased }}`: where the name of an office may break in a narrow line: never within 人民政府 or 街道办事处."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

SEAM = re.compile(r"(?<=[市区县])(?=..)|(?=人民政府|门户网站|办事处)")


@register.filter
def phrased(name: str) -> SafeString:
    """With `<wbr>` between its parts. Beside it stands `word-break: keep-all`."""
    return format_html_join(_BREAK, "{}", ((part,) for part in SEAM.split(name) if part))


_BREAK = SafeString("<wbr>")
