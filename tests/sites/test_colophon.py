"""What the footer leads to: the official mark, the registers and the two places for a reader's word."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Pillow

from sites.inspection.tagging import footer
from sites.models import SiteHome
from tests import factories
from tests.sites import build
from tests.sites.reading import content, soup

pytestmark = pytest.mark.django_db
MARK = "https://bszs.conac.cn/sitename?method=show&id=DEMO"


def hrefs(reader: Client, path: str = "/") -> dict[str, str]:
    links = soup(reader.get(path)).select("footer a")
    return {link.get_text(strip=True) or str(link.img["alt"]): str(link["href"]) for link in links if link}


def test_the_mark_is_the_operator_s_picture_and_leads_to_its_proof(reader: Client, portal: SiteHome) -> None:
    portal.mark = factories.make_image("red.png", factories.picture_bytes("PNG"), description="党政机关")
    portal.mark_url = MARK
    portal.full_clean()
    portal.save()
    assert hrefs(reader)["党政机关"] == MARK
    (image,) = soup(reader.get("/")).select("footer .marks > a:first-child img")
    served = reader.get(str(image["src"]))
    assert served.headers["Content-Type"] == "image/png"
    assert Pillow.open(BytesIO(content(served))).width == 128
    assert "no-store" not in served.headers["Cache-Control"]
    assert footer(reader.get("/").content, {})["党政机关网站标识"] == ""


def test_a_site_without_a_mark_shows_a_placeholder_and_has_no_picture(
    reader: Client, portal: SiteHome
) -> None:
    assert "演示" in str(soup(reader.get("/")).select_one("footer .marks img"))
    assert reader.get("/mark/").status_code == 404


@pytest.mark.parametrize(
    "url", ["https://www.example.com/", "https://bszs.conac.cn.example.com/", "https://conac.cn/"]
)
def test_a_mark_that_leads_elsewhere_is_refused(portal: SiteHome, url: str) -> None:
    portal.mark, portal.mark_url = factories.make_image(), url
    with pytest.raises(ValidationError, match=r"bszs\.conac\.cn"):
        portal.full_clean()


def test_half_a_mark_is_refused(portal: SiteHome) -> None:
    portal.mark_url = MARK
    with pytest.raises(ValidationError, match="同时设置"):
        portal.full_clean()
    portal.mark, portal.mark_url = factories.make_image(), ""
    with pytest.raises(ValidationError, match="同时设置"):
        portal.full_clean()


def test_a_drawing_is_no_mark(portal: SiteHome) -> None:
    drawing = factories.make_image(
        "mark.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    portal.mark, portal.mark_url = drawing, MARK
    with pytest.raises(ValidationError, match="PNG"):
        portal.full_clean()


def test_numbers_lead_to_their_registers(reader: Client, portal: SiteHome) -> None:
    portal.icp, portal.police_record = "演ICP备00000000号", "演公网安备 00000000000000号"
    portal.save()
    found = hrefs(reader)
    assert found[portal.icp] == "https://beian.miit.gov.cn/"
    assert found[portal.police_record].endswith("/#/query/webSearch?code=00000000000000")


def test_errors_are_told_to_the_national_platform_once_the_site_has_a_code(
    reader: Client, portal: SiteHome
) -> None:
    build.column_page(portal, "ywdt")
    own = hrefs(reader, "/news/")
    assert own["我为政府网站找错"] == own["咨询留言"] == "/messages/?page=/news/"
    portal.site_id_code = "4502020001"
    portal.save()
    national = hrefs(reader, "/news/")
    assert national["我为政府网站找错"] == (
        "https://zfwzgl.www.gov.cn/exposure/jiucuo.html"
        "?site_code=4502020001&url=http%3A%2F%2Fportal.example%2Fnews%2F"
    )
    assert national["咨询留言"] == own["咨询留言"]


def test_a_code_of_zeros_is_none(reader: Client, portal: SiteHome) -> None:
    portal.site_id_code = "0000000000"
    portal.save()
    assert hrefs(reader)["我为政府网站找错"].startswith("/messages/")


def test_a_mark_costs_a_page_no_statement(
    reader: Client, portal: SiteHome, django_assert_num_queries: build.QueryCount
) -> None:
    reader.get("/sitemap/")
    with CaptureQueriesContext(connection) as without:
        reader.get("/sitemap/")
    count = len(without)  # later ones push them out
    portal.mark, portal.mark_url = factories.make_image(), MARK
    portal.save()
    reader.get("/sitemap/")
    with django_assert_num_queries(count):
        assert MARK.partition("?")[0] in reader.get("/sitemap/").content.decode()
