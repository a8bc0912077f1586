"""What the README promises within three minutes, done by hand: write, sign, look everywhere, correct, withdraw."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.following import follow
from tests.ops.processes import eventually, status

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.hands import Person

pytestmark = pytest.mark.browser

TITLE = "关于文昌路片区供水管网检修的通知"
TEXT = "因供水管网检修，下列区域暂停供水，请提前储水。"
CHANGED = "检修时间延长至当日20时。"
NOTE = "原文停水结束时间有误，现予更正。"
SETTLED, GONE = "已落实", "已撤下"
TARGETS = ("城中区门户网", "微信公众号“品质城中”", "潭中街道网站", "河东街道网站", "静兰街道网站")


def test_one_notice_from_the_desk_to_every_outlet_and_back(
    district: str, browser: Browser, picture: Path
) -> None:
    from tests.browser.hands import Person

    writer = Person(browser, district, "bianji")
    writer.start_notice("通知公告")
    writer.write(TITLE, "因管网检修，部分区域暂停供水。")
    writer.add_paragraph(TEXT)
    writer.add_picture(picture, "停水区域示意图")
    writer.add_table([["区域", "时间"], ["文昌社区", "8时至18时"]])
    writer.submit()
    assert TITLE not in read(f"{district}/feeds/jinglan.atom")

    reviewer = Person(browser, district, "shenhe")
    reviewer.sign(TITLE)

    reader = browser.new_context(locale="zh-CN").new_page()
    for site in ("", "/tanzhong", "/hedong"):
        item = open_from_column(reader, f"{district}{site}/gonggao/")
        assert_whole(reader)
    assert TITLE in read(f"{district}/feeds/jinglan.atom")

    wait_until(reviewer, SETTLED)
    article = outlet_link(reviewer, "微信公众号")
    reader.goto(article)
    assert_whole(reader)

    writer.correct(TITLE, NOTE)
    writer.add_paragraph(CHANGED)
    writer.submit()
    assert CHANGED not in read(item)
    reviewer.sign(TITLE)
    for text in (CHANGED, NOTE):
        assert text in read(item)
        assert text in read(f"{district}/feeds/jinglan.atom")
    wait_until(reviewer, SETTLED)
    assert outlet_link(reviewer, "微信公众号") != article
    reader.goto(outlet_link(reviewer, "微信公众号"))
    assert CHANGED in reader.inner_text("body")
    reader.goto(article)
    assert TEXT not in reader.inner_text("body")

    newer = outlet_link(reviewer, "微信公众号")
    reviewer.withdraw(TITLE, "检修计划取消。")
    assert status(item) == 410
    assert CHANGED not in read(f"{district}/feeds/jinglan.atom")
    wait_until(reviewer, GONE)
    reader.goto(newer)
    assert TEXT not in reader.inner_text("body")


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def open_from_column(reader: Page, column: str) -> str:
    """A reader finds the notice in a column; returns the address of the page."""
    reader.goto(column)
    follow(reader.get_by_role("link", name=re.compile(TITLE)).first)
    return reader.url


def assert_whole(reader: Page) -> None:
    """Text, table and the picture itself are there."""
    text = reader.inner_text("body")
    assert TITLE in text
    assert TEXT in text
    assert "8时至18时" in text
    loaded = "images => images.some(image => image.complete && image.naturalWidth >= 300)"
    picture = reader.locator("article img, main img")
    picture.last.scroll_into_view_if_needed()
    eventually(lambda: bool(picture.evaluate_all(loaded)), f"a picture at {reader.url}")


def wait_until(person: Person, state: str) -> None:
    """Every row of the item's page says `state`."""
    person.open_item(TITLE)
    page = person.page

    def settled() -> bool:
        page.reload()
        rows = {
            row.split("\t")[0].strip(): row
            for row in page.locator("main table").first.locator("tbody tr").all_inner_texts()
        }
        named = [row for name, row in rows.items() if name.startswith(TARGETS)]
        return len(named) == len(TARGETS) and all(state in row for row in rows.values())

    eventually(settled, f"everything is {state}: {page.url}", patience=120)


def outlet_link(person: Person, outlet: str) -> str:
    """Where the matrix says that an outlet shows the item."""
    person.open_item(TITLE)
    row = person.page.locator("main tbody tr", has_text=outlet).first
    return str(row.locator("a[href^='http']").first.get_attribute("href"))
