"""演练中 on every page of the admin: a drill that is forgotten holds real items back."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from channels import drills


def stylesheet() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/drill.css"))


def strip() -> SafeString:
    """One query a page; empty while nothing is drilled."""
    running = drills.running()
    return SafeString(render_to_string("cms/desk/_drill_strip.html", {"drills": running}) if running else "")
