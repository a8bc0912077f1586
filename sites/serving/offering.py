"""How a page's view offers its answer to the layer before Django: for every anonymous reader, as long as its keys hold.

Django's own view makes the page, whoever keeps it: there is no second template and no second way to find an address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

SLOT = "tongsheng.offer"
"""Where in the WSGI environment the layer waits for an offer; a preview, a test and a signed-in reader have none there."""


@dataclass(frozen=True, slots=True)
class Keys:
    """All that a page says beside the structure of the sites: `known` when it was made, `look` asks for it anew.

    `known` comes from the very rows that the page was made from: a change in between must not be missed. `until`: when
    the page changes by itself (a validity ends), None for never.
    """

    known: object
    look: Callable[[], object]
    until: datetime | None = None


@dataclass(slots=True)
class Offer:
    """Filled by the view that answers."""

    is_made: bool = False
    keys: Keys | None = None


def offer(request: HttpRequest, *, keys: Keys | None = None) -> None:
    """This answer holds nothing of the one who asks. Only a 200 without cookies is kept.

    Without `keys` any change in the hub makes the page anew, and so does every turn of the minute.
    """
    slot = request.META.get(SLOT)
    if isinstance(slot, Offer):
        slot.is_made, slot.keys = True, keys
