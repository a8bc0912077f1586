"""Pre-flight: what the channels of an item's targets have against it, told before it is signed, never in its way.

An outlet that cannot express the item asks the editor afterwards; the other outlets go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from channels import rendering
from channels.contract import Finding
from channels.models import Outlet, Placement
from cms.capture import capture
from cms.targeting import explain

if TYPE_CHECKING:
    from cms.models import ContentPage


def preflight(page: ContentPage) -> list[tuple[Outlet, Finding]]:
    """Findings for the page as it stands, outlet by outlet. Raises ContentError when a file cannot be read."""
    edition = capture(page, now=timezone.now())
    placed = Placement.objects.filter(item=page.content_id, actual__isnull=False)
    out = set(placed.values_list("outlet_id", flat=True))
    return [
        (choice.outlet, finding)
        for choice in explain(page)
        if choice.wanted
        for finding in rendering.findings(choice.outlet, edition, replacing=choice.outlet.pk in out)
    ]
