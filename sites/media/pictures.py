"""Smaller copies of frozen pictures for pages: made at the first look, kept beside the assets, safe to delete."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Pillow
from wagtail.images.models import AbstractImage

from channels.edition import Asset

CARD = 480
"""Pixels: a picture in a list, on a phone or a fourth of a desktop."""
BODY = 1200
"""Pixels: the text column (50rem) on a dense screen."""
LEAD = 760
"""Pixels: the large picture of a home page."""
MARK = (128, 152)
"""Pixels: the mark in a footer, twice as wide and high as it is shown."""
WIDTHS = (CARD, LEAD, BODY)
ENCODINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpg": ("JPEG", {"quality": 82, "progressive": True, "optimize": True}),
    "png": ("PNG", {"optimize": True}),
    "webp": ("WEBP", {"quality": 82}),
}
"""By extension of the asset. A GIF may move: it is never made smaller."""
FOCAL_STEPS = 4


def url(asset: Asset, width: int) -> str:
    """Relative address of the picture at most `width` wide; the asset's own when it is no wider or has no copy."""
    if asset.extension not in ENCODINGS or asset.width is None or asset.width <= width:
        return f"/{asset.path}"
    return f"/pictures/{width}/{asset.path.removeprefix('assets/')}"


def path_of(source: str, width: int) -> str:
    """Where the copy of the asset at `source` is kept, below the media storage."""
    return f"pictures/{width}/{source.removeprefix('assets/')}"


def derive(source: str, width: int) -> str:
    """Make the copy unless it is there; returns its path. Raises FileNotFoundError when the asset is lost."""
    return _kept(path_of(source, width), lambda: _scaled(source, width))


def derive_mark(image: AbstractImage) -> str:
    """A PNG of the image that fits MARK, made unless it is there; returns its path."""
    return _kept(f"pictures/marks/{image.get_file_hash()}.png", lambda: _fitted(image.file.name))


def focal_class(asset: Asset) -> str:
    """CSS classes that keep the focal point in a cropped picture, to a quarter of its sides; empty for none."""
    if asset.focal is None:
        return ""
    across, down = (round(min(max(share, 0), 1) * FOCAL_STEPS) for share in asset.focal)
    return f"across-{across} down-{down}"


def _kept(path: str, make: Callable[[], bytes]) -> str:
    if default_storage.exists(path):
        return path
    kept = default_storage.save(path, ContentFile(make()))
    if kept != path:  # another process was faster
        default_storage.delete(kept)
    return path


def _fitted(source: str) -> bytes:
    target = BytesIO()
    with default_storage.open(source) as file, Pillow.open(file) as picture:
        fitted = picture.convert("RGBA")
        fitted.thumbnail(MARK)
        fitted.save(target, "PNG", optimize=True)
    return target.getvalue()


def _scaled(source: str, width: int) -> bytes:
    format_, options = ENCODINGS[source.rpartition(".")[2]]
    target = BytesIO()
    with default_storage.open(source) as file, Pillow.open(file) as picture:
        height = max(1, round(picture.height * width / picture.width))
        picture.resize((width, height), Pillow.Resampling.LANCZOS, reducing_gap=2.0).save(
            target, format_, **options
        )
    return target.getvalue()
