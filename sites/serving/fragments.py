"""Fragments: parts of documents that are rendered once and kept. Their key is a digest of all that their bytes depend on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from sites.models import StoredFragment
from sites.serving import keeping

Subject = TypeVar("Subject")

RECENT_BYTES_MAX = 16 * 1024 * 1024
RENDERED_UNASKED = 1
"""So many are rendered without asking the database for them: after a correction one is new, and reading its edition is
as quick as looking whether another process has rendered it."""


class Recent:
    """The fragments used last, in memory: the next document of a feed shares all but one with the one before."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()

    def pick(self, keys: Mapping[str, object]) -> dict[str, bytes]:
        with self._guard:
            return {key: self._held[key] for key in keys if key in self._held}

    def put(self, found: Mapping[str, bytes]) -> None:
        with self._guard:
            for key, body in found.items():
                self._bytes += len(body) - len(self._held.pop(key, b""))
                self._held[key] = body
            while self._bytes > RECENT_BYTES_MAX:
                self._bytes -= len(self._held.popitem(last=False)[1])

    def clear(self) -> None:
        with self._guard:
            self._held.clear()
            self._bytes = 0


_recent = Recent()


def fetch(
    wanted: Mapping[str, Subject], render: Callable[[dict[str, Subject]], dict[str, bytes]]
) -> dict[str, bytes]:
    """The fragment of each key; only those that nobody is known to have rendered are rendered. A statement at most, and a write."""
    held = _recent.pick(wanted)
    unknown = [key for key in wanted if key not in held]
    if len(unknown) > RENDERED_UNASKED:
        kept = StoredFragment.objects.filter(pk__in=unknown).values_list("pk", "body")
        held |= {key: bytes(body) for key, body in kept}
    missing = {key: subject for key, subject in wanted.items() if key not in held}
    if missing:
        made, now = render(missing), timezone.now()
        keeping.keep([StoredFragment(key=key, body=body, made_at=now) for key, body in made.items()])
        held |= made
    _recent.put(held)
    return held


def forget() -> None:
    """Empty the memory. Keys name editions by their row ids, and a database that went back gives those out again."""
    _recent.clear()


def prune(*, before: datetime) -> int:
    """Forget fragments made before; returns how many."""
    return int(StoredFragment.objects.filter(made_at__lt=before).delete()[0])
