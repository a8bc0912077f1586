"""Where a reader of an item is best sent now: its owner's page, another hosted site, else a copy that is proven there."""

from __future__ import annotations

from channels.models import Item, Placement, State
from sites.items.item import canonical_address


def live_address(item: Item) -> str:
    """Absolute address; empty when nothing of it can be read. A withdrawn item has none, whatever still stands."""
    if item.withdrawn_at:
        return ""
    return canonical_address(item) or _elsewhere(item)


def _elsewhere(item: Item) -> str:
    """A copy at an account or a foreign site: wanted there, and seen there."""
    proven = Placement.objects.filter(
        item=item, desired__isnull=False, actual__isnull=False, state=State.SETTLED
    ).order_by("outlet__rank", "pk")
    addresses = proven.exclude(remote_url="").values_list("remote_url", flat=True)
    return next((url for url in addresses if url.startswith(("https://", "http://"))), "")
