"""Files of editions: immutable, typed, and public only while an item that is placed needs them."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from channels.edition import Asset
from channels.models import Item
from sites.models import SiteHome
from tests import factories
from tests.sites import build
from tests.sites.reading import content


def shown(asset: Asset, portal: SiteHome) -> Item:
    image = build.Image(asset=asset) if asset.is_image else build.Attachment(asset=asset, title="附件")
    return build.place(build.edition(body=(image,)), portal.outlet)


def test_a_picture_is_served_for_ever_with_its_type(reader: Client, portal: SiteHome) -> None:
    asset = build.picture()
    shown(asset, portal)
    answer = reader.get(f"/{asset.path}")
    assert hashlib.sha256(content(answer)).hexdigest() == asset.sha256
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "inline"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Length"] == str(asset.size)


def test_an_attachment_is_downloaded_under_its_own_name_and_cannot_act(
    reader: Client, portal: SiteHome
) -> None:
    asset = build.document("岗位表 1.pdf")
    shown(asset, portal)
    answer = reader.get(f"/{asset.path}")
    content(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "%E5%B2%97%E4%BD%8D%E8%A1%A8%201.pdf" in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_known_file_is_not_sent_again(reader: Client, portal: SiteHome) -> None:
    asset = build.picture()
    shown(asset, portal)
    answer = reader.get(f"/{asset.path}", headers={"if-none-match": f'"x", W/"{asset.sha256}"'})
    assert answer.status_code == 304
    assert answer["ETag"] == f'"{asset.sha256}"'


def test_only_files_of_editions_are_served(reader: Client, portal: SiteHome) -> None:
    stray = hashlib.sha256(b"stray").hexdigest()
    default_storage.save(f"assets/{stray[:2]}/{stray}.txt", ContentFile(b"stray"))
    asset = build.picture()
    shown(asset, portal)
    wrong_folder = "00" if asset.sha256[:2] != "00" else "01"
    for path in (
        f"/assets/{stray[:2]}/{stray}.txt",
        f"/assets/{wrong_folder}/{asset.sha256}.jpg",
        f"/assets/{asset.sha256[:2]}/{asset.sha256}.html",
        f"/assets/{asset.sha256[:2]}/../../hub.sqlite3",
    ):
        assert reader.get(path).status_code == 404, path


def test_the_file_of_a_withdrawn_item_is_gone_for_the_public(reader: Client, portal: SiteHome) -> None:
    asset = build.document("名单.pdf")
    item = shown(asset, portal)
    item.withdrawn_at = build.NOW
    item.save()
    assert reader.get(f"/{asset.path}").status_code == 410


def test_a_file_shared_with_a_living_item_stays(reader: Client, portal: SiteHome) -> None:
    asset = build.document("通用表格.pdf")
    item, _ = shown(asset, portal), shown(asset, portal)
    item.withdrawn_at = build.NOW
    item.save()
    answer = reader.get(f"/{asset.path}")
    content(answer)
    assert answer.status_code == 200


def test_a_file_that_a_correction_took_out_is_gone(reader: Client, portal: SiteHome) -> None:
    asset = build.document("错误的附件.pdf")
    value = build.edition(body=(build.Attachment(asset=asset, title="附件"),))
    build.place(value, portal.outlet)
    build.place(build.replace(value, body=()), portal.outlet)
    assert reader.get(f"/{asset.path}").status_code == 410


def test_the_desk_sees_the_files_of_a_draft_and_nobody_else_does(reader: Client, portal: SiteHome) -> None:
    asset = build.picture(colour="#112233")
    assert reader.get(f"/{asset.path}").status_code == 410
    reader.force_login(factories.make_user(superuser=True))
    answer = reader.get(f"/{asset.path}")
    content(answer)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_a_file_lost_from_the_store_is_a_404(reader: Client, portal: SiteHome) -> None:
    asset = build.document("丢失.pdf")
    shown(asset, portal)
    default_storage.delete(asset.path)
    assert reader.get(f"/{asset.path}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_files_are_only_read(reader: Client, portal: SiteHome, method: str) -> None:
    asset = build.picture()
    assert getattr(reader, method)(f"/{asset.path}").status_code == 405
