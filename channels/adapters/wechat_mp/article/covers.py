"""Covers: one normalised picture for each item and the two crops that the platform shows of it.

The platform crops by fractions (`pic_crop_235_1` at the top of a list, `pic_crop_1_1` below and when shared) and answers
53402 to pictures of an odd shape, so the shape is made sane first.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageOps

from channels.adapters.wechat_mp.api.calls import Upload
from channels.adapters.wechat_mp.article.images import encoded, opened
from channels.raster import on_white

WIDE = 2.35
SIZES = ((1410, 600), (900, 383))
"""Pixels of the wide crop, best first; the last one is the least the platform shows undistorted."""
WIDEST = 3.6
"""Width to height above which a picture is padded to WIDE: a crop would show less than two thirds of it."""
TALLEST = 0.5
"""Width to height below which a picture is cut to it, around the focal point."""
BRAND = ("#9b1c1c", "#b83227", "#8a1616")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cover:
    """`wide` and `square` are crops as the platform takes them ("x1_y1_x2_y2", fractions); empty: none is sent."""

    upload: Upload
    wide: str = ""
    square: str = ""


def cover(data: bytes, name: str, focal: Point | None) -> Cover:
    """The picture as a cover. `focal` in fractions from the top left corner. Raises ContentError for a broken one."""
    picture, point = _sane(on_white(opened(data, name)), focal or (0.5, 0.5))
    picture = _sized(picture)
    return Cover(
        encoded(picture, keep_png=False), _crop(picture.size, WIDE, point), _crop(picture.size, 1.0, point)
    )


def plain_cover(data: bytes, name: str, focal: Point | None) -> Cover:
    """The wide crop alone, as a picture of its own: for a platform that refuses to crop."""
    picture = on_white(opened(data, name))
    size = next((s for s in SIZES if picture.width >= s[0] and picture.height >= s[1]), SIZES[-1])
    cut = ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=focal or (0.5, 0.5))
    return Cover(encoded(cut, keep_png=False))


def default_cover() -> Cover:
    """A plain cover for items without a picture; drawn, so that no file or font has to be shipped."""
    from PIL import ImageDraw  # here: FreeType and HarfBuzz come with it, and most items have a picture

    width, height = SIZES[0]
    canvas = Image.new("RGB", (width, height), BRAND[0])
    draw = ImageDraw.Draw(canvas)
    draw.polygon([(0, height), (0, 360), (width * 0.55, height)], fill=BRAND[2])
    draw.polygon([(width, 0), (width, height), (width * 0.62, height), (width * 0.86, 0)], fill=BRAND[1])
    draw.line([(90, 500), (390, 500)], fill="#f3d9a4", width=6)
    return Cover(encoded(canvas, keep_png=False))


def _sane(picture: Image.Image, focal: Point) -> tuple[Image.Image, Point]:
    """The picture in a shape between TALLEST and WIDEST, and where its focal point is then."""
    width, height = picture.size
    x, y = (min(max(share, 0.0), 1.0) for share in focal)
    if width > WIDEST * height:
        ground = Image.new("RGB", (width, max(1, round(width / WIDE))), "white")
        top = (ground.height - height) // 2
        ground.paste(picture, (0, top))
        return ground, (x, (top + y * height) / ground.height)
    if width < TALLEST * height:
        kept = min(height, max(1, round(width / TALLEST)))
        top = round(min(max(y * height - kept / 2, 0), height - kept))
        return picture.crop((0, top, width, top + kept)), (x, (y * height - top) / kept)
    return picture, (x, y)


def _sized(picture: Image.Image) -> Image.Image:
    """Large enough for the wide crop to have the least size, and not larger than its best one needs."""
    crop = min(picture.width, picture.height * WIDE)
    best, least = SIZES[0][0], SIZES[-1][0]
    scale = least / crop if crop < least else min(1.0, best / crop)
    if scale == 1.0:
        return picture
    # Rounded up: a crop of 899.9 pixels would be below the least size.
    size = (-int(-picture.width * scale // 1), -int(-picture.height * scale // 1))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _crop(size: tuple[int, int], ratio: float, point: Point) -> str:
    """The largest part of this ratio around the point, as "x1_y1_x2_y2"."""
    width, height = size
    across, down = min(1.0, height * ratio / width), min(1.0, width / ratio / height)
    left = min(max(point[0] - across / 2, 0.0), 1.0 - across)
    top = min(max(point[1] - down / 2, 0.0), 1.0 - down)
    return "_".join(_fraction(edge) for edge in (left, top, left + across, top + down))


def _fraction(value: float) -> str:
    text = f"{min(max(value, 0.0), 1.0):.6f}".rstrip("0").rstrip(".")
    return text or "0"
