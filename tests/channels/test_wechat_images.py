"""Pictures as the platform takes them."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from channels.adapters.wechat_mp.api.client import Upload
from channels.adapters.wechat_mp.article.images import (
    MAX_BYTES,
    MAX_WIDTH,
    article_image,
    cover_image,
    default_cover,
)
from channels.errors import ContentError
from channels.sandbox import pictures


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that no encoder can shrink."""
    count = width * height * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(7).randbytes(count))


def decoded(upload: Upload) -> Image.Image:
    picture = Image.open(io.BytesIO(upload.data))
    picture.load()
    return picture


def accepted(upload: Upload) -> bool:
    """Whether the strict stand-in takes it for an article."""
    pictures.for_article(pictures.Upload(upload.name, upload.data))
    return True


@pytest.mark.parametrize(
    ("form", "mode"),
    [("WEBP", "RGB"), ("WEBP", "RGBA"), ("GIF", "P"), ("BMP", "RGB"), ("TIFF", "CMYK"), ("JPEG", "CMYK"), ("PNG", "LA"), ("PNG", "I;16")],
)  # fmt: skip
def test_every_format_becomes_one_that_the_platform_takes(form: str, mode: str) -> None:
    upload = article_image(encoded(Image.new(mode, (640, 400)), form), "图")
    assert accepted(upload)
    assert decoded(upload).format in {"JPEG", "PNG"}
    assert decoded(upload).mode in {"RGB", "RGBA"}


def test_a_heavy_photo_gets_under_the_limit_and_keeps_its_shape() -> None:
    upload = article_image(encoded(noise(2400, 1600), "PNG"), "图")
    assert len(upload.data) < MAX_BYTES
    assert accepted(upload)
    picture = decoded(upload)
    assert picture.width <= MAX_WIDTH
    assert picture.width / picture.height == pytest.approx(1.5, rel=0.01)


def test_a_long_poster_keeps_its_length() -> None:
    picture = decoded(article_image(encoded(Image.new("RGB", (1080, 9000), "teal"), "JPEG"), "长图"))
    assert picture.size == (1080, 9000)


def test_a_drawing_stays_a_png_and_its_transparency_stays() -> None:
    upload = article_image(encoded(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG"), "图标")
    assert upload.content_type == "image/png"
    assert decoded(upload).getpixel((1, 1)) == (0, 0, 0, 0)


def test_a_heavy_transparent_picture_is_put_on_white() -> None:
    picture = noise(1200, 1200, "RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 100, 100))
    upload = article_image(encoded(picture, "PNG"), "图")
    assert upload.content_type == "image/jpeg"
    red, green, blue = decoded(upload).getpixel((20, 20))
    assert min(red, green, blue) > 240


def test_a_turned_photo_stands_upright_and_says_nothing_about_its_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (24.0, 19.0, 0.0)}
    upload = article_image(encoded(Image.new("RGB", (400, 200)), "JPEG", exif=exif), "图")
    assert decoded(upload).size == (200, 400)
    assert not decoded(upload).getexif()


def test_equal_pictures_give_equal_uploads_with_ascii_names() -> None:
    data = encoded(noise(200, 200), "JPEG")
    assert article_image(data, "图") == article_image(data, "图")
    assert article_image(data, "图").name.isascii()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<html></html>",
        encoded(noise(300, 300), "PNG")[:5000],
        encoded(noise(300, 300), "JPEG")[:900],
    ],
)
def test_a_broken_picture_is_the_editors_and_named(data: bytes) -> None:
    for make in (
        lambda: article_image(data, "现场照片.jpg"),
        lambda: cover_image(data, "现场照片.jpg", None),
    ):
        with pytest.raises(ContentError) as caught:
            make()
        assert "现场照片.jpg" in caught.value.message
        assert "更换后重新签发" in caught.value.message


def test_a_bomb_is_refused() -> None:
    bomb = encoded(Image.new("1", (10_000, 9_000)), "PNG")
    with pytest.raises(ContentError):
        article_image(bomb, "图")


@pytest.mark.parametrize(
    ("size", "expected"), [((3000, 2000), (1410, 600)), ((1000, 700), (900, 383)), ((120, 90), (900, 383))]
)
def test_a_cover_has_the_platforms_shape(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert decoded(cover_image(encoded(Image.new("RGB", size), "JPEG"), "图", None)).size == expected


def test_the_cut_of_a_cover_keeps_the_focal_point() -> None:
    tall = Image.new("RGB", (1500, 3000), "white")
    tall.paste("red", (0, 2500, 1500, 3000))
    at_the_foot = decoded(cover_image(encoded(tall, "PNG"), "图", (0.5, 0.95)))
    in_the_middle = decoded(cover_image(encoded(tall, "PNG"), "图", None))
    assert at_the_foot.getpixel((700, 500))[1] < 60
    assert in_the_middle.getpixel((700, 500))[1] > 200


def test_the_default_cover_is_always_the_same_and_is_taken() -> None:
    assert default_cover() == default_cover()
    assert pictures.for_library(pictures.Upload("c.jpg", default_cover().data), "image").width == 1410
