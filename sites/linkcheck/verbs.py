"""What people do about a link: overlook it with a reason, and take that back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sites.linkcheck.models import Link


@transaction.atomic
def mute(link: Link, *, reason: str, by: str, now: datetime) -> None:
    """Holds until the link works again: what breaks after that is a new finding. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a reason is asked for")
    link.muted_at, link.muted_by, link.muted_reason = now, by, reason.strip()[:200]
    link.save(update_fields=["muted_at", "muted_by", "muted_reason"])


@transaction.atomic
def unmute(link: Link) -> None:
    link.muted_at, link.muted_by, link.muted_reason = None, "", ""
    link.save(update_fields=["muted_at", "muted_by", "muted_reason"])
