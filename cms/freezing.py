"""Library files become frozen assets: pictures re-encoded without metadata, attachments byte for byte."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, cast

from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from PIL import Image as Pillow

from channels import assets, raster
from channels.edition import Asset
from channels.errors import ContentError

if TYPE_CHECKING:
    from cms.models import DistrictDocument, DistrictImage

MAX_SIDE = 1600
"""Pixels of the longer side of a frozen picture; every channel renders from this master."""

JPEG_QUALITY = 85
REMEMBERED = 30 * 24 * 3600
"""Seconds for which the master of a source is found again instead of made again (previews ask often)."""

UNREADABLE = (
    OSError,  # no such file
    ValueError,
    SuspiciousFileOperation,
    raster.Broken,
)


def picture(image: DistrictImage) -> Asset:
    """The picture as JPEG or PNG, upright, at most 1600 pixels wide and high, without EXIF; a drawing as its pixels.

    A GIF keeps its bytes (it may move). So an edition's pictures are JPEG, PNG or GIF, whatever was uploaded.
    Raises ContentError, naming the picture, when its file is missing or broken.
    """
    try:
        with image.file.open("rb") as file:
            source: bytes = file.read()
        master = _remembered(source) or _made(source, image.filename)
    except UNREADABLE as error:
        raise ContentError(f"图片“{image.title}”无法读取或已损坏，请在图片库重新上传后再签发") from error
    except raster.Unreadable as error:
        raise ContentError(f"图片“{image.title}”{error}") from error
    stem = image.filename.rpartition(".")[0] or image.filename
    return replace(master, name=f"{stem}.{master.extension}", focal=_focal(image))


def attachment(document: DistrictDocument) -> Asset:
    """The document as uploaded. Raises ContentError, naming it, when its file is missing or empty."""
    problem = f"附件“{document.title}”的文件缺失或为空，请在文档库重新上传后再签发"
    try:
        with document.file.open("rb") as file:
            data: bytes = file.read()
    except (OSError, ValueError) as error:
        raise ContentError(problem) from error
    if not data:
        raise ContentError(problem)
    guessed, _ = mimetypes.guess_type(document.filename)
    return assets.freeze(data, content_type=guessed or "application/octet-stream", name=document.filename)


def _remembered(source: bytes) -> Asset | None:
    """The master made earlier, frozen once more: the request that made it may have been rolled back."""
    master = cast("Asset | None", cache.get(_key(source)))
    try:
        data = assets.read(master) if master else b""
    except FileNotFoundError:
        return None
    if not master or not data:
        return None
    return assets.freeze(
        data,
        content_type=master.content_type,
        name=master.name,
        width=master.width,
        height=master.height,
    )


def _made(source: bytes, name: str) -> Asset:
    picture = raster.decoded(source)
    if source.startswith(b"GIF8"):
        data, content_type, size = source, "image/gif", picture.size
    else:
        drawn = source.startswith(b"\x89PNG") or raster.is_drawing(source)
        data, content_type, size = _encoded(picture, lossless=drawn)
    width, height = size
    master = assets.freeze(data, content_type=content_type, name=name, width=width, height=height)
    cache.set(_key(source), master, REMEMBERED)
    return master


def _encoded(picture: Pillow.Image, *, lossless: bool) -> tuple[bytes, str, tuple[int, int]]:
    """Bytes, type and size. Colours keep their profile; nothing else that came with the file is written."""
    profile = picture.info.get("icc_profile")
    flat = picture if lossless else raster.on_white(picture)
    flat.thumbnail((MAX_SIDE, MAX_SIDE), Pillow.Resampling.LANCZOS)
    buffer = BytesIO()
    if lossless:
        flat.save(buffer, "PNG", optimize=True, icc_profile=profile)
    else:
        flat.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True, icc_profile=profile)
    return buffer.getvalue(), "image/png" if lossless else "image/jpeg", flat.size


def _key(source: bytes) -> str:
    return f"frozen:{MAX_SIDE}:{JPEG_QUALITY}:{hashlib.sha256(source).hexdigest()}"


def _focal(image: DistrictImage) -> tuple[float, float] | None:
    """The focal point's centre as fractions from the top left corner, to four places."""
    point = image.get_focal_point()
    if point is None or not image.width or not image.height:
        return None
    across, down = point.centroid
    return (round(across / image.width, 4), round(down / image.height, 4))
