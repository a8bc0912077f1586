"""Pictures as the platform takes them."""

from __future__ import annotations

import io
import random
import re
import struct

import pytest
from PIL import Image, ImageCms

from channels import svg
from channels.adapters.wechat_mp.api.calls import Upload
from channels.adapters.wechat_mp.article.covers import cover, default_cover, plain_cover
from channels.adapters.wechat_mp.article.images import MAX_BYTES, MAX_WIDTH, article_image, qr_image
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
        lambda: cover(data, "现场照片.jpg", None),
        lambda: plain_cover(data, "现场照片.jpg", None),
    ):
        with pytest.raises(ContentError) as caught:
            make()
        assert caught.value.message == "图片“现场照片.jpg”已损坏或不是图片文件，请更换后重新签发"


def test_a_bomb_is_refused() -> None:
    bomb = encoded(Image.new("1", (10_000, 9_000)), "PNG")
    with pytest.raises(ContentError, match="图片“图”像素过大，请缩小后重新上传并签发"):
        article_image(bomb, "图")


def test_a_moving_picture_shows_its_first_frame() -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    upload = article_image(buffer.getvalue(), "动图.gif")
    assert accepted(upload)
    assert decoded(upload).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_a_heic_photo_becomes_a_jpeg() -> None:
    upload = article_image(encoded(Image.new("RGB", (320, 200), "teal"), "HEIF"), "手机照片.heic")
    assert upload.content_type == "image/jpeg"
    assert decoded(upload).size == (320, 200)


def test_sixteen_bits_keep_their_shades() -> None:
    deep = Image.new("I;16", (40, 40), 30_000)
    assert decoded(article_image(encoded(deep, "PNG"), "图")).convert("L").getpixel((1, 1)) in {116, 117}


def test_colours_of_print_become_those_of_a_screen() -> None:
    ink = Image.new("CMYK", (40, 40), (0, 255, 255, 0))
    red, green, blue = decoded(article_image(encoded(ink, "JPEG", quality=95), "图")).getpixel((1, 1))
    assert red > 200
    assert max(green, blue) < 60


