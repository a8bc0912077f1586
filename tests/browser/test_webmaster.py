"""A webmaster's first ten minutes, at a narrow window and a wide one: invited, an address chosen, a key, and what he holds."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.following import follow
from tests.browser.hands import Person
from tests.browser.test_axe import complaints
from tests.ops.processes import eventually

pytestmark = pytest.mark.browser

CONSOLE = (
    "", "jinglan/", "jinglan/feeds/", "jinglan/keys/", "jinglan/log/", "egov/", "egov/push/", "egov/keys/", "egov/log/",
)  # fmt: skip
PASSWORD = "ceshi-liaoyuan-2026"
OUTLET = "静兰街道网站（自建，订阅）"


def fetched(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(params=[390, 1200], ids=["phone", "desktop"])
def page(request, browser, district):
    """Of somebody who is not signed in; whoever complains on its console fails the test."""
    context = browser.new_context(viewport={"width": request.param, "height": 844}, locale="zh-CN")
    context.set_default_timeout(20_000)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def sign_in(page, district, name="zhanzhang"):
    page.goto(f"{district}/console/login/")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(f"tongsheng-{name}")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{district}/console/")


def test_an_invitation_leads_to_an_address_that_is_read_and_seen(browser, district, page):
    width = page.viewport_size["width"]
    name, purpose = f"webmaster-{width}", f"栏目页采集-{width}"
    page.goto(invited(Person(browser, district, "admin").page, district, name))
    expect(page.get_by_role("heading", level=1)).to_have_text("邀请您担任站长")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("姓名").fill("测试站长")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="创建账号并登录"))

    tab(page, "订阅")
    page.get_by_label("便民服务").check()
    expect(page.locator("#preview small")).to_contain_text("便民服务")  # by script, without the button
    chosen = page.locator("#result .rows li").count()
    assert 0 < chosen < 10
    address = page.locator("#url").inner_text()

    tab(page, "密钥")
    page.get_by_label("用途").fill(purpose)
    follow(page.get_by_role("button", name="新建"))
    key = page.locator("main code").filter(has_text=re.compile(r"^ts_[\w-]{20,}$")).first.inner_text()

    keyed = f"{address}{'&' if '?' in address else '?'}key={key}"
    status, feed = fetched(keyed)
    assert status == 200
    assert feed.count("<item>") == chosen

    eventually(lambda: is_logged(page, key), "what was read is in the log")

    tab(page, "密钥")
    row = page.locator("tr").filter(has_text=purpose)
    follow(row.get_by_role("button", name="吊销"))
    expect(page.locator("tr").filter(has_text=purpose)).to_contain_text("吊销")
    assert fetched(keyed)[0] in {401, 403}


def invited(page, district, person):
    """The link that the desk gives to whoever invites."""
    page.goto(f"{district}/admin/desk/pulls/")
    page.get_by_role("row").filter(has_text=OUTLET).get_by_role("link", name="密钥和站长").click()
    page.get_by_label("邀请谁").fill(person)
    page.get_by_role("button", name="生成邀请链接").click()
    said = page.get_by_text(re.compile("/console/invitation/")).first.inner_text()
    return re.search(r"https?://\S+/console/invitation/[\w-]+/", said)[0]


def is_logged(page, key):
    """Readings are written down some seconds later; the log shows how a key begins."""
    tab(page, "日志")
    shown = page.locator("td[data-label=密钥] code").all_inner_texts()
    return any(key.startswith(text.removesuffix("…")) for text in shown)


def tab(page, name):
    follow(page.get_by_role("navigation").get_by_role("link", name=name, exact=True))


def test_every_page_of_the_console_fits_and_has_nothing_that_axe_finds(district, page):
    sign_in(page, district)
    for path in CONSOLE:
        answer = page.goto(f"{district}/console/{path}")
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
        assert complaints(page) == {}, path
