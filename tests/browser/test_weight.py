"""What a first visit transfers, all of it: sizes are the same on every machine, so they are asserted."""

from __future__ import annotations

import pytest

from tests.browser.test_axe import COLUMNS

pytestmark = pytest.mark.browser

KB = 1000
HOME_BYTES_MAX, ITEM_BYTES_MAX = 300 * KB, 60 * KB
PICTURES = ".body img, .gallery img, article figure img"
SIZES = ((390, 3), (1360, 1))
"""Widths of windows, each with the pixels of the screen to one of the page: what `srcset` looks at."""


class Visit:
    """A first visit to an address: nothing is in the cache, and all of the page has been scrolled into sight."""

    def __init__(self, browser, address, *, width=390, density=3):
        context = browser.new_context(
            viewport={"width": width, "height": 844}, device_scale_factor=density, locale="zh-CN"
        )
        page = context.new_page()
        # With the heads of the answers, and as they come over the wire.
        self.sizes: dict[str, float] = {}
        requests: dict[str, str] = {}
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on(
            "Network.requestWillBeSent",
            lambda event: requests.update({event["requestId"]: event["request"]["url"]}),
        )
        wire.on("Network.loadingFinished", lambda event: self._add(requests, event))
        page.goto(address)
        page.evaluate(
            """async () => {
              for (const each of document.querySelectorAll("img")) each.loading = "eager";
              await Promise.all([...document.images].map((each) => each.decode().catch(() => {})));
            }"""
        )
        page.wait_for_load_state("networkidle")
        self.has_pictures = page.locator(PICTURES).count() > 0
        context.close()

    def _add(self, requests, event):
        address = requests[event["requestId"]]
        if address.startswith("http"):
            self.sizes[address] = self.sizes.get(address, 0) + event["encodedDataLength"]

    @property
    def total(self):
        return sum(self.sizes.values())

    def __str__(self):
        return "\n".join(f"{size:9.0f} {address}" for address, size in self.sizes.items())


@pytest.mark.parametrize(("width", "density"), SIZES)
def test_a_home_page_is_light(browser, district, width, density):
    visit = Visit(browser, f"{district}/", width=width, density=density)
    assert len(visit.sizes) > 5, visit
    assert visit.total <= HOME_BYTES_MAX, visit


def test_an_item_without_pictures_is_light(browser, district):
    context = browser.new_context()
    page = context.new_page()
    addresses = []
    for column in COLUMNS:
        page.goto(district + column)
        links = page.locator(f"main a[href^='{column}20']").evaluate_all("all => all.map(each => each.href)")
        addresses += [link for link in dict.fromkeys(links) if not link.endswith(("-10/", "-11/"))][:1]
    context.close()
    visits = [Visit(browser, address) for address in addresses]
    light = [visit for visit in visits if not visit.has_pictures]
    # Other tests sign items with pictures into these columns.
    assert len(light) >= 3
    for visit in light:
        assert len(visit.sizes) > 5, visit
        assert visit.total <= ITEM_BYTES_MAX, visit
