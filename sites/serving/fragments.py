"""Fragments: parts of documents that are rendered once and kept. Their key is a digest of all that their bytes depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.utils import timezone

from sites.models import StoredFragment
from sites.serving import keeping

Subject = TypeVar("Subject")


def fetch(
    wanted: Mapping[str, Subject], render: Callable[[dict[str, Subject]], dict[str, bytes]]
) -> dict[str, bytes]:
    """The fragment of each key; only those that are not kept yet are rendered. A statement, and a write for new ones."""
    rows = StoredFragment.objects.filter(pk__in=list(wanted)).values_list("pk", "body")
    held = {key: bytes(body) for key, body in rows}
    missing = {key: subject for key, subject in wanted.items() if key not in held}
    if missing:
        made, now = render(missing), timezone.now()
        keeping.keep([StoredFragment(key=key, body=body, made_at=now) for key, body in made.items()])
        held |= made
    return held
