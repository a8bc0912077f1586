"""What a person does at the desk, in the words of the screen."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.following import follow

SLOW = 30_000
"""Milliseconds that a screen may take on a busy machine."""


class Person:
    """One person at one browser window, signed in."""

    def __init__(self, browser: Browser, hub: str, name: str) -> None:
        context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="zh-CN")
        context.set_default_timeout(SLOW)
        self.hub = hub
        self.page: Page = context.new_page()
        self.page.goto(f"{hub}/admin/login/")
        self.page.locator("#id_username").fill(name)
        self.page.locator("#id_password").fill(f"tongsheng-{name}")
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(f"{hub}/admin/")

    def start_notice(self, column: str) -> None:
        """Through the tree, as the README says: a column of the portal, a notice below it."""
        self.page.goto(f"{self.hub}/admin/pages/")
        self.page.get_by_role("link", name=f"查看'{column}'的下级页面").click()
        self.page.get_by_role("link", name="添加下级页面").first.click()
        follow(self.page.get_by_role("link", name="通知公告").first)

    def write(self, title: str, summary: str) -> None:
        self.page.locator("#id_title").fill(title)
        self.page.locator("#id_summary").fill(summary)

    def add_paragraph(self, text: str) -> None:
        block = self._add_block(re.compile("段落|正文"))
        # Wagtail gives the focus to a new editor a moment after it is there; what is typed across that is lost.
        expect(block.locator("[contenteditable=true]").first).to_be_focused()
        self.page.keyboard.type(text)
        # The rich text editor hands its text to the form a moment after the last key.
        expect(block.locator("input[name$='-value']")).to_have_value(re.compile(re.escape(text)))

    def add_picture(self, file: Path, alt: str) -> None:
        block = self._add_block("图片")
        block.locator("[data-chooser-action-choose]:visible").click()
        dialog = self.page.locator(".modal-body")
        dialog.get_by_role("tab", name="上传").click()
        dialog.locator("input[type=file]").set_input_files(str(file))
        expect(dialog.get_by_label("标题")).to_have_value(file.stem)  # filled in by script
        dialog.get_by_role("button", name="上传").last.click()
        expect(dialog).to_have_count(0)
        block.locator("[data-contentpath=alt_text] input").fill(alt)

    def add_table(self, rows: list[list[str]]) -> None:
        block = self._add_block("表格")
        block.locator("select").first.select_option("row")
        cells = block.locator(".htCore tbody tr")
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                cells.nth(number).locator("td").nth(column).dblclick()
                self.page.keyboard.type(text)
                self.page.keyboard.press("Enter")

    def submit(self) -> None:
        """To the reviewers, from the menu beside 保存草稿."""
        self._footer_action("提交至稿件签发")

    def sign(self, title: str) -> None:
        """The reviewer finds the item on the home page, opens it and passes it: that signs it."""
        self.page.goto(f"{self.hub}/admin/")
        follow(self.page.get_by_role("link", name=title).first)
        self._footer_action("通过")

    def open_item(self, title: str) -> None:
        """From the matrix to the item's own page."""
        self.page.goto(f"{self.hub}/admin/desk/")
        follow(self.page.get_by_role("link", name=title).first)

    def correct(self, title: str, note: str) -> None:
        """Starts the correction; leaves the editor open on the draft."""
        self.open_item(title)
        follow(self.page.get_by_role("link", name="更正", exact=True).first)
        self.page.get_by_label("更正说明").fill(note)
        follow(self.page.locator("main form button.button").last)

    def withdraw(self, title: str, reason: str) -> None:
        self.open_item(title)
        follow(self.page.get_by_role("link", name="撤稿", exact=True).first)
        self.page.get_by_label("撤稿原因").fill(reason)
        follow(self.page.locator("main form button.button").last)

    def _footer_action(self, name: str) -> None:
        footer = self.page.locator("footer.footer")
        footer.get_by_role("button", name="更多动作").click()
        follow(footer.get_by_role("button", name=name, exact=True))
        expect(self.page.locator(".messages")).to_be_visible()

    def _add_block(self, label: str | re.Pattern[str]) -> Locator:
        """Appends a block to the body and returns its panel."""
        body = self.page.locator("#panel-child-content-body-section, [id*=body-section]").first
        blocks = body.locator("[data-streamfield-child]")
        before = blocks.count()
        body.locator("button[title='插入内容块'], button.c-sf-add-button").last.click()
        self.page.get_by_role("option", name=label).first.click()
        expect(blocks).not_to_have_count(before)
        return blocks.last
