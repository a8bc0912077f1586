"""Checks uploaded pictures by their bytes, not by what their name or header says."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from channels.sandbox.articles import ApiError

MEGABYTE = 1_000_000
FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "GIF": ("image/gif", "gif"), "BMP": ("image/bmp", "bmp")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file from a multipart field."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    content_type: str
    extension: str
    width: int
    height: int


def for_article(upload: Upload | None) -> Picture:
    """media/uploadimg: JPEG or PNG under 1 MB."""
    return _checked(upload, formats={"JPEG", "PNG"}, under=MEGABYTE)


def for_library(upload: Upload | None, kind: str) -> Picture:
    """material/add_material: `kind` image up to 10 MB, thumb up to 64 KB and JPEG only."""
    if kind == "thumb":
        return _checked(upload, formats={"JPEG"}, under=64 * 1024 + 1)
    if kind != "image":
        raise ApiError(40004, "invalid media type")
    return _checked(upload, formats=set(FORMATS), under=10 * MEGABYTE + 1)


def _checked(upload: Upload | None, *, formats: set[str], under: int) -> Picture:
    if upload is None or not upload.name.isascii():
        raise ApiError(41005, "media data missing")
    if not upload.data:
        raise ApiError(44001, "empty media data")
    if len(upload.data) >= under:
        raise ApiError(40009, "invalid image size")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(upload.data))
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise ApiError(40137, "invalid image format") from None
    if picture.format not in formats:
        raise ApiError(40005, "invalid file type")
    content_type, extension = FORMATS[picture.format]
    return Picture(content_type, extension, picture.width, picture.height)
