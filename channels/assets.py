"""Freezes files by content into the media storage, and reads them back for adapters and readers."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from channels.edition import Asset
from channels.models import AssetFile

STALE = timedelta(days=1)
"""How exact `frozen_at` is."""


def freeze(
    data: bytes,
    *,
    content_type: str,
    name: str,
    width: int | None = None,
    height: int | None = None,
    focal: tuple[float, float] | None = None,
) -> Asset:
    """Store `data` once under its SHA-256 and return it as an Asset. Safe to call again and from many processes."""
    asset = Asset(
        sha256=hashlib.sha256(data).hexdigest(),
        content_type=content_type,
        name=name,
        size=len(data),
        width=width,
        height=height,
        focal=focal,
    )
    now = timezone.now()
    row, made = AssetFile.objects.get_or_create(
        sha256=asset.sha256,
        defaults={"content_type": content_type, "size": len(data), "path": asset.path, "frozen_at": now},
    )
    if not made and row.frozen_at < now - STALE:
        AssetFile.objects.filter(pk=row.pk).update(frozen_at=now)
    if not default_storage.exists(asset.path):
        default_storage.save(asset.path, ContentFile(data))
    return asset


def forget_unused(*, before: datetime) -> int:
    """Delete files that no edition and no push holds and that nothing has frozen since `before`; returns how many.

    Previews freeze the files of drafts that may never be signed.
    """
    unused = AssetFile.objects.filter(editions=None, push_covers=None, frozen_at__lt=before)
    forgotten = 0
    for pk, path in unused.values_list("pk", "path"):
        deleted, _ = unused.filter(pk=pk).delete()
        if deleted and not AssetFile.objects.filter(path=path).exists():
            default_storage.delete(path)
            forgotten += 1
    return forgotten


def read(asset: Asset) -> bytes:
    """The frozen bytes. Raises FileNotFoundError."""
    with default_storage.open(asset.path) as file:
        data: bytes = file.read()
    return data


class StoredAssets:
    """The AssetReader of the engine: reads in a thread."""

    async def read(self, asset: Asset) -> bytes:
        return await asyncio.to_thread(read, asset)
