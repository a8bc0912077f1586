"""Smaller copies of pictures: made once, under the rules of the asset they come from."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image as Picture

from channels import assets
from channels.edition import Asset, Image
from channels.models import Item
from sites.media import pictures
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import content, soup


def shown(portal: SiteHome, asset: Asset) -> Item:
    return build.place(build.edition(cover=Image(asset=asset, alt="江景")), portal.outlet)


def frozen(format_: str, mode: str = "RGB", size: tuple[int, int] = (1600, 900)) -> Asset:
    stream = BytesIO()
    Picture.new(mode, size, 200 if mode == "L" else None).save(stream, format_)
    return assets.freeze(
        stream.getvalue(),
        content_type=f"image/{format_.lower()}",
        name=f"图.{format_.lower()}",
        width=size[0],
        height=size[1],
    )


@pytest.mark.parametrize(
    ("format_", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")],
)
@pytest.mark.parametrize("width", pictures.WIDTHS)
def test_a_copy_is_as_wide_as_asked_and_of_the_same_kind(
    reader: Client, portal: SiteHome, format_: str, mode: str, width: int
) -> None:
    asset = frozen(format_, mode)
    shown(portal, asset)
    answer = reader.get(pictures.url(asset, width))
    body = content(answer)
    with Picture.open(BytesIO(body)) as copy:
        assert copy.size == (width, round(900 * width / 1600))
        assert copy.format == format_
    assert answer["Content-Type"] == asset.content_type
    assert "immutable" in answer["Cache-Control"]
    assert default_storage.exists(pictures.path_of(asset.path, width))
    assert content(reader.get(pictures.url(asset, width))) == body


def test_a_copy_goes_with_its_item(reader: Client, portal: SiteHome) -> None:
    asset = frozen("JPEG")
    item = shown(portal, asset)
    path = pictures.url(asset, pictures.CARD)
    content(reader.get(path))
    item.withdrawn_at = build.NOW
    item.save()
    assert reader.get(path).status_code == 410


def test_sizes_that_no_page_asks_for_are_not_made(reader: Client, portal: SiteHome) -> None:
    asset = frozen("JPEG")
    shown(portal, asset)
    for width in (1, 481, 9999):
        path = f"/pictures/{width}/{asset.path.removeprefix('assets/')}"
        assert reader.get(path).status_code == 404
        assert not default_storage.exists(pictures.path_of(asset.path, width))


def test_no_copy_is_made_of_an_attachment(reader: Client, portal: SiteHome) -> None:
    document = build.document()
    build.place(build.edition(body=(build.Attachment(asset=document, title="表"),)), portal.outlet)
    assert reader.get(f"/pictures/480/{document.path.removeprefix('assets/')}").status_code == 404


def test_the_copy_of_a_lost_picture_is_a_404(reader: Client, portal: SiteHome) -> None:
    asset = frozen("JPEG", size=(1601, 900))
    shown(portal, asset)
    default_storage.delete(asset.path)
    assert reader.get(pictures.url(asset, pictures.CARD)).status_code == 404


def test_a_small_or_moving_picture_is_shown_as_it_is() -> None:
    small = frozen("JPEG", size=(480, 300))
    moving = frozen("GIF", "P")
    assert pictures.url(small, pictures.CARD) == f"/{small.path}"
    assert pictures.url(moving, pictures.CARD) == f"/{moving.path}"


@pytest.mark.parametrize(
    ("focal", "classes"),
    [
        (None, ""),
        ((0.0, 1.0), "across-0 down-4"),
        ((0.5, 0.3), "across-2 down-1"),
        ((-1.0, 2.0), "across-0 down-4"),
    ],
)
def test_the_focal_point_stays_in_a_cropped_picture(focal: tuple[float, float] | None, classes: str) -> None:
    asset = Asset(sha256="0" * 64, content_type="image/jpeg", name="a.jpg", size=1, focal=focal)
    assert pictures.focal_class(asset) == classes


def test_pages_ask_for_the_size_that_they_show(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    asset = frozen("JPEG")
    value = build.edition(cover=Image(asset=asset, alt="江景"), body=(Image(asset=asset, alt="江景"),))
    build.place(value, portal.outlet)
    cover = soup(reader.get("/")).select_one(".strip img")
    picture = soup(reader.get(f"/news/{value.slug}/")).select_one(".body img")
    assert cover is not None
    assert picture is not None
    assert cover["src"] == pictures.url(asset, pictures.CARD)
    assert picture["src"] == pictures.url(asset, pictures.BODY)
