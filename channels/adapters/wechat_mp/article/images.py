"""Pictures as the platform takes them: real JPEG or PNG, under 1 MB, without what the camera wrote into them."""

from __future__ import annotations

import hashlib
import io

import segno
from PIL import Image

from channels import raster
from channels.adapters.wechat_mp.api.calls import Upload
from channels.errors import ContentError

MAX_BYTES = 1_000_000
"""uploadimg takes less than 1 MB (whether 10^6 or 2^20 is not stated)."""
MAX_WIDTH = 1280
"""Twice the width of an article on a phone, in pixels; the platform shrinks anything wider."""
QUALITIES = (88, 80, 70, 60)
SHRINK = 0.8
QR_SCALE = 8
"""Pixels of a module: sharp at three times the density of a screen."""


def article_image(data: bytes, name: str) -> Upload:
    """The picture for use inside an article. `name` is for messages. Raises ContentError for a broken one."""
    picture = opened(data, name)
    if picture.width > MAX_WIDTH:
        picture = picture.resize(
            (MAX_WIDTH, max(1, round(picture.height * MAX_WIDTH / picture.width))), Image.Resampling.LANCZOS
        )
    return encoded(picture, keep_png=_is_flat_art(data))


def qr_image(address: str) -> Upload:
    """The address as a QR code with its quiet zone."""
    buffer = io.BytesIO()
    segno.make_qr(address, error="m").save(buffer, kind="png", scale=QR_SCALE, border=4)
    return _upload(buffer.getvalue(), "png")


def opened(data: bytes, name: str) -> Image.Image:
    """First frame, upright, in sRGB, RGB or RGBA. Raises ContentError, naming the picture."""
    try:
        return raster.in_srgb(raster.decoded(data))
    except raster.Unreadable as error:
        raise ContentError(f"图片“{name}”{error}") from error


def encoded(picture: Image.Image, *, keep_png: bool) -> Upload:
    """Under MAX_BYTES, at the best quality that fits; made smaller only when no quality does."""
    if keep_png or picture.mode == "RGBA":
        data = _png(picture)
        if len(data) < MAX_BYTES:
            return _upload(data, "png")
    picture = raster.on_white(picture)
    while True:
        for quality in QUALITIES:
            data = _jpeg(picture, quality)
            if len(data) < MAX_BYTES:
                return _upload(data, "jpg")
        smaller = (max(1, int(picture.width * SHRINK)), max(1, int(picture.height * SHRINK)))
        picture = picture.resize(smaller, Image.Resampling.LANCZOS)


def _is_flat_art(data: bytes) -> bool:
    """Whether the source was a PNG, a GIF or a drawing, which JPEG would smear."""
    return data[:4] in {b"\x89PNG", b"GIF8"} or raster.is_drawing(data)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _upload(data: bytes, extension: str) -> Upload:
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.{extension}"
    return Upload(name, "image/png" if extension == "png" else "image/jpeg", data)
