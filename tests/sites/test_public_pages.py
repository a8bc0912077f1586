"""Every page that a reader of the demo district can reach: tags, foot, headings, links, pictures, one by one."""

from __future__ import annotations

import re
from collections import Counter
from io import StringIO
from urllib.parse import quote

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from channels.models import Item, WithdrawalKind
from cms import publishing
from sites.models import SiteHome
from tests.sites.crawl import Crawl, Seen

pytestmark = pytest.mark.django_db

ROOT = "http://127.0.0.1:8930"
ALONE = [
    "/find/",
    f"/find/?q={quote('停水')}",
    "/feeds/",
    "/embed/",
    "/view/",
    "/verify/",
    "/messages/?page=/",
    "/nowhere/",
    "/?mode=elder",
]
"""What no link of a page leads to, or not in every form."""
LEFT = re.compile(
    r"/(static|poster|admin|console|feeds|embed|api|out)/|.*\?(?!before=)|.*/service/calendar/2"
)
"""Files are checked by name; posters, feeds, embeds and leaving pages have tests of their own; a form is one page, not hundreds."""
SITE_TAGS = {"SiteName", "SiteDomain", "SiteIDCode"}
COLUMN_TAGS = {"ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"}
ITEM_TAGS = {"ArticleTitle", "PubDate", "ContentSource"}
FOOT = ("主办单位", "联系方式", "网站标识码", "ICP备案编号", "公安备案", "网站地图", "我为政府网站")


@pytest.fixture(scope="module")
def crawl(django_db_setup, django_db_blocker) -> Crawl:
    """The district, loaded and read once for all tests here."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(SANDBOX_URL="http://127.0.0.1:8999", PUBLIC_URL=ROOT),
    ):
        call_command("seed_demo", stdout=StringIO())
        gone = Item.objects.order_by("pk")[0]
        publishing.withdraw(gone.pk, kind=WithdrawalKind.NOTICE, reason="演示")
        found = Crawl()
        found.run(ROOT, [*ALONE, f"/i/{gone.pk}/", *_homes()], leave=LEFT)
        transaction.set_rollback(True)
        return found


def _homes() -> list[str]:
    return [str(home.get_full_url()).removeprefix(ROOT) for home in SiteHome.objects.live()]


@pytest.fixture(scope="module")
def pages(crawl: Crawl) -> list[Seen]:
    return list(crawl.pages.values())


def test_all_kinds_of_pages_were_seen(crawl: Crawl, pages: list[Seen]) -> None:
    kinds = Counter(str(kind) for page in pages for kind in (page.html.body or {}).get("class", []))  # type: ignore[union-attr]
    assert kinds["home"] >= 6
    assert kinds["item"] >= 12
    assert kinds["column"] >= 12
    assert {page.status for page in pages} == {200, 404, 410}


def test_no_link_leads_to_an_error(crawl: Crawl) -> None:
    assert crawl.broken == []


def test_files_of_pages_are_there(pages: list[Seen]) -> None:
    files = {
        str(tag[name]).partition("?")[0]
        for page in pages
        for name in ("src", "href")
        for tag in page.html.select(f"[{name}^='/static/']")
    }
    assert files
    assert [file for file in files if not finders.find(file.removeprefix("/static/"))] == []


def test_every_page_has_its_tags_and_none_is_empty(pages: list[Seen]) -> None:
    for page in pages:
        tags, wanted = page.tags(), set(SITE_TAGS)
        if page.html.select_one("article .byline"):
            wanted |= COLUMN_TAGS | ITEM_TAGS
        elif "ColumnName" in tags:
            wanted |= COLUMN_TAGS
        assert wanted <= tags.keys(), page.path
        for tag in page.html.select("meta[content]"):
            said = str(tag["content"]).strip()
            assert said.lower() not in {"", "null", "none"}, (page.path, tag)
            assert not re.search(r"<[a-z/]", said), (page.path, tag)
        names = Counter(name.lower() for name in (tag["name"] for tag in page.html.select("meta[name]")))
        assert max(names.values()) == 1, page.path


def test_an_items_time_is_the_same_for_readers_and_for_machines(pages: list[Seen]) -> None:
    for page in pages:
        shown = page.html.select_one(".byline time")
        if shown:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", shown.text), page.path
            assert page.tags()["PubDate"] == shown.text


def test_every_page_has_the_seven_parts_of_the_foot(pages: list[Seen]) -> None:
    for page in pages:
        foot = page.html.select_one("footer.colophon")
        assert foot is not None, page.path
        assert [part for part in FOOT if part not in foot.text] == [], page.path
        assert foot.select_one("img[alt*='党政机关网站标识']") is not None


def test_every_page_names_its_site_and_offers_search(pages: list[Seen]) -> None:
    for page in pages:
        name = page.html.select_one("header.masthead .name")
        assert name is not None, page.path
        assert name.text.strip() == page.tags()["SiteName"]
        assert page.html.select_one("header.masthead form[role=search] input[name=q]") is not None


def test_headings_are_in_order_and_one_is_the_first(pages: list[Seen]) -> None:
    for page in pages:
        levels = [int(tag.name[1]) for tag in page.html.select("h1, h2, h3, h4, h5, h6")]
        assert levels.count(1) == 1, page.path
        assert [n for one, n in zip([0, *levels], levels, strict=False) if n > one + 1] == [], page.path


def test_pictures_say_what_they_show_and_fields_what_they_take(pages: list[Seen]) -> None:
    for page in pages:
        assert page.html.select("img:not([alt])") == [], page.path
        for field in page.html.select("input:not([type=hidden]), select, textarea"):
            named = field.get("aria-label") or field.get("aria-labelledby") or field.find_parent("label")
            assert named or page.html.select_one(f"label[for='{field.get('id')}']"), (page.path, field)


def test_pages_say_their_language_and_no_two_bear_one_title(pages: list[Seen]) -> None:
    titles: dict[str, set[str]] = {}
    for page in pages:
        assert page.html.html is not None
        assert page.html.html["lang"] == "zh-CN"
        assert page.html.title is not None
        canonical = page.html.select_one("link[rel=canonical]")
        if page.status == 200:
            assert canonical is not None, page.path
            titles.setdefault(page.html.title.text, set()).add(str(canonical["href"]))
    assert {title: urls for title, urls in titles.items() if len(urls) > 1 or not title} == {}
