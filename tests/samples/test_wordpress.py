"""wordpress: WordPress's own RSS block on a page of a real WordPress, as it is and with the file for faster updates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup

from channels.formats.rss import WITHDRAWN_TITLE
from tests.samples.hub import WRITTEN, Desk, Hub
from tests.samples.using import SAMPLES
from tests.wordpress import WordPress

pytestmark = pytest.mark.wordpress
ANY_PORT = "add_filter('http_allowed_safe_ports', fn($ports, $host, $url) => [parse_url($url, PHP_URL_PORT)], 10, 3);"
"""The test's hub has no port that WordPress would go to."""


class Page:
    """A page with the block."""

    def __init__(self, site: WordPress) -> None:
        self._site = site

    def show(self, feed: str) -> None:
        """Edit it: the block gets this address."""
        block = f'<!-- wp:rss {{"feedURL":"{feed}","itemsToShow":10,"displayDate":true}} /-->'
        page = "['post_type' => 'page', 'post_name' => 'zhuanzai', 'post_title' => '转载', 'post_status' => 'publish'"
        self._site.php(
            "foreach (get_posts(['post_type' => 'page', 'name' => 'zhuanzai']) as $old) wp_delete_post($old->ID, true);"
            f"wp_insert_post({page}, 'post_content' => '{block}']);"
        )

    def titles(self) -> list[str]:
        status, text = self._site.get("/zhuanzai/")
        assert status == 200
        assert "notice-error" not in text, text
        shown = BeautifulSoup(text, "html.parser")
        found = [title.get_text() for title in shown.select(".wp-block-rss__item-title")]
        assert found, text
        return found


@pytest.fixture
def page(wordpress: WordPress) -> Iterator[Page]:
    wordpress.clear()
    wordpress.sql("DELETE FROM wp_options WHERE option_name LIKE '%transient%'")
    yield Page(wordpress)
    wordpress.clear()


def test_the_block_shows_the_feed_for_twelve_hours_or_at_once_by_another_address(
    hub: Hub, desk: Desk, page: Page, wordpress: WordPress
) -> None:
    item = desk.sign("A & B <市>")
    with wordpress.plugin(ANY_PORT):
        page.show(hub.feed("rss"))
        assert page.titles() == ["A & B <市>"]

        corrected = desk.correct(item, "更正后的标题")
        assert page.titles() == ["A & B <市>"]
        page.show(hub.feed("rss") + "?1")
        assert page.titles() == ["更正后的标题"]

        desk.withdraw(corrected)
        page.show(hub.feed("rss") + "?2")
        assert page.titles() == [WITHDRAWN_TITLE]

        hub.stop()
        assert page.titles() == [WITHDRAWN_TITLE]


def test_the_file_makes_the_block_follow_and_keep_what_it_has(
    hub: Hub, desk: Desk, page: Page, wordpress: WordPress
) -> None:
    with wordpress.plugin(sample(hub)):
        item = desk.sign("第一条")
        page.show(hub.feed("rss"))
        assert page.titles() == ["第一条"]
        assert page.titles() == ["第一条"]
        assert hub.answers["/feeds/jinglan.rss", 304] == 1

        corrected = desk.correct(item, "更正后的标题")
        assert page.titles() == ["更正后的标题"]
        desk.withdraw(corrected)
        assert page.titles() == [WITHDRAWN_TITLE]
        desk.restore(corrected)
        assert page.titles() == ["更正后的标题"]
        hub.stop()
        assert page.titles() == ["更正后的标题"]


def sample(hub: Hub) -> str:
    """The file as a webmaster sets it up; every visit asks."""
    text = (SAMPLES / "wordpress" / "tongsheng.php").read_text()
    for written, own in ((WRITTEN, hub.url), ("REFRESH = 300", "REFRESH = -1")):
        assert written in text
        text = text.replace(written, own)
    return text.removeprefix("<?php")
