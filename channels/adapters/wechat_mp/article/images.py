"""Pictures as the platform takes them: real JPEG or PNG, under 1 MB, without what the camera wrote into them."""

from __future__ import annotations

import hashlib
import io
import warnings

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from channels.adapters.wechat_mp.api.client import Upload
from channels.errors import ContentError

MAX_BYTES = 1_000_000
"""uploadimg takes less than 1 MB (whether 10^6 or 2^20 is not stated)."""
MAX_WIDTH = 1280
"""Twice the width of an article on a phone, in pixels; the platform shrinks anything wider."""
MAX_PIXELS = 80_000_000
COVER_RATIO = 2.35
COVER_SIZES = ((1410, 600), (900, 383))
"""Pixels, best first; the last one is the least the platform shows undistorted."""
QUALITIES = (88, 80, 70, 60)
SHRINK = 0.8
BRAND = ("#9b1c1c", "#b83227", "#8a1616")


def article_image(data: bytes, name: str) -> Upload:
    """The picture for use inside an article. `name` is for messages. Raises ContentError for a broken one."""
    picture = _upright(_open(data, name))
    if picture.width > MAX_WIDTH:
        picture = picture.resize(
            (MAX_WIDTH, max(1, round(picture.height * MAX_WIDTH / picture.width))), Image.Resampling.LANCZOS
        )
    return _encoded(picture, keep_png=_is_flat_art(data))


def cover_image(data: bytes, name: str, focal: tuple[float, float] | None) -> Upload:
    """The 2.35:1 cover cut from a picture around its focal point (fractions from the top left corner)."""
    picture = _flat(_upright(_open(data, name)))
    x, y = focal or (0.5, 0.5)
    for size in COVER_SIZES:
        if picture.width >= size[0] and picture.height >= size[1]:
            break
    cut = ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=(x, y))
    return _encoded(cut, keep_png=False)


def default_cover() -> Upload:
    """A plain cover for items without a picture; drawn, so that no file or font has to be shipped."""
    width, height = COVER_SIZES[0]
    canvas = Image.new("RGB", (width, height), BRAND[0])
    draw = ImageDraw.Draw(canvas)
    draw.polygon([(0, height), (0, 360), (width * 0.55, height)], fill=BRAND[2])
    draw.polygon([(width, 0), (width, height), (width * 0.62, height), (width * 0.86, 0)], fill=BRAND[1])
    draw.line([(90, 500), (390, 500)], fill="#f3d9a4", width=6)
    return _encoded(canvas, keep_png=False)


def _open(data: bytes, name: str) -> Image.Image:
    """The decoded first frame. Decodes fully: half a file passes for a picture until its pixels are read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            if picture.width * picture.height > MAX_PIXELS:
                raise ContentError(f"图片“{name}”像素过大，请缩小后重新上传并签发")
            picture.load()
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
    ) as error:
        raise ContentError(f"图片“{name}”已损坏或不是图片文件，请更换后重新签发") from error
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera held it, in RGB or RGBA; colour profile, GPS and other metadata are left behind."""
    turned = ImageOps.exif_transpose(picture)
    has_alpha = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    converted = turned.convert("RGBA" if has_alpha else "RGB")
    clean = Image.new(converted.mode, converted.size)
    clean.paste(converted)
    return clean


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency, on white: that is the ground on which articles are read."""
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _is_flat_art(data: bytes) -> bool:
    """Whether the source was a PNG or GIF: drawings and screenshots, which JPEG would smear."""
    return data[:4] in {b"\x89PNG", b"GIF8"}


def _encoded(picture: Image.Image, *, keep_png: bool) -> Upload:
    if keep_png or picture.mode == "RGBA":
        data = _png(picture)
        if len(data) < MAX_BYTES:
            return _upload(data, "png")
    picture = _flat(picture)
    while True:
        for quality in QUALITIES:
            data = _jpeg(picture, quality)
            if len(data) < MAX_BYTES:
                return _upload(data, "jpg")
        smaller = (max(1, int(picture.width * SHRINK)), max(1, int(picture.height * SHRINK)))
        picture = picture.resize(smaller, Image.Resampling.LANCZOS)


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