def with_red_and_blue_swapped() -> bytes:
    """An sRGB profile whose red is blue."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")


def with_green_ink_only() -> bytes:
    """A CMYK profile (ICC.1:2001, one lut8) for which every ink is the same green."""
    ramp = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0])
    lut += struct.pack(">9i", *(65536 if n in {0, 4, 8} else 0 for n in range(9)))
    lut += ramp * 4 + bytes([140, 70, 170]) * 16 + ramp * 3
    head = struct.pack(">I4xI4s4s4s", 132 + 12 + len(lut), 0x02400000, b"prtr", b"CMYK", b"Lab ")
    head += (
        struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
        + b"acsp"
        + bytes(28)
        + struct.pack(">3i", 63190, 65536, 54061)
    )
    return head.ljust(128, b"\0") + struct.pack(">I4sII", 1, b"A2B0", 144, len(lut)) + lut


def test_a_colour_profile_is_applied_before_it_is_thrown_away() -> None:
    tagged = Image.new("RGB", (40, 40), (200, 20, 20))
    data = encoded(tagged, "PNG", icc_profile=with_red_and_blue_swapped())
    turned = decoded(article_image(data, "图"))
    red, _, blue = turned.getpixel((1, 1))
    assert red < 60
    assert blue > 180
    assert "icc_profile" not in turned.info


def test_the_profile_of_a_picture_for_print_decides_its_colours() -> None:
    ink = Image.new("CMYK", (40, 40), (0, 255, 255, 0))
    data = encoded(ink, "JPEG", quality=95, icc_profile=with_green_ink_only())
    red, green, blue = decoded(article_image(data, "图")).getpixel((1, 1))
    assert green > max(red, blue) + 30


def test_colours_by_lightness_become_those_of_a_screen() -> None:
    grey = Image.new("LAB", (40, 40), (128, 128, 128))
    red, green, blue = decoded(article_image(encoded(grey, "TIFF"), "图")).getpixel((1, 1))
    assert max(red, green, blue) - min(red, green, blue) < 12


def test_a_broken_profile_is_as_good_as_none() -> None:
    tagged = encoded(Image.new("RGB", (40, 40), (90, 120, 150)), "PNG", icc_profile=b"no profile")
    assert decoded(article_image(tagged, "图")).getpixel((1, 1)) == (90, 120, 150)


def test_a_photo_of_eight_megabytes_gets_under_the_limit() -> None:
    heavy = encoded(noise(2000, 1500), "JPEG", quality=98)
    data = heavy + b"\0" * (8_000_000 - len(heavy))
    upload = article_image(data, "大图.jpg")
    assert len(data) == 8_000_000
    assert accepted(upload)


def test_an_address_becomes_a_code_that_the_platform_takes() -> None:
    upload = qr_image("https://a.example/plan?x=1&y=2")
    assert accepted(upload)
    assert qr_image("https://a.example/plan?x=1&y=2") == upload
    assert qr_image("https://b.example/") != upload
    assert decoded(upload).width >= 200
    assert accepted(qr_image("https://a.example/" + "x" * 280))


class TestDrawings:
    DRAWING = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
        '<rect width="40" height="20" fill="#00f"/>{}</svg>'
    )

    def test_a_drawing_becomes_pixels(self) -> None:
        upload = article_image(self.DRAWING.format("").encode(), "示意图.svg")
        assert accepted(upload)
        assert decoded(upload).size == (MAX_WIDTH, MAX_WIDTH // 2)
        assert decoded(upload).convert("RGB").getpixel((9, 9)) == (0, 0, 255)

    @pytest.mark.parametrize(
        ("part", "why"),
        [
            ("<script>alert(1)</script>", "脚本"),
            ('<rect onclick="alert(1)" width="1" height="1"/>', "脚本"),
            ("<foreignObject><p>x</p></foreignObject>", "脚本或网页"),
            ('<image xlink:href="http://192.0.2.1/a.png" width="1" height="1"/>', "外部"),
            ('<image href="/etc/passwd" width="1" height="1"/>', "外部"),
            ('<rect style="fill:url(http://192.0.2.1/a)" width="1" height="1"/>', "外部"),
            ("<style>@import 'http://192.0.2.1/a.css';</style>", "外部"),
            ("<text>城中区</text>", "文字"),
            ("<g>", "有误"),
        ],
    )
    def test_a_drawing_that_acts_fetches_or_speaks_is_refused(self, part: str, why: str) -> None:
        with pytest.raises(ContentError) as caught:
            article_image(self.DRAWING.format(part).encode(), "示意图.svg")
        assert "图片“示意图.svg”" in caught.value.message
        assert why in caught.value.message
        assert caught.value.message.endswith("重新上传并签发")

    def test_entities_of_a_drawing_are_refused(self) -> None:
        bomb = f'<!DOCTYPE svg [<!ENTITY a "{"x" * 100}">]>' + self.DRAWING.format("&a;")
        with pytest.raises(ContentError, match="实体"):
            article_image(bomb.encode(), "示意图.svg")

    def test_a_drawing_without_end_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(svg, "SECONDS", 0.5)
        noise = '<feTurbulence baseFrequency=".01" numOctaves="200"/>'
        slow = self.DRAWING.format(
            f'<filter id="f">{noise * 50}</filter><rect width="40" height="20" filter="url(#f)"/>'
        )
        with pytest.raises(ContentError, match="过于复杂"):
            article_image(slow.encode(), "示意图.svg")

    def test_a_drawing_of_any_length_stays_within_bounds(self) -> None:
        endless = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="1e9"><rect width="9" height="9"/></svg>'
        assert max(decoded(article_image(endless.encode(), "示意图.svg")).size) <= 1600


def part(crop: str, image: Image.Image) -> Image.Image:
    """What the platform would show of an uploaded cover."""
    left, top, right, bottom = (float(edge) for edge in crop.split("_"))
    box = (left * image.width, top * image.height, right * image.width, bottom * image.height)
    return image.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "size",
    [
        (3000, 2000),
        (1000, 700),
        (900, 383),
        (120, 90),
        (1, 1),
        (4000, 300),
        (300, 4000),
        (1, 3000),
        (3000, 1),
    ],
)
def test_both_crops_of_a_cover_have_their_shape_and_size(size: tuple[int, int]) -> None:
    made = cover(encoded(Image.new("RGB", size, "teal"), "PNG"), "图", None)
    image = decoded(made.upload)
    assert pictures.for_library(pictures.Upload("c.jpg", made.upload.data), "image")
    assert 0.5 <= image.width / image.height <= 3.6
    wide, square = part(made.wide, image), part(made.square, image)
    assert wide.width / wide.height == pytest.approx(2.35, rel=0.01)
    assert wide.width >= 900
    assert wide.height >= 382
    assert wide.width <= 1412
    assert square.width == pytest.approx(square.height, abs=1)


@pytest.mark.parametrize("focal", [(0.0, 0.0), (1.0, 1.0), (0.5, 0.95), (2.0, -1.0)])
def test_crops_stay_within_the_picture_and_are_short(focal: tuple[float, float]) -> None:
    made = cover(encoded(Image.new("RGB", (1001, 777)), "JPEG"), "图", focal)
    for crop in (made.wide, made.square):
        edges = crop.split("_")
        assert all(re.fullmatch(r"0|1|0\.\d{1,6}", edge) for edge in edges), crop
        left, top, right, bottom = map(float, edges)
        assert left < right
        assert top < bottom


def test_the_crops_of_a_cover_keep_the_focal_point() -> None:
    tall = Image.new("RGB", (1000, 4000), "white")
    tall.paste("red", (0, 3600, 1000, 4000))
    made = cover(encoded(tall, "PNG"), "图", (0.5, 0.95))
    for crop in (made.wide, made.square):
        shown = part(crop, decoded(made.upload))
        assert shown.getpixel((shown.width // 2, shown.height - 5))[1] < 60
    middle = cover(encoded(tall, "PNG"), "图", None)
    shown = part(middle.wide, decoded(middle.upload))
    assert shown.getpixel((shown.width // 2, shown.height - 5))[1] > 200


def test_a_banner_is_shown_whole_on_white() -> None:
    banner = Image.new("RGB", (4000, 300), "red")
    made = cover(encoded(banner, "PNG"), "图", None)
    shown = part(made.wide, decoded(made.upload))
    assert shown.getpixel((5, shown.height // 2))[1] < 60
    assert shown.getpixel((shown.width - 5, shown.height // 2))[1] < 60
    assert shown.getpixel((5, 5))[1] > 200


@pytest.mark.parametrize(
    ("size", "expected"), [((3000, 2000), (1410, 600)), ((1000, 700), (900, 383)), ((120, 90), (900, 383))]
)
def test_a_plain_cover_is_the_wide_crop_alone(size: tuple[int, int], expected: tuple[int, int]) -> None:
    made = plain_cover(encoded(Image.new("RGB", size), "JPEG"), "图", None)
    assert decoded(made.upload).size == expected
    assert (made.wide, made.square) == ("", "")


def test_the_default_cover_is_always_the_same_and_is_taken() -> None:
    upload = default_cover().upload
    assert default_cover().upload == upload
    assert pictures.for_library(pictures.Upload("c.jpg", upload.data), "image").width == 1410
