"""Reads the files that wait, one by one, and puts what they say into the entries of the items that carry them."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.files.storage import default_storage
from django.db.models import F

from channels.models import AssetFile
from channels.search import entries, extraction
from channels.search.models import AttachmentText, Outcome

logger = logging.getLogger(__name__)

ATTEMPTS_MAX = 3
"""Begun so often without an end (the worker was killed each time), a file is taken for one that cannot be read."""


def read_waiting(*, limit: int, now: datetime) -> int:
    """Read up to `limit` files that wait. Returns how many were settled. May run twice, and beside itself."""
    waiting = AttachmentText.objects.filter(outcome=Outcome.WAITING).order_by("attempts", "pk")
    return sum(_settle(sha256, now) for sha256 in list(waiting.values_list("pk", flat=True)[:limit]))


def _settle(sha256: str, now: datetime) -> bool:
    row = AttachmentText.objects.filter(pk=sha256, outcome=Outcome.WAITING)
    if not row.update(attempts=F("attempts") + 1):
        return False  # another worker was faster
    attempts = row.values_list("attempts", flat=True).first() or 0
    outcome, text, is_cut = ("damaged", "", False) if attempts > ATTEMPTS_MAX else _read(sha256)
    row.update(outcome=outcome, text=text, is_cut=is_cut, read_at=now)
    if outcome != Outcome.READ:
        logger.info("no text in file %s: %s", sha256[:12], outcome)
        return True
    for content_id in list(entries.of_file(sha256).values_list("pk", flat=True)):
        entries.rewrite(content_id)
    return True


def _read(sha256: str) -> tuple[str, str, bool]:
    file = AssetFile.objects.get(pk=sha256)
    kind = file.path.rpartition(".")[2]
    if kind not in extraction.KINDS:
        return "unsupported", "", False
    if file.size > extraction.MAX_BYTES:
        return "too_large", "", False
    try:
        with default_storage.open(file.path) as stream:
            return extraction.read(stream.read(), kind)
    except FileNotFoundError:
        logger.warning("file %s is missing from the storage", sha256[:12])
        return "damaged", "", False
