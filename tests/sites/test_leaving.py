"""Leaving a site: who is asked, who is not, and that nobody can be sent anywhere from an official address."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels.edition import ItemList, Paragraph
from sites.leaving.door import sign
from sites.leaving.hosts import host_of, readable
from sites.leaving.models import AllowedDomain
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, words

FOREIGN = "https://www.example.com/a?b=1&c=2#d"


def links(reader: Client, portal: SiteHome, *urls: str) -> list[tuple[str, list[str] | None]]:
    """(address, rel) of each link in an item's body at the portal."""
    html = "".join(f'<a href="{url}">链接</a>' for url in urls)
    value = build.edition(body=(Paragraph(html=html),))
    build.place(value, portal.outlet)
    found = soup(reader.get(f"/news/{value.slug}/")).select(".body a")
    return [(tag["href"], tag.get("rel")) for tag in found]


def test_a_foreign_link_asks_first_and_then_leads_there(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    ((address, rel),) = links(reader, portal, FOREIGN)
    assert address.startswith("/out/?")
    assert rel is not None
    assert "noopener" in rel
    page = f"http://portal.example/news/{build.NOBODY}/"
    answer = reader.get(address, headers={"referer": page})
    assert answer.status_code == 200
    assert f"您访问的链接即将离开“{portal.full_name}”门户网站，是否继续？" in words(answer, ".leave")
    assert words(answer, ".target strong") == "www.example.com"
    ways = {tag.get_text(): tag["href"] for tag in soup(answer).select(".ways a")}
    assert ways == {"继续访问": FOREIGN, "返回": page}
    assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.gov.cn/zhengce/",
        "http://czq.gov.cn/",
        "http://portal.example/news/x/",
        "http://hub.example/i/x/",
        "/news/x/",
        "mailto:a@example.gov.cn",
        "tel:0772-0000000",
    ],
)
def test_trusted_hosts_and_own_pages_are_linked_as_they_are(
    reader: Client, portal: SiteHome, news: ColumnIndex, url: str
) -> None:
    assert [address for address, _ in links(reader, portal, url)] == [url]


@pytest.mark.parametrize(
    "url",
    [
        "https://gov.cn.evil.example/",
        "https://notgov.cn/",
        "https://www.gov.cn@evil.example/",
        "//evil.example/",
        "HTTPS://EVIL.example/",
    ],
)
def test_what_only_looks_trusted_asks(reader: Client, portal: SiteHome, news: ColumnIndex, url: str) -> None:
    ((address, _),) = links(reader, portal, url)
    assert address.startswith("/out/?")


def test_the_operators_list_holds_for_its_site_and_below(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    office = build.site("office", parent=portal)
    AllowedDomain.objects.create(domain="example.com", site=portal, reason="业务系统")
    AllowedDomain.objects.create(domain="example.org", site=office, reason="街道合作")
    ours, theirs = (address for address, _ in links(reader, portal, FOREIGN, "https://example.org/"))
    assert ours == FOREIGN
    assert theirs.startswith("/out/?")


def test_a_host_that_has_come_to_be_trusted_is_reached_at_once(reader: Client, portal: SiteHome) -> None:
    AllowedDomain.objects.create(domain="example.com", reason="业务系统")
    answer = reader.get("/out/", {"u": FOREIGN, "s": sign(FOREIGN)})
    assert (answer.status_code, answer["Location"]) == (302, FOREIGN)


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"u={quote(FOREIGN)}",
        f"u={quote(FOREIGN)}&s=made-up",
        f"u={quote('https://evil.example/')}&s={quote(sign(FOREIGN))}",
        f"u={quote('javascript:alert(1)')}&s={quote(sign('javascript:alert(1)'))}",
        "u=%00&s=%00",
    ],
)
def test_an_address_that_nobody_signed_is_refused_in_chinese(
    reader: Client, portal: SiteHome, query: str
) -> None:
    answer = reader.get(f"/out/?{query}")
    assert answer.status_code == 400
    assert "该链接不完整或已被改动" in words(answer, ".leave")
    assert not soup(answer).select(".leave a[href*='evil'], a[href^='https://evil']")
    assert "evil" not in words(answer, ".leave")


def test_the_way_back_leads_to_no_other_host(reader: Client, portal: SiteHome) -> None:
    answer = reader.get(
        "/out/", {"u": FOREIGN, "s": sign(FOREIGN)}, headers={"referer": "https://evil.example/x"}
    )
    assert [tag["href"] for tag in soup(answer).select(".ways a")][1] == "/"


def test_the_origin_of_a_reprint_asks_as_well_and_feeds_keep_the_address(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    body = (ItemList(items=(f'<a href="{FOREIGN}">链接</a>',)),)
    value = build.edition(origin_url=FOREIGN, body=body)
    item = build.place(value, portal.outlet)
    (origin, *_) = soup(reader.get(f"/news/{value.slug}/")).select(".byline a")
    assert parse_qs(urlsplit(origin["href"]).query)["u"] == [FOREIGN]
    assert item.current is not None
    assert "/out/" not in replace(item.current.edition()).to_json()
    feed = reader.get("/feeds/portal.atom").content.decode()
    assert "https://www.example.com/a?b=1" in feed
    assert "/out/" not in feed


def test_a_page_without_foreign_links_asks_for_no_list(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition(body=(Paragraph(html='<a href="https://www.gov.cn/">链接</a>'),))
    build.place(value, portal.outlet)
    with CaptureQueriesContext(connection) as made:
        reader.get(f"/news/{value.slug}/")
    assert not [query for query in made.captured_queries if "alloweddomain" in query["sql"]]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Example.COM:8443/x", "www.example.com"),
        ("https://政务.example/", "xn--pbt2b.example"),
        ("https://evil.example\\@www.gov.cn/", ""),
        ("https://www.gov.cn@evil.example/", ""),
        ("https://www.gov.cn:port/", ""),
        ("https://a b/", ""),
        ("ftp://www.gov.cn/", ""),
        ("https://" + "a" * 3_000, ""),
    ],
)
def test_a_host_is_what_a_browser_would_go_to(url: str, host: str) -> None:
    if "xn--" in host:
        host = "政务.example".encode("idna").decode()
    assert host_of(url) == host


def test_a_chinese_name_is_shown_as_written_with_its_ascii_form_beside_it() -> None:
    ascii_form = "政务.example".encode("idna").decode()
    assert readable(ascii_form) == f"政务.example（{ascii_form}）"
    assert readable("xn--a") == "xn--a"


@pytest.mark.parametrize(
    "domain", ["com", "http://example.com", "com.cn", "a b.com", "", "-a.com", "1.2.3.4"]
)
def test_the_list_takes_domains_only(portal: SiteHome, domain: str) -> None:
    with pytest.raises(ValidationError):
        AllowedDomain(domain=domain, reason="业务系统").full_clean()


def test_a_domain_stands_once_on_the_list_of_a_site_and_of_all(portal: SiteHome) -> None:
    for site in (None, portal):
        AllowedDomain.objects.create(domain="example.com", site=site, reason="业务系统")
        with pytest.raises(IntegrityError), transaction.atomic():
            AllowedDomain.objects.create(domain="example.com", site=site, reason="业务系统")
