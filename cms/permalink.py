"""The address of an item that outlives every move: `<PUBLIC_URL>/i/<content_id>/`."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings


def permalink(content_id: UUID) -> str:
    return f"{settings.PUBLIC_URL}/i/{content_id}/"
