"""What citizens get, in a real browser: fits a phone, reads by keyboard, is legible, asks nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

pytestmark = pytest.mark.browser

SITES = ["/", "/tanzhong/", "/yanshixx/"]
PHONE = {"width": 360, "height": 740}

# For every element with text of its own: its contrast against the nearest opaque background.
FAINT = """() => {
  const rgb = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { while (e) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c;
    e = e.parentElement; } return [255, 255, 255, 1]; };
  const faint = [];
  for (const e of document.body.querySelectorAll('*')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(e.textContent.trim().slice(0, 20));
  }
  return faint;
}"""


class Reader:
    """A phone that notes every complaint of the browser and every foreign request."""

    def __init__(self, page: Page, district: str) -> None:
        self.page = page
        self.district = district
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.district):
            self.complaints.append(f"foreign request: {request.url}")

    def look(self, path: str) -> None:
        self.page.goto(f"{self.district}{path}" if path.startswith("/") else path)
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wider) == 0, f"{path} is wider than a phone"
        assert self.page.evaluate(FAINT) == [], path
        broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
        assert self.page.evaluate(broken) == [], path

    def links(self, selector: str) -> list[str]:
        found: list[str] = self.page.eval_on_selector_all(selector, "all => all.map(a => a.href)")
        return list(dict.fromkeys(found))


@pytest.fixture
def reader(browser: Browser, district: str) -> Iterator[Reader]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    yield Reader(context.new_page(), district)
    context.close()


@pytest.mark.parametrize("site", SITES)
def test_every_page_of_a_site_fits_a_phone_and_is_legible(reader: Reader, site: str) -> None:
    reader.look(site)
    columns = reader.links(".menu a")
    assert len(columns) > 1
    items: list[str] = []
    for column in columns:
        reader.look(column)
        items += reader.links(".rows a, .services li > a")[:1]
    assert items
    for item in dict.fromkeys(items):
        reader.look(item)
    reader.look(f"{site}sitemap/")
    assert reader.complaints == []


def test_the_look_for_faint_text_finds_some(reader: Reader) -> None:
    reader.look("/sitemap/")
    reader.page.evaluate("document.querySelector('h1').style.color = '#999'")
    assert reader.page.evaluate(FAINT) == ["网站地图"]


def test_the_keyboard_reaches_the_text_first(reader: Reader) -> None:
    reader.look("/")
    reader.page.keyboard.press("Tab")
    focused = reader.page.evaluate("document.activeElement.textContent")
    assert focused == "跳到正文"
    assert reader.page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"


def test_a_wide_table_scrolls_inside_its_frame(reader: Reader) -> None:
    reader.look("/gonggao/")
    for item in reader.links(".rows a"):
        reader.look(item)
        if reader.page.query_selector(".scroll table"):
            break
    else:
        pytest.fail("the demo district has no notice with a table")
    reader.page.evaluate("document.querySelector('.scroll table').style.width = '900px'")
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert reader.page.evaluate(wider) == 0
    reader.page.evaluate(
        "() => { window.scrolled = new Promise(done => document.querySelector('.scroll').onscroll = done) }"
    )
    reader.page.focus(".scroll")
    reader.page.keyboard.press("ArrowRight")
    assert reader.page.evaluate("window.scrolled.then(() => true)")


def test_a_printed_page_is_the_text_alone(reader: Reader) -> None:
    reader.look("/gonggao/")
    reader.look(reader.links(".rows a")[0])
    reader.page.emulate_media(media="print")
    for selector in (".masthead", ".menu", ".colophon", ".crumbs"):
        assert not reader.page.is_visible(selector)
    assert reader.page.is_visible(".body")


def test_a_printed_guide_has_all_its_parts(reader: Reader) -> None:
    reader.look("/banshi/")
    guides = reader.links("main a[href*='/banshi/20']:not([href$='-10/'], [href$='-11/'])")
    assert guides
    for guide in guides:
        reader.look(guide)
        seen = reader.page.locator("article h2").all_inner_texts()
        assert "申请材料" in seen
        reader.page.emulate_media(media="print")
        printed = reader.page.locator("article h2").evaluate_all(
            "all => all.filter(each => each.checkVisibility()).map(each => each.textContent)"
        )
        assert printed == seen
        reader.page.emulate_media(media="screen")
