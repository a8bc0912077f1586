"""The frame of public pages as eyes and hands have it: 长辈版, contrast, the toolbar, keys, print; with and without script."""

from __future__ import annotations

import pytest

from tests.browser.following import follow
from tests.browser.test_reading import FAINT

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/yaowen/",
    "/find/?q=停水",
    "/view/",
    "/feeds/",
    "/sitemap/",
    "/verify/",
    "/messages/",
    "/none/",
)
ELDER_PIXELS, ELDER_TARGET = 24, 60

# Elements with text of their own that is too small.
SMALL = f"""() => [...document.body.querySelectorAll("*:not(script, option)")]
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((each) => each.checkVisibility() && !each.closest(".skip, .unseen"))
  .filter((each) => parseFloat(getComputedStyle(each).fontSize) < {ELDER_PIXELS})
  .map((each) => each.textContent.trim().slice(0, 20))"""
NARROW = f"""
() => [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")]
  .filter((each) => each.checkVisibility() && !each.closest(".skip, .unseen, .body, [tabindex='-1']:not(main)"))
  .map((each) => [each.textContent.trim() || each.name, (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.width < {ELDER_TARGET} || box.height < {ELDER_TARGET})
  .map(([name, box]) => `${{name}} ${{Math.round(box.width)}}x${{Math.round(box.height)}}`)
"""


def reader(browser, district, *, width=1360, script=True, **cookies):
    """A page of a fresh reader."""
    context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=script)
    context.add_cookies([{"name": name, "value": value, "url": district} for name, value in cookies.items()])
    return context.new_page()


def item_of(page, district):
    page.goto(f"{district}/yaowen/")
    return district + page.locator("main .rows a").first.get_attribute("href")


@pytest.mark.parametrize("width", [390, 1360])
@pytest.mark.parametrize("mode", ["", "elder"])
def test_pages_begin_at_their_top(browser, district, width, mode):
    """The column of the menu that one is in must not draw the page past its head."""
    page = reader(browser, district, width=width, **({"mode": mode} if mode else {}))
    for path in ("/", "/yaowen/", "/banshi/"):
        page.goto(district + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.scrollY") == 0, path
        assert page.locator(".masthead .name").bounding_box()["y"] > 0, path


def test_the_column_one_is_in_stands_in_view_in_a_phone_s_menu(browser, district):
    page = reader(browser, district, width=390)
    page.goto(f"{district}/banshi/")
    current = page.locator(".menu [aria-current]")
    assert current.inner_text() == "办事指南"
    box = current.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("width", [390, 1360])
def test_elder_mode_is_large_easy_to_hit_and_fits(browser, district, width):
    page = reader(browser, district, width=width, mode="elder")
    for address in [*(district + path for path in PATHS), item_of(page, district)]:
        page.goto(address)
        assert page.evaluate(SMALL) == [], address
        assert page.evaluate(NARROW) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("theme", ["", "light", "dark", "yellow", "blue"])
def test_every_text_can_be_told_from_its_ground(browser, district, theme):
    page = reader(browser, district, view=f".{theme}")
    for address in [*(district + path for path in PATHS), item_of(page, district)]:
        page.goto(address)
        assert page.evaluate(FAINT) == [], address


def test_the_toolbar_works_by_keys_and_remembers(browser, district):
    page = reader(browser, district)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(item_of(page, district))
    page.keyboard.press("Tab")
    for expected in ("长辈版", "无障碍浏览"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == expected
    page.keyboard.press("Enter")
    assert page.get_by_role("region", name="无障碍工具条").is_visible()
    page.get_by_role("button", name="黑底黄字").press("Enter")
    page.keyboard.press("Alt+1")
    page.keyboard.press("Alt+5")
    assert page.locator(".tools [aria-pressed=true]").all_inner_texts() == ["大", "黑底黄字", "大鼠标"]
    page.reload()
    assert page.evaluate("document.documentElement.className") == "size-large theme-yellow big-cursor"
    page.keyboard.press("Alt+0")
    page.keyboard.press("Alt+9")
    assert page.evaluate("document.documentElement.className") == ""
    assert not page.locator(".tools").is_visible()
    assert complaints == []


VOICE = """
window.said = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  cancel() {}, speak(words) { window.said.push(words.text); window.last = words; } } });
"""


def test_the_text_is_read_aloud_block_by_block_until_it_is_stopped(browser, district):
    page = reader(browser, district)
    page.add_init_script(VOICE)
    page.goto(item_of(page, district))
    headline = page.locator("h1").inner_text()
    page.keyboard.press("Alt+4")
    assert page.evaluate("said") == [headline]
    page.evaluate("last.onend()")
    assert page.evaluate("said.length") == 2
    assert page.locator(".spoken").count() == 1
    page.keyboard.press("Alt+4")
    page.evaluate("last.onend()")
    assert page.evaluate("said.length") == 2
    assert page.locator(".spoken").count() == 0


def test_a_reader_without_script_has_size_and_colours_by_a_form(browser, district):
    page = reader(browser, district, script=False)
    page.goto(item_of(page, district))
    address = page.url
    assert not page.get_by_role("button", name="打印").is_visible()
    follow(page.get_by_role("button", name="大", exact=True))
    assert page.url == address
    assert page.locator("html.size-large").count() == 1
    follow(page.get_by_role("link", name="无障碍浏览"))
    page.get_by_label("黑底白字").press("Space")
    follow(page.get_by_role("button", name="保存并返回"), key="Enter")
    assert page.url == address
    assert page.locator("html.size-large.theme-dark").count() == 1


def test_a_script_takes_over_what_a_form_has_left(browser, district):
    page = reader(browser, district, view="large.dark")
    page.goto(district)
    assert page.evaluate("document.cookie") == ""
    page.reload()
    assert page.evaluate("document.documentElement.className") == "size-large theme-dark"


def test_print_shows_the_item_where_it_lives_and_no_chrome(browser, district):
    page = reader(browser, district, mode="elder", view="large.dark")
    page.goto(item_of(page, district))
    page.emulate_media(media="print")
    for chrome in (".switches", ".masthead", ".menu", ".item-tools", ".colophon", ".crumbs"):
        assert not page.locator(chrome).is_visible(), chrome
    origin = page.locator(".origin")
    assert "/i/" in origin.inner_text()
    assert "签发" in origin.inner_text()
    assert origin.locator("img").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"


def test_a_marked_word_flows_with_the_headline_in_elder_mode(browser, district):
    page = reader(browser, district, width=390, mode="elder")
    page.goto(f"{district}/find/?q=停水")
    marks = page.locator(".hits > li > a mark")
    assert marks.count() > 0
    tall = "all => all.filter((each) => each.offsetHeight > 2 * parseFloat(getComputedStyle(each).fontSize))"
    assert marks.evaluate_all(f"{tall}.length") == 0
