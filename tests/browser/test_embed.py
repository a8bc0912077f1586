"""The embed on somebody else's page, in a real browser: strict policies, old encodings, withdrawals, a hub that is down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone

from channels import outbox
from channels.models import Outlet, WithdrawalKind
from sites.embed.options import Embed, Layout
from sites.embed.snippets import snippets
from sites.feeds.selection import Selection
from sites.models import SavedEmbed
from sites.serving.documents import Shelf
from sites.serving.wsgi_layer import DocumentLayer
from tests.browser.following import follow
from tests.browser.test_reading import FAINT, PHONE
from tests.ports import free_port
from tests.sites import build
from tests.sites.hub import Asking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STRICT = "default-src 'none'; script-src {hub}; img-src {hub}; frame-src {hub}"
ENCODINGS = pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False

    def process_request_thread(self, *args: Any) -> None:
        super().process_request_thread(*args)
        connections.close_all()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class Hub:
    """The layer and Django behind it, in this process; it can go down and come back at the same address."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []
        self.layer = DocumentLayer(get_wsgi_application(), shelf=Shelf(), watching=Asking())

    def __call__(self, environ: Any, start: Any) -> Any:
        self.asked.append(environ["PATH_INFO"])
        return self.layer(environ, start)

    def up(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self, server_class=Server, handler_class=Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def down(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@dataclass
class Host:
    """The site of a sub-office: pages with a policy."""

    url: str
    policy: str
    body: bytes = b""
    encoding: str = "utf-8"
    complaints: list[str] = field(default_factory=list)

    def show(self, page: Page, text: str, *, encoding: str = "utf-8") -> None:
        self.encoding = encoding
        self.body = (
            f'<!doctype html><html lang="zh-CN"><meta charset="{encoding}"><meta name="viewport"'
            f' content="width=device-width"><title>街道</title><h2>本街道</h2>{text}'
        ).encode(encoding)
        page.on("console", lambda said: self.complaints.append(said.text))
        page.goto(self.url)


@pytest.fixture
def hub(settings: Any) -> Iterator[Hub]:
    settings.WHITENOISE_USE_FINDERS = True
    found = Hub(free_port())
    settings.PUBLIC_URL = found.url
    found.up()
    yield found
    found.down()


@pytest.fixture
def host(hub: Hub) -> Iterator[Host]:
    found = Host("", STRICT.format(hub=hub.url))

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"text/html; charset={found.encoding}")
            self.send_header("Content-Security-Policy", found.policy)
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with closing(browser.new_context(viewport=PHONE, locale="zh-CN")) as context:
        yield context.new_page()


@pytest.fixture
def outlet(hub: Hub) -> Outlet:
    return build.outlet("school", channel="feed", url="http://school.example/")


def sign(outlet: Outlet, headline: str, **fields: Any) -> Any:
    value = build.edition(headline=headline, **fields)
    outbox.plan(value, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    return value


def recall(value: Any) -> None:
    outbox.recall(value.content_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())


def pasted(kind: str, **options: Any) -> str:
    """The text that the builder gives, for the school's list."""
    embed = Embed(selection=Selection(outlet="school"), **options)
    name = "school"
    if options:
        SavedEmbed.objects.create(key=embed.key, options=embed.to_json(), made_at=timezone.now())
        name = embed.key
    return {code.key: code.text for code in snippets(name, embed, "学校信息", is_gbk=False)}[kind]


def shown(page: Page) -> list[str]:
    return page.locator(".tongsheng-list li a").all_inner_texts()


def wait_for(page: Page, *titles: str) -> None:
    """Until the list shows these and nothing else. Looks from outside: the page's policy allows no eval."""
    from playwright.sync_api import expect

    expect(page.locator(".tongsheng-list li a")).to_have_text(list(titles))
    if not titles:
        expect(page.locator(".tongsheng")).to_contain_text("暂无信息")


@ENCODINGS
def test_one_line_shows_the_list_under_a_strict_policy(
    hub: Hub, host: Host, page: Page, outlet: Outlet, encoding: str
) -> None:
    sign(outlet, "停水通知 囍😀</script>")
    host.show(page, pasted("script"), encoding=encoding)
    assert shown(page) == ["停水通知 囍😀</script>"]
    assert page.get_by_role("heading", level=3).inner_text() == "school 站"
    assert page.get_by_role("list").get_by_role("listitem").count() == 1
    assert page.locator("time").get_attribute("datetime") == "2026-11-20"
    colour = "getComputedStyle(document.querySelector('.tongsheng-list a')).color"
    assert page.evaluate(colour) == "rgb(181, 18, 27)"
    assert page.evaluate(FAINT) == []
    page.wait_for_load_state("networkidle")
    assert host.complaints == []
    assert page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
    assert page.context.cookies() == []


@pytest.mark.parametrize("layout", list(Layout))
def test_a_long_list_fits_a_phone(hub: Hub, host: Host, page: Page, outlet: Outlet, layout: Layout) -> None:
    for n in range(6):
        sign(outlet, f"第{n}条" + "很长的标题" * 10 + "unbreakable" * 3, cover=build.cover())
    host.show(page, pasted("script", layout=layout, title_chars=60, new_window=True))
    assert len(shown(page)) == 6
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(FAINT) == []
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert (page.evaluate("document.activeElement.tagName"), outline) == ("A", "auto")


def test_what_is_taken_back_is_gone_after_a_reload_although_the_script_is_kept(
    hub: Hub, host: Host, page: Page, outlet: Outlet
) -> None:
    lost = sign(outlet, "误发")
    sign(outlet, "仍在")
    host.show(page, pasted("script"))
    assert set(shown(page)) == {"误发", "仍在"}
    recall(lost)
    page.reload()
    wait_for(page, "仍在")
    assert hub.asked.count("/embed/school.js") == 1


def test_a_page_that_stays_open_forgets_what_is_taken_back(
    hub: Hub, host: Host, page: Page, outlet: Outlet
) -> None:
    lost = sign(outlet, "误发")
    page.clock.install()
    host.show(page, pasted("script"))
    page.wait_for_load_state("networkidle")
    recall(lost)
    page.clock.fast_forward(61_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(page)


def test_a_page_that_trusts_by_nonce_is_kept_fresh_too(
    hub: Hub, host: Host, page: Page, outlet: Outlet
) -> None:
    lost = sign(outlet, "误发")
    host.policy = "default-src 'none'; script-src 'nonce-abc'"
    line = pasted("script").replace("<script", '<script nonce="abc"')
    host.show(page, line)
    recall(lost)
    page.reload()
    wait_for(page)


def test_while_the_hub_is_down_the_last_list_stays(hub: Hub, host: Host, page: Page, outlet: Outlet) -> None:
    sign(outlet, "停水通知")
    host.show(page, pasted("script"))
    page.wait_for_load_state("networkidle")
    hub.down()
    try:
        page.reload()
        assert shown(page) == ["停水通知"]
        page.goto("about:blank")
        page.goto(host.url)
        assert shown(page) == ["停水通知"]
    finally:
        hub.up()


def test_two_lists_on_one_page_do_not_mix(hub: Hub, host: Host, page: Page, outlet: Outlet) -> None:
    sign(outlet, "学校")
    sign(build.outlet("other", channel="feed"), "别处")
    host.show(
        page, pasted("script") + pasted("script", count=1) + pasted("script").replace("school", "other")
    )
    page.wait_for_load_state("networkidle")
    assert sorted(shown(page)) == ["别处", "学校", "学校"]
    assert host.complaints == []


def test_the_list_of_a_retired_outlet_is_taken_off(hub: Hub, host: Host, page: Page, outlet: Outlet) -> None:
    sign(outlet, "旧闻")
    host.show(page, pasted("script"))
    outlet.retired_at = timezone.now()
    outlet.save()
    page.reload()
    page.locator(".tongsheng").wait_for(state="detached")


@ENCODINGS
def test_a_frame_shows_the_list_and_leads_out_of_itself(
    hub: Hub, host: Host, page: Page, outlet: Outlet, encoding: str
) -> None:
    sign(outlet, "停水通知 囍😀", canonical_url=f"{hub.url}/embed/school.json")
    host.show(page, pasted("iframe"), encoding=encoding)
    frame = page.frame_locator("iframe")
    link = frame.get_by_role("listitem").get_by_role("link")
    assert link.inner_text() == "停水通知 囍😀"
    assert page.locator("iframe").get_attribute("title") == "学校信息"
    inner = page.frames[1]
    assert inner.evaluate(FAINT) == []
    assert inner.evaluate(WIDER) == 0
    assert host.complaints == []
    link.click()
    page.wait_for_url(f"{hub.url}/embed/school.json")


def test_only_the_hosts_that_are_named_may_frame_it(hub: Hub, host: Host, page: Page, outlet: Outlet) -> None:
    sign(outlet, "停水通知")
    host.show(page, pasted("iframe", frames=("www.example.cn",)))
    page.wait_for_load_state("networkidle")
    assert page.frame_locator("iframe").locator("li").count() == 0
    assert any("frame-ancestors" in said for said in host.complaints)


def test_without_script_a_link_leads_to_the_list(
    hub: Hub, host: Host, browser: Browser, outlet: Outlet
) -> None:
    sign(outlet, "停水通知")
    with closing(browser.new_context(java_script_enabled=False, viewport=PHONE)) as context:
        page = context.new_page()
        host.show(page, pasted("script"))
        follow(page.get_by_role("link", name="学校信息"))
        assert page.get_by_role("link", name="停水通知").count() == 1


def test_the_builder_fits_a_phone_and_shows_the_frame(
    hub: Hub, page: Page, outlet: Outlet, look: Callable[[Page, str], None]
) -> None:
    sign(outlet, "停水通知")
    look(page, f"{hub.url}/embed/?outlet=school")
    assert page.frame_locator(".preview-frame").get_by_role("link", name="停水通知").count() == 1
    page.get_by_label("条数").fill("3")
    page.get_by_label("样式").select_option("cards")
    follow(page.get_by_role("button", name="预览并生成代码"))
    assert page.frame_locator(".preview-frame").get_by_role("link", name="停水通知").count() == 1
    assert "登录后保存" in page.inner_text("main")


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    def open_and_judge(page: Page, url: str) -> None:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(url)
        assert page.evaluate(WIDER) == 0
        assert page.evaluate(FAINT) == []
        assert complaints == []

    return open_and_judge
