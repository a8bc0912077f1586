"""扫码统计 at the desk: by place, by item, by day, as a spreadsheet; and the codes of one item."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from channels.models import Item
from sites.leaving.models import AllowedDomain
from sites.models import SiteHome
from sites.shortlinks.links import link_for
from sites.shortlinks.models import ScanDay
from tests import factories
from tests.sites import build
from tests.sites.reading import soup, words


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(factories.make_user(superuser=True))
    return client


@pytest.fixture
def item(portal: SiteHome) -> Item:
    """Scanned 5 times within a month, and once before."""
    item = build.place(build.edition(headline="=停水通知"), portal.outlet)
    link = link_for(item.pk, now=build.NOW)
    today = timezone.localdate()
    for place, days, times in (("portal", 0, 2), ("_poster", 3, 3), ("", 200, 1)):
        ScanDay.objects.create(link=link, place=place, day=today - timedelta(days=days), times=times)
    return item


def test_the_list_sums_by_place_and_item(
    desk: Client, item: Item, django_assert_max_num_queries: build.QueryCount
) -> None:
    text = words(desk.get("/admin/shortlinks/"), ".desk")
    assert "共扫码 5 次" in text
    assert "张贴海报 3" in text
    assert "portal 站 2" in text
    assert "共扫码 6 次" in words(desk.get("/admin/shortlinks/?days=365"), ".desk")
    for other in build.places(8):
        link = link_for(other.pk, now=build.NOW)
        ScanDay.objects.create(link=link, place="portal", day=timezone.localdate(), times=1)
    with django_assert_max_num_queries(15):  # with those that Wagtail needs for the page around it
        desk.get("/admin/shortlinks/")


def test_the_spreadsheet_has_a_line_for_each_place_and_day_and_no_formula(desk: Client, item: Item) -> None:
    answer = desk.get("/admin/shortlinks/scans.csv?days=365")
    assert answer["Content-Type"].startswith("text/csv")
    head, *lines = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert head == ["日期", "短码", "稿件", "来源", "次数"]
    code = link_for(item.pk, now=build.NOW).code
    assert [line[1:] for line in lines] == [
        [code, "'=停水通知", "未注明", "1"],
        [code, "'=停水通知", "张贴海报", "3"],
        [code, "'=停水通知", "portal 站", "2"],
    ]
    assert desk.get("/admin/shortlinks/scans.csv?item=x").status_code == 404


def test_the_page_of_an_item_has_its_codes_and_the_desk_leads_there(desk: Client, item: Item) -> None:
    page = desk.get(f"/admin/shortlinks/{item.pk}/")
    links = {tag["href"] for tag in soup(page).select(".desk a")}
    assert {f"/poster/{item.pk}.pdf", f"/qr/i/{item.pk}.svg?o=portal"} <= links
    panel = soup(desk.get(f"/admin/desk/items/{item.pk}/"))
    assert panel.select_one(f"a[href='/admin/shortlinks/{item.pk}/']") is not None
    assert "最近 30 天扫码 5 次" in panel.get_text()


def test_an_item_that_is_not_public_has_no_code_at_the_desk(desk: Client, portal: SiteHome) -> None:
    hidden = build.place(build.edition(), build.outlet("periodical", channel="handoff"))
    assert "短链接" not in desk.get(f"/admin/desk/items/{hidden.pk}/").content.decode()
    assert desk.get(f"/admin/shortlinks/{hidden.pk}/").status_code == 404


def test_a_stranger_sees_no_figures(client: Client, item: Item) -> None:
    for path in ("", "scans.csv", f"{item.pk}/"):
        assert client.get(f"/admin/shortlinks/{path}").status_code == 302


def test_the_operator_adds_a_trusted_host(desk: Client, portal: SiteHome) -> None:
    assert desk.get("/admin/allowed_domains/").status_code == 200
    answer = desk.post(
        "/admin/allowed_domains/new/", {"domain": "Example.COM", "site": "", "reason": "业务系统"}
    )
    assert answer.status_code == 302
    assert AllowedDomain.objects.get().domain == "example.com"
    refused = desk.post(
        "/admin/allowed_domains/new/", {"domain": "http://x", "site": "", "reason": "业务系统"}
    )
    assert "请填写域名" in refused.content.decode()
