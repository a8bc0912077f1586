"""Pictures of the library, drafts' pictures included, are for the desk only."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cms.models import DistrictImage
from tests.factories import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["original_images", "images"])
def picture(request: pytest.FixtureRequest) -> str:
    """Address of a stored file; what is in it does not matter here."""
    name = default_storage.save(f"{request.param}/photo.jpg", ContentFile(b"a picture"))
    return default_storage.url(name)


def test_the_desk_sees_pictures(admin_client: Client, picture: str) -> None:
    answer = admin_client.get(picture)

    assert b"".join(answer) == b"a picture"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "private" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer.close()


def test_a_reader_is_sent_to_the_log_in(client: Client, picture: str) -> None:
    answer = client.get(picture)

    assert answer.status_code == 302
    assert "/admin/login/" in answer.headers["Location"]


@pytest.mark.parametrize("folder", ["documents", "assets/ab", "images/../documents", "images/sub"])
def test_nothing_else_of_the_folder_is_served(admin_client: Client, folder: str) -> None:
    name = default_storage.save(f"{folder.replace('images/../', '')}/secret.txt", ContentFile(b"secret"))

    answer = admin_client.get(f"/media/{folder}/{name.rpartition('/')[2]}")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "平面图.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><rect width="4" height="2"/></svg>',
        ),
        ("IMG_0001.heic", picture_bytes("HEIF")),
    ],
)
def test_drawings_and_photos_of_phones_can_be_uploaded(admin_client: Client, name: str, data: bytes) -> None:
    file = SimpleUploadedFile(name, data)
    admin_client.post(reverse("wagtailimages:add"), {"title": "图", "file": file})

    image = DistrictImage.objects.get()
    assert image.width
