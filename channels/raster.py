"""Any picture file as pixels: first frame, upright, RGB or RGBA, within bounds. Freezing and adapters share it."""

from __future__ import annotations

import io
import warnings
from typing import cast

import pillow_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from channels import svg

MAX_PIXELS = 80_000_000
"""About the largest photo that a phone takes (108 megapixels are a mode, not a habit); 240 MB while it is decoded."""
SVG_SIDE = 1600
_ERRORS = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    ImageCms.PyCMSError,
)
_SRGB = ImageCms.createProfile("sRGB")
_LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

pillow_heif.register_heif_opener()


class Unreadable(Exception):
    """No picture can be made of a file; the message is a Chinese clause for behind the picture's name."""


class Broken(Unreadable):
    """Cut off, damaged, or no picture at all."""


def decoded(data: bytes) -> Image.Image:
    """The picture of `data`. RGB keeps its colour profile in `info`; every other kind of colour becomes sRGB.

    Decodes fully: half a file passes for a picture until its pixels are read. Raises Unreadable.
    """
    try:
        if svg.is_svg(data):
            data = svg.to_png(data, side=SVG_SIDE)
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            if picture.width * picture.height > MAX_PIXELS:
                raise Unreadable("像素过大，请缩小后重新上传并签发")
            picture.load()
            return _plain_colours(ImageOps.exif_transpose(picture))
    except (Unreadable, svg.Unfit) as error:
        raise Unreadable(str(error)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("像素过大，请缩小后重新上传并签发") from error
    except _ERRORS as error:
        raise Broken("已损坏或不是图片文件，请更换后重新签发") from error


def is_drawing(data: bytes) -> bool:
    """Whether a file is an SVG, which has no pixels of its own."""
    return svg.is_svg(data)


def in_srgb(picture: Image.Image) -> Image.Image:
    """The same picture in sRGB, for places that throw profiles away; nothing else of the file comes along."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA"}:
        picture = _by_profile(picture, profile)
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    return clean


def on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: white is the ground on which articles are read."""
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _plain_colours(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGB", "RGBA"} and "transparency" not in picture.info:
        return picture
    if picture.mode in {"CMYK", "LAB"}:
        profile = picture.info.get("icc_profile", _LAB if picture.mode == "LAB" else None)
        return _by_profile(picture, profile) if profile else picture.convert("RGB")
    if picture.mode.startswith(
        "I"
    ):  # 16 bits a pixel: a plain conversion would cut everything above 255 to white
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    clear = "A" in picture.getbands() or picture.mode == "PA" or "transparency" in picture.info
    plain = picture.convert("RGBA" if clear else "RGB")
    plain.info.pop("icc_profile", None)
    return plain


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """In sRGB. A profile that is broken or meant for other colours is as good as none."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        colours = picture.convert("RGB") if alpha else picture
        turned = ImageCms.profileToProfile(colours, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture if picture.mode in {"RGB", "RGBA"} else picture.convert("RGB")
    found = cast("Image.Image", turned)
    if alpha:
        found.putalpha(alpha)
    found.info.pop("icc_profile", None)
    return found
