"""The WeChat accounts of the demo, done by hand: a push from the desk to a follower's phone, a question, a draft."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.following import follow
from tests.ops.processes import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.hands import Person

pytestmark = pytest.mark.browser

PUSHES = "/admin/desk/wechat/pinzhi/pushes/"
FOLLOWED, DRAFTS_ONLY = "wxdemo000000000001", "wxdemo000000000002"
ADDED, OWN_TITLE = "社区义诊活动安排", "本周义诊：清华坊、文博社区"
BY_HAND = "义务教育阶段转学申请材料预审提示"


def test_a_push_reaches_the_followers_phone_and_a_question_is_answered(
    district: str, sandbox: str, browser: Browser
) -> None:
    from tests.browser.hands import Person

    phone = follower(browser, sandbox)
    writer, reviewer = Person(browser, district, "bianji"), Person(browser, district, "shenhe")
    compose(writer)
    confirm(reviewer)

    def sent() -> bool:
        reviewer.page.reload()
        return "已发出" in reviewer.page.locator(".p-state").inner_text()

    eventually(sent, f"the push is out: {reviewer.page.url}", patience=60)
    phone.reload()
    message = phone.locator(".card", has_text="群发").last
    titles = message.locator("a").all_inner_texts()
    assert len(titles) == 4
    assert titles[0].startswith(OWN_TITLE)
    follow(message.locator("a").first)
    assert "血压血糖测量" in phone.inner_text("body")

    phone.go_back()
    phone.get_by_label("发消息").fill("义诊")
    follow(phone.get_by_role("button", name="发送"))
    answer = phone.locator(".card").first  # the newest comes first
    assert ADDED in answer.inner_text()
    follow(answer.locator("a"))
    assert "血压血糖测量" in phone.inner_text("body")


def test_a_draft_that_a_person_publishes_settles_by_its_address(
    district: str, sandbox: str, browser: Browser
) -> None:
    from tests.browser.hands import Person

    office = browser.new_context(locale="zh-CN").new_page()
    address = publish(office, f"{sandbox}/mp/{DRAFTS_ONLY}/")
    reviewer = Person(browser, district, "shenhe")
    page = reviewer.page
    page.goto(f"{district}/admin/desk/?outlet=jiaoyugzh")
    row = page.locator("tbody tr", has_text=BY_HAND)
    row.locator("a.d-open").click()
    drawer = page.locator("dialog[open]")
    drawer.get_by_label("公开地址").fill(address)
    drawer.get_by_role("button", name="交办完成").click()

    def settled() -> bool:
        page.reload()
        return "已落实" in row.inner_text()

    eventually(settled, f"{BY_HAND} has settled", patience=60)
    assert row.locator("a.d-live").get_attribute("href") == address


def follower(browser: Browser, sandbox: str) -> Page:
    """A phone that follows the account; the sandbox shows the answer at once."""
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    phone.goto(f"{sandbox}/phone/{FOLLOWED}/")
    follow(phone.get_by_role("button", name="关注公众号"))
    assert "欢迎关注品质城中" in phone.inner_text("body")
    return phone


def compose(writer: Person) -> None:
    """From the push that the demo has prepared: one more item, made the head, with a title of its own."""
    page = writer.page
    page.goto(f"{writer.hub}{PUSHES}")
    follow(page.locator(".p-title"))
    follow(page.get_by_role("button", name="保存并加入稿件"))
    page.locator(".p-choice", has_text=ADDED).locator("input").check()
    follow(page.get_by_role("button", name="加入所选稿件"))
    added = page.locator("[data-push-item]", has_text=ADDED)
    up = added.get_by_role("button", name=re.compile("上移"))
    while up.is_enabled():
        up.click()
    assert added.locator("[data-push-place]").inner_text() == "头条"
    added.get_by_label("标题").fill(OWN_TITLE)
    follow(page.get_by_role("button", name="保存并提交复核"))
    assert "待复核" in page.locator(".p-state").inner_text()


def confirm(reviewer: Person) -> None:
    """The second person finds it on the home page and answers the last question with yes."""
    page = reviewer.page
    page.goto(f"{reviewer.hub}/admin/")
    follow(page.get_by_role("link", name="去复核"))
    assert OWN_TITLE in page.locator(".p-articles").inner_text()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="复核通过，立即发送").click()
    page.wait_for_url(f"{reviewer.hub}{PUSHES}*/")


def publish(office: Page, address: str) -> str:
    """In the back office, as soon as the draft is there; returns where readers find the article."""

    def offered() -> bool:
        office.goto(address)
        return office.locator("tr", has_text=BY_HAND).count() > 0

    eventually(offered, "the draft is in the box", patience=60)
    follow(office.locator("tr", has_text=BY_HAND).get_by_role("button", name="发表"))
    link = office.locator("tr a[href*='/s/']", has_text=BY_HAND)

    def out() -> bool:
        office.goto(address)
        return link.count() > 0

    eventually(out, "the article is out", patience=60)
    office.goto(str(link.first.evaluate("a => a.href")))
    assert BY_HAND in office.inner_text("body")
    return office.url
