"""The short link of an item: made when it is first needed, the same for ever after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from channels.models import Item, Placement
from sites.shortlinks.codes import candidates, is_code, normal
from sites.shortlinks.models import ShortLink

PUBLIC_CHANNELS = ("hosted", "wechat_mp", "wordpress", "web_post", "feed")
"""What has been placed at an outlet of these has been meant for everybody; an internal periodical's items have not."""
TRIES_MAX = 50
"""Candidates of an item that other items have: more than two in a row are not to be met in a district's lifetime."""


def public_items() -> QuerySet[Item]:
    """Items that were placed before the public at any time; withdrawn ones are among them."""
    shown = Placement.objects.filter(item=OuterRef("pk"), outlet__channel__in=PUBLIC_CHANNELS)
    return Item.objects.filter(Exists(shown), current__isnull=False)


def link_for(item_id: UUID, *, now: datetime) -> ShortLink:
    """The item's link. The item has to be in the register; asking twice at once gives the same one to both."""
    link = ShortLink.objects.filter(item_id=item_id).first()
    if link is not None:
        return link
    for code, _ in zip(candidates(item_id), range(TRIES_MAX), strict=False):
        try:
            with transaction.atomic():
                return ShortLink.objects.create(code=code, item_id=item_id, made_at=now)
        except IntegrityError:
            link = ShortLink.objects.filter(
                item_id=item_id
            ).first()  # somebody was quicker, or the code is taken
            if link is not None:
                return link
    raise RuntimeError(f"no free code among {TRIES_MAX} of item {item_id}")


def give_codes(*, now: datetime, limit: int) -> int:
    """Links for public items that have none yet, so that a code never has to wait for a request; returns how many."""
    without = public_items().filter(short_link=None).order_by("pk").values_list("pk", flat=True)
    return len([link_for(pk, now=now) for pk in without[:limit]])


def find(typed: str) -> ShortLink | None:
    """The link that somebody has typed; one query, none for what can be no code."""
    code = normal(typed)
    if not is_code(code):
        return None
    return ShortLink.objects.select_related("item__current").filter(code=code).first()


def url(code: str, place: str = "") -> str:
    """Absolute, as it is printed and put into QR codes. No slash at the end: it is one more character to draw."""
    query = f"?{urlencode({'o': place})}" if place else ""
    return f"{settings.PUBLIC_URL}/s/{code}{query}"


def codes_of(item_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The codes that exist, for lists."""
    rows = ShortLink.objects.filter(item__in=list(item_ids))
    return dict(rows.values_list("item_id", "code"))
