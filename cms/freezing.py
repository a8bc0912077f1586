"""Library files become frozen assets: pictures re-encoded without metadata, attachments byte for byte."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from django.core.exceptions import SuspiciousFileOperation
from PIL import Image as Pillow
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError
from willow.image import UnrecognisedImageFormatError

from channels import assets
from channels.edition import Asset
from channels.errors import ContentError

if TYPE_CHECKING:
    from cms.models import DistrictDocument, DistrictImage, DistrictRendition

MAX_SIDE = 1600
"""Pixels of the longer side of a frozen picture; every channel renders from this master."""

UNREADABLE = (
    SourceImageIOError,
    UnrecognisedImageFormatError,
    InvalidFilterSpecError,
    SuspiciousFileOperation,
    Pillow.DecompressionBombError,
    OSError,
    SyntaxError,  # Pillow's word for a broken PNG chunk
    ValueError,
)


def picture(image: DistrictImage) -> Asset:
    """The picture at most 1600 pixels wide and high, without EXIF. A GIF keeps its bytes (it may move).

    Raises ContentError, naming the picture, when its file is missing or broken.
    """
    try:
        return _original(image) if _is_gif(image) else _master(image)
    except UNREADABLE as error:
        raise ContentError(_broken(image)) from error


def attachment(document: DistrictDocument) -> Asset:
    """The document as uploaded. Raises ContentError, naming it, when its file is missing or empty."""
    try:
        with document.file.open("rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:
        raise ContentError(_missing(document)) from error
    if not data:
        raise ContentError(_missing(document))
    guessed, _ = mimetypes.guess_type(document.filename)
    return assets.freeze(data, content_type=guessed or "application/octet-stream", name=document.filename)


def probe(image: DistrictImage) -> None:
    """Raises ContentError when `picture` would; keeps nothing but the rendition."""
    try:
        if _is_gif(image):
            with image.file.open("rb") as file, Pillow.open(file) as opened:
                opened.verify()
        else:
            _rendition(image)
    except UNREADABLE as error:
        raise ContentError(_broken(image)) from error


def probe_document(document: DistrictDocument) -> None:
    """Raises ContentError when `attachment` would."""
    try:
        size = document.file.size
    except (OSError, ValueError) as error:
        raise ContentError(_missing(document)) from error
    if not size:
        raise ContentError(_missing(document))


def _broken(image: DistrictImage) -> str:
    return f"图片“{image.title}”无法读取或已损坏，请在图片库重新上传后再签发"


def _missing(document: DistrictDocument) -> str:
    return f"附件“{document.title}”的文件缺失或为空，请在文档库重新上传后再签发"


def _is_gif(image: DistrictImage) -> bool:
    return image.filename.lower().endswith(".gif")


def _original(image: DistrictImage) -> Asset:
    with image.file.open("rb") as file:
        data = file.read()
    with image.file.open("rb") as file, Pillow.open(file) as picture:
        picture.verify()
        width, height = picture.size
    return assets.freeze(
        data,
        content_type="image/gif",
        name=image.filename,
        width=width,
        height=height,
        focal=_focal(image),
    )


def _master(image: DistrictImage) -> Asset:
    rendition = _rendition(image)
    lossless = _is_png(image)
    with rendition.file.open("rb") as file:
        data = file.read()
    stem = image.filename.rpartition(".")[0] or image.filename
    return assets.freeze(
        data,
        content_type="image/png" if lossless else "image/jpeg",
        name=f"{stem}.{'png' if lossless else 'jpg'}",
        width=rendition.width,
        height=rendition.height,
        focal=_focal(image),
    )


def _rendition(image: DistrictImage) -> DistrictRendition:
    encoding = "format-png" if _is_png(image) else "format-jpeg|jpegquality-85|bgcolor-ffffff"
    return image.get_rendition(f"max-{MAX_SIDE}x{MAX_SIDE}|{encoding}")


def _is_png(image: DistrictImage) -> bool:
    return image.filename.lower().endswith(".png")


def _focal(image: DistrictImage) -> tuple[float, float] | None:
    """The focal point's centre as fractions from the top left corner, to four places."""
    point = image.get_focal_point()
    if point is None or not image.width or not image.height:
        return None
    across, down = point.centroid
    return (round(across / image.width, 4), round(down / image.height, 4))
