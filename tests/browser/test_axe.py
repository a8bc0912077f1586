"""What axe finds: nothing, on every kind of public page in both modes, and on the desk's own part of its pages."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.hands import Person

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/", "/xinhua/", "/tanzhong/", "/yaowen/", "/yaowen/2026-11/", "/find/", "/find/?q=停水", "/find/?q=没有的词",
    "/topics/", "/guides/", "/service/", "/service/calendar/", "/messages/", "/messages/status/",
    "/messages/answers/", "/verify/", "/s/", "/view/", "/sitemap/", "/feeds/", "/embed/", "/none/",
)  # fmt: skip
COLUMNS = ("/yaowen/", "/gonggao/", "/bianmin/", "/zhengce/", "/jiedu/", "/gongshi/", "/banshi/")
"""Each shows items of one type; the first of each is looked at."""
DESK = (
    "desk/", "desk/asking/", "desk/ledger/", "inspection/", "inspection/links/", "inspection/links/domains/",
    "enquiries/", "hosted/", "shortlinks/",
)  # fmt: skip
OWN = re.compile(r"/admin/(?:desk|inspection|enquiries|hosted|shortlinks)/[^?#]*")
ONE_OF_MANY = re.compile(r"(?<=/)(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d+|(?<=wechat/)(?!pushes|scenes)[a-z]+)(?=/)")
"""In an address of the desk: an item, a number, an account."""
NO_PAGES = re.compile(r"/package/|\.csv|/phone/|/print/|/export")
"""Files, and what is made to look like a telephone or like paper."""


def complaints(page, **options):
    found = Axe().run(page, options={"runOnly": RULES}, **options).response["violations"]
    return {each["id"]: [node["html"][:120] for node in each["nodes"]] for each in found}


@pytest.mark.parametrize(("mode", "width"), [("standard", 1360), ("elder", 390)])
def test_public_pages(browser, district, mode, width):
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.add_cookies([{"name": "mode", "value": mode, "url": district}])
    page = context.new_page()
    addresses = [district + path for path in PAGES]
    for column in COLUMNS:
        page.goto(district + column)
        first = page.locator(
            f"main a[href^='{column}20']:not([href*='-1']), main a[href^='{column}20']"
        ).first
        addresses.append(district + first.get_attribute("href"))
    for address in addresses:
        page.goto(address)
        assert complaints(page) == {}, address
    context.close()


def test_the_desk(browser, district):
    """One page of each kind that is ours, `main` only: without Wagtail's menu, its header and its form of a search."""
    page = Person(browser, district, "admin").page
    waiting, seen = [f"/admin/{path}" for path in DESK], set()
    while waiting:
        address = waiting.pop(0)
        kind = ONE_OF_MANY.sub("*", address)
        if kind in seen or NO_PAGES.search(kind):
            continue
        seen.add(kind)
        answer = page.goto(f"{district}{address}")
        assert answer.status == 200, address
        assert complaints(page, context="main") == {}, address
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        waiting += [found[0] for link in links if (found := OWN.match(link))]
    assert len(seen) > 30, seen
