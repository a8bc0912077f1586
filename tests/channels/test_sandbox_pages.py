"""What a newcomer clicks in the sandbox: an account's back office and a follower's phone, in plain HTML."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from channels.sandbox.pages.phone import with_links
from channels.sandbox.running import RunningSandbox, running_sandbox
from tests.channels.test_sandbox import UUID, Caller, http

READER = "oDEMO_reader"
_numbers = count(960_000_000_001)


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def appid() -> str:
    return f"wxdemo{next(_numbers)}"


@pytest.fixture
def caller(sandbox: RunningSandbox, appid: str) -> Caller:
    return Caller(sandbox, appid)


def show(sandbox: RunningSandbox, path: str) -> str:
    return http(sandbox.url + path)[1].decode()


def submit(sandbox: RunningSandbox, path: str, origin: str = "", **fields: str) -> tuple[int, str]:
    """(status, where it leads, unquoted)."""
    request = urllib.request.Request(
        sandbox.url + path,
        urllib.parse.urlencode(fields).encode(),
        {"Origin": origin} if origin else {},
    )
    try:
        urllib.request.build_opener(StayHere).open(request, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, urllib.parse.unquote(answer.headers.get("Location", ""))
    raise AssertionError("a form leads somewhere")


def own(sandbox: RunningSandbox, appid: str) -> list[Any]:
    return [copy for copy in sandbox.copies() if copy.outlet == appid]


class TestOffice:
    def test_a_draft_is_published_changed_and_deleted_by_hand(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        media_id = caller.draft(title="<公告>")["media_id"]
        page = show(sandbox, f"/mp/{appid}/")
        assert "&lt;公告&gt;" in page
        assert media_id in page
        assert submit(sandbox, f"/mp/{appid}/publish", media_id=media_id) == (
            303,
            f"/mp/{appid}/?note=已发表。",
        )
        (copy,) = own(sandbox, appid)
        submit(sandbox, f"/mp/{appid}/edit", key=copy.remote_id, old="正文", new="更正")
        assert "<p>更正</p>" in http(copy.url)[1].decode()
        again = submit(sandbox, f"/mp/{appid}/edit", key=copy.remote_id, old="更正", new="正文")
        assert "problem=这篇文章已经修改过一次" in again[1]
        submit(sandbox, f"/mp/{appid}/delete", key=copy.remote_id)
        assert own(sandbox, appid) == []
        assert "已删除" in show(sandbox, f"/mp/{appid}/")

    def test_a_draft_is_pushed_by_hand_and_banned(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.follow(appid, READER)
        submit(sandbox, f"/mp/{appid}/push", media_id=caller.draft()["media_id"])
        page = show(sandbox, f"/mp/{appid}/")
        assert "今天已用群发 1 次，上限 1" in page
        assert "1 人" in page
        assert "标题" in show(sandbox, f"/phone/{appid}/")
        (copy,) = own(sandbox, appid)
        submit(sandbox, f"/mp/{appid}/ban", key=copy.remote_id)
        assert own(sandbox, appid) == []
        assert "已封禁" in show(sandbox, f"/mp/{appid}/")

    def test_a_draft_can_be_thrown_away(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        submit(sandbox, f"/mp/{appid}/drop", media_id=caller.draft()["media_id"])
        assert "草稿箱是空的" in show(sandbox, f"/mp/{appid}/")

    def test_server_settings_are_kept_only_when_the_server_answers(
        self, sandbox: RunningSandbox, appid: str
    ) -> None:
        fields = {"token": "demotoken", "aes_key": "", "mode": "plain", "format": "xml"}
        path = f"/mp/{appid}/server"
        for url, why in ((f"{sandbox.url}/", "验证失败"), ("http://127.0.0.1:1/", "超时"), ("x", "http")):
            status, place = submit(sandbox, path, url=url, **fields)
            assert status == 303
            assert why in place
            assert "未启用" in show(sandbox, f"/mp/{appid}/")
        assert "已停用" in submit(sandbox, path, url="", **fields)[1]

    def test_the_usage_is_shown(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        caller.draft()
        page = show(sandbox, f"/mp/{appid}/")
        assert re.search(r"draft/add</td>.*?>1</td>.*?>1000</td>", page)


class TestPhone:
    def test_a_reader_follows_writes_and_leaves(self, sandbox: RunningSandbox, appid: str) -> None:
        assert "关注公众号" in show(sandbox, f"/phone/{appid}/")
        assert submit(sandbox, f"/phone/{appid}/follow")[1] == f"/phone/{appid}/"
        submit(sandbox, f"/phone/{appid}/say", text=" <b>停水</b> ")
        page = show(sandbox, f"/phone/{appid}/")
        assert "你已关注该公众号" in page
        assert "&lt;b&gt;停水&lt;/b&gt;" in page
        submit(sandbox, f"/phone/{appid}/unfollow")
        assert "你已取消关注" in show(sandbox, f"/phone/{appid}/")
        sent = [parcel.fields.get("Event", "text") for parcel in sandbox.callbacks(appid)]
        assert sent == ["subscribe", "text", "unsubscribe"]

    def test_links_are_the_only_markup_of_an_accounts_words(self) -> None:
        said = '查看 <a href="https://x.example/?a=1&b=2">更多</a>，<b>粗</b> <a href="javascript:x">坏</a>'
        shown = with_links(said)
        assert '<a href="https://x.example/?a=1&amp;b=2">更多</a>' in shown
        assert "&lt;b&gt;粗&lt;/b&gt;" in shown
        assert "<a href=&quot;javascript" not in shown
        assert shown.count("<a ") == 1

    def test_two_readers_have_two_phones(self, sandbox: RunningSandbox, appid: str) -> None:
        place = submit(sandbox, f"/phone/{appid}/follow", openid="oDEMO_other")[1]
        assert place == f"/phone/{appid}/?openid=oDEMO_other"
        assert "取消关注" in show(sandbox, place)
        assert "取消关注" not in show(sandbox, f"/phone/{appid}/")

    def test_the_menu_is_tapped(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        sandbox.follow(appid, READER)
        url = "https://portal.example/?a=1&b=2"
        view = {"type": "view", "name": "门户网", "url": url}
        click = {"type": "click", "name": "街道", "key": "STREET"}
        caller.json("menu/create", button=[{"name": "更多", "sub_button": [view]}, click])
        page = show(sandbox, f"/phone/{appid}/")
        assert html.escape(url) in page
        assert "更多" in page
        assert submit(sandbox, f"/phone/{appid}/view", url=url) == (303, url)
        assert submit(sandbox, f"/phone/{appid}/view", url="https://evil.example/")[0] == 404
        submit(sandbox, f"/phone/{appid}/click", key="STREET")
        sent = [parcel.fields["EventKey"] for parcel in sandbox.callbacks(appid)]
        assert sent == ["", url, "STREET"]

    def test_a_qr_code_leads_to_following(self, sandbox: RunningSandbox, appid: str) -> None:
        sandbox.set_account(appid, kind="service")
        body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": UUID}}}
        url = Caller(sandbox, appid).json("qrcode/create", **body)["url"]
        page = http(url)[1].decode()
        assert UUID in page
        submit(sandbox, f"/phone/{appid}/scan", scene=UUID)
        assert sandbox.callbacks(appid)[0].fields["EventKey"] == f"qrscene_{UUID}"
        assert http(f"{sandbox.url}/q/none")[0] == 404


def test_every_page_says_sandbox_and_takes_nothing_from_elsewhere(
    sandbox: RunningSandbox, appid: str, caller: Caller
) -> None:
    caller.publish()
    (copy,) = own(sandbox, appid)
    paths = ["/", f"/mp/{appid}/", f"/phone/{appid}/", copy.url.removeprefix(sandbox.url), "/s/none"]
    for path in paths:
        page = show(sandbox, path)
        assert "沙箱：仅供演示、演练和测试，不连接任何真实系统" in page
        assert not re.search(r"<script|<link[^>]*stylesheet|@import|<iframe", page)


def test_a_form_of_another_site_is_refused(sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
    media_id = caller.draft()["media_id"]
    refused = submit(sandbox, f"/mp/{appid}/publish", "http://evil.example", media_id=media_id)
    assert refused[0] == 403
    assert submit(sandbox, f"/mp/{appid}/publish", sandbox.url, media_id=media_id)[0] == 303


def test_the_index_leads_to_every_account_and_moves_the_clock(sandbox: RunningSandbox, appid: str) -> None:
    sandbox.follow(appid, READER)
    page = show(sandbox, "/")
    assert f'href="/mp/{appid}/"' in page
    assert f'href="/phone/{appid}/"' in page
    before = sandbox.now()
    submit(sandbox, "/clock", hours="24")
    assert sandbox.now() >= before + 86_400


@pytest.mark.parametrize("path", ["/mp/wx1/", "/phone/wx1/"])
def test_accounts_that_do_not_exist_have_no_pages(sandbox: RunningSandbox, path: str) -> None:
    assert http(sandbox.url + path)[0] == 404
