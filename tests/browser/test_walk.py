"""A citizen's way, on a phone: home, a search, the item, paper, 长辈版, the code; by keyboard, and without script."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from sites.modes import KEPT_SECONDS
from tests.browser.following import follow

pytestmark = pytest.mark.browser

WORDS = "滨江步道"
"""Stands in the middle of a sentence of one item, in no headline and no summary."""
HEADLINE = "城中区召开城市更新工作推进会 部署老旧小区改造年度任务"
WIDTH = 390
TEXT_PIXELS = "parseFloat(getComputedStyle(document.querySelector('.body p')).fontSize)"


class Citizen:
    """A telephone, and what its browser complains of."""

    def __init__(self, browser, district, *, script=True):
        self.context = browser.new_context(
            viewport={"width": WIDTH, "height": 844}, locale="zh-CN", java_script_enabled=script
        )
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.goto(district)
        self.arrives("柳州市城中区人民政府门户网站")

    def arrives(self, title):
        """At a page with this title, which is no wider than the telephone."""
        assert title in self.page.title()
        wide = "document.documentElement.scrollWidth"
        assert self.page.evaluate(wide) <= WIDTH, self.page.url

    def tabs_to(self, selector):
        """As many steps as it takes; a focus that cannot be seen, or is never there, is a fault."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                outline = "getComputedStyle(document.activeElement).outlineStyle"
                assert self.page.evaluate(outline) != "none", selector
                return
        pytest.fail(f"no key leads to {selector} at {self.page.url}")

    def enters(self):
        """Follows what has the focus."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def finds_the_item(self):
        """The page shows the one item that has the words, and marks them where they stand."""
        self.arrives(f"“{WORDS}”的查找结果")
        assert self.page.locator(".hits > li > a").all_inner_texts() == [HEADLINE]
        excerpt = self.page.locator(".hits li p").first
        assert excerpt.locator("mark").all_inner_texts() == [WORDS]
        before, _, after = excerpt.inner_text().partition(WORDS)
        assert before
        assert after

    def reads_the_item(self):
        self.arrives(HEADLINE)
        assert WORDS in self.page.locator(".body").inner_text()

    def has_elder_pages(self):
        return self.page.locator("html.elder").count() == 1

    @property
    def mode(self):
        """(value, days that it is kept) of the cookie."""
        (cookie,) = (each for each in self.context.cookies() if each["name"] == "mode")
        return cookie["value"], round((cookie["expires"] - time.time()) / 86400)


def scanned(page, code):
    """What a telephone reads from the code as it is shown."""
    picture = Image.open(BytesIO(code.screenshot()))
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def test_from_the_home_page_to_paper_and_back_by_keys(browser, district):
    citizen = Citizen(browser, district)
    page = citizen.page
    citizen.tabs_to(".quick input")
    page.keyboard.type(WORDS)
    citizen.enters()
    citizen.finds_the_item()
    citizen.tabs_to(".hits > li > a")
    citizen.enters()
    citizen.reads_the_item()
    item = page.url

    page.emulate_media(media="print")
    for chrome in (".switches", ".masthead", ".menu", ".crumbs", ".item-tools", ".on-paper", ".colophon"):
        assert page.locator(chrome).count() == 1, chrome
        assert not page.locator(chrome).is_visible(), chrome
    for printed in ("h1", ".byline", ".body", ".origin"):
        assert page.locator(printed).is_visible(), printed
    code = page.locator(".origin img")
    short = scanned(page, code)
    assert short.startswith(f"{district}/s/")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    page.emulate_media(media="screen")

    ordinary = page.evaluate(TEXT_PIXELS)
    page.reload()
    citizen.tabs_to(".switches a")
    citizen.enters()
    citizen.reads_the_item()
    assert page.url == item
    assert citizen.has_elder_pages()
    assert page.evaluate(TEXT_PIXELS) >= max(24, ordinary * 1.3)
    assert citizen.mode == ("elder", KEPT_SECONDS // 86400)

    # The code at home, from paper: the same item, as this reader likes to read.
    page.goto(short)
    citizen.reads_the_item()
    assert page.url == item
    assert citizen.has_elder_pages()
    citizen.tabs_to(".crumbs a")
    citizen.enters()
    citizen.arrives("柳州市城中区人民政府门户网站")
    assert citizen.has_elder_pages()
    assert citizen.complaints == []
    citizen.context.close()


def test_without_script_too(browser, district):
    citizen = Citizen(browser, district, script=False)
    page = citizen.page
    page.get_by_role("searchbox", name="搜索关键词").fill(WORDS)
    follow(page.get_by_role("button", name="搜索"))
    citizen.finds_the_item()
    follow(page.get_by_role("link", name=HEADLINE))
    citizen.reads_the_item()
    item = page.url
    follow(page.get_by_role("link", name="长辈版"))
    citizen.reads_the_item()
    assert page.url == item
    assert citizen.has_elder_pages()
    follow(page.get_by_role("link", name="首页").first)
    citizen.arrives("柳州市城中区人民政府门户网站")
    assert citizen.has_elder_pages()
    assert citizen.mode == ("elder", KEPT_SECONDS // 86400)
    follow(page.get_by_role("link", name="退出长辈版"))
    assert not citizen.has_elder_pages()
    citizen.context.close()
