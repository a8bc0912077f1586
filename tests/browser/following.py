"""To another page, and no further before it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def follow(link: Locator, *, key: str = "") -> None:
    """Clicks, or presses `key` on it, and waits until the page that it leads to is loaded: a click alone only waits
    for the first byte, and what is then read without waiting is read of half a page, or of the old one."""
    with link.page.expect_navigation():
        if key:
            link.press(key)
        else:
            link.click()
