"""wordpress against the sandbox's strict stand-in; tests/channels/test_wordpress_real.py has the real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from channels.adapters.wordpress import failures
from channels.adapters.wordpress.adapter import WordPressAdapter
from channels.adapters.wordpress.posts import link_of
from channels.adapters.wordpress.site import Site
from channels.contract import Answer, AssetReader, Http, Presence, Severity
from channels.edition import Asset, Attachment, Paragraph
from channels.errors import (
    ChannelError,
    ConfigError,
    Missing,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
)
from tests.channels.conformance import AdapterConformance, failure
from tests.channels.loopback import Fault, Loopback
from tests.channels.stage import URI, Stage, sample
from tests.channels.wordpress_stage import SITE, WordPressRemote, adapter_for, outlet, remote_of


class Shown(Loopback):
    """A server with one page for every address, or one that sends everybody elsewhere."""

    def __init__(self, html: str, *, moved_to: str = "", no_route: bool = False) -> None:
        super().__init__()
        self._html = html
        self._moved_to = moved_to
        self._no_route = no_route

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._moved_to:
            return web.Response(status=301, headers={"Location": f"{self._moved_to}{request.path_qs}"})
        if self._no_route:
            return web.json_response({"code": "rest_no_route", "message": "No route."}, status=404)
        return web.Response(text=self._html, content_type="text/html")


class Hiding:
    """Asks another server about accounts: one whose security plug-in has taken that route away."""

    def __init__(self, http: Any, elsewhere: str) -> None:
        self._http = http
        self._elsewhere = elsewhere

    async def request(self, method: str, url: str, **details: Any) -> Answer:
        if "/users/" not in url:
            return await self._http.request(method, url, **details)
        answer = await self._http.request(method, self._elsewhere, **details)
        return replace(answer, url=url)


async def late_post(stage: Stage, document: dict[str, Any]) -> None:
    """A creation beside the adapter: one that was under way when the adapter gave up."""
    site = Site(stage.adapter.outlet, stage.http, stage.memory)
    await site.post("posts", document)


class TestWordPress(AdapterConformance):
    def make_remote(self) -> WordPressRemote:
        return WordPressRemote()

    def make_adapter(self, remote: WordPressRemote, *, http: Http, assets: AssetReader) -> WordPressAdapter:
        return adapter_for(remote, http, assets)

    def fail_probe(self, remote: WordPressRemote, fault: Fault) -> None:
        """Every read of a trial in turn would do; this one is the last that it makes here."""
        remote.fail_next(fault, r"GET .*/posts$")


class TestWordPressDrafts(TestWordPress):
    """The same where a person at the site publishes."""

    def make_adapter(self, remote: WordPressRemote, *, http: Http, assets: AssetReader) -> WordPressAdapter:
        return adapter_for(remote, http, assets, status="draft")


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(WordPressRemote())
    set_up(stage)
    yield stage
    stage.close()


def set_up(stage: Stage, **values: str) -> None:
    stage.adapter = adapter_for(remote_of(stage), stage.http, stage.assets, **values)


def only_post(stage: Stage) -> dict[str, Any]:
    [post] = remote_of(stage).posts()
    return post


# ---- what goes there


def test_the_post_has_the_edition_s_fields_and_the_site_s_own_pictures(stage: Stage) -> None:
    set_up(stage, categories="tzgg=tongzhi，*=3")
    edition = sample(1, headline="A & B <C>")
    receipt = stage.place(edition)

    post = only_post(stage)
    assert (
        receipt.remote_url == f"{remote_of(stage).sandbox.url}/wordpress/{SITE}/20261123-tingshui-7f0c1a52/"
    )
    assert post["title"] == "A &amp; B &lt;C&gt;"
    assert (post["excerpt"], post["date_gmt"]) == (edition.summary, "2026-11-23T01:30:00")
    assert post["categories"] == [2]
    assert f'href="{edition.canonical_url}"' in post["content"]
    assert "asset:" not in post["content"]
    cover, other = reversed(remote_of(stage).sandbox.documents(f"wpmedia:{SITE}"))
    assert post["featured_media"] == cover["id"]
    assert f'class="wp-image-{other["id"]}"' in post["content"]
    assert (other["alt_text"], other["caption"]) == ("示意图1", "停水范围示意图1")


def test_what_display_filters_would_change_is_written_as_references(stage: Stage) -> None:
    html = (
        '"直" it\'s -- ... [x] 3x4 8) :) a - b 0772-12 <a href="http://x.cn/a--b?c=[d]">http://x.cn</a> &lt;'
    )
    content = stage.adapter.render(sample(1, body=(Paragraph(html=html),))).payload["content"]

    expected = (
        "&#034;直&#034; it&#039;s &#045;&#045; &#046;.. &#091;x&#093; 3&#120;4 &#056;) &#058;) a &#045; b 0772-12 "
        '<a href="http://x.cn/a--b?c=[d]">http&#058;//x.cn</a> &lt;'
    )
    assert f"<p>{expected}</p>" in content


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("20261123-tingshui", "20261123-tingshui-7f0c1a52"),
        ("20261123-7f0c1a", "20261123-7f0c1a52"),
        ("7f0c1a", "7f0c1a-7f0c1a52"),
        ("20261123-", "20261123--7f0c1a52"),
        ("x" * 300, f"{'x' * 191}-7f0c1a52"),
    ],
)
def test_an_address_ends_with_the_item_s_key(stage: Stage, slug: str, expected: str) -> None:
    assert stage.adapter.render(sample(1, slug=slug)).payload["slug"] == expected


def test_a_file_that_wordpress_refuses_stays_on_the_hub_and_the_editor_reads_it(stage: Stage) -> None:
    official = Asset(sha256="a" * 64, content_type="application/ofd", name="通知.ofd", size=9)
    edition = sample(1, body=(*sample(1).body, Attachment(asset=official, title="通知原件")))

    rendering = stage.adapter.render(edition)

    assert f'href="http://hub.example/{official.path}"' in rendering.payload["content"]
    assert official not in rendering.assets
    assert "通知.ofd" in rendering.alterations[0]


def test_a_large_file_is_a_warning(stage: Stage) -> None:
    large = Asset(sha256="b" * 64, content_type="application/pdf", name="方案.pdf", size=8_000_001)
    edition = sample(1, body=(*sample(1).body, Attachment(asset=large, title="方案")))

    [found] = stage.adapter.check(edition)

    assert (found.place, found.severity) == ("附件", Severity.WARN)


def test_all_sites_share_one_rendering(stage: Stage) -> None:
    other = adapter_for(remote_of(stage), stage.http, stage.assets, site="hedong", status="draft")
    assert other.profile() == stage.adapter.profile()
    assert other.render(sample(1)) == stage.adapter.render(sample(1))


# ---- never twice


@pytest.mark.parametrize("kind", ["drop_before", "drop_after_commit", "500_after", "html_after"])
@pytest.mark.parametrize("path", ["POST .*/posts$", r"POST .*/posts/\d+$", "POST .*/media$"])
def test_whatever_answer_is_lost_the_next_attempt_leaves_one_page(stage: Stage, path: str, kind: str) -> None:
    remote_of(stage).sandbox.fault(path, kind)
    failure(lambda: stage.deliver(sample(1)))

    stage.place(sample(1))

    assert [post["status"] for post in remote_of(stage).posts()] == ["publish"]
    assert remote_of(stage).sandbox.documents(f"wpmedia:{SITE}")[2:] == []


def test_a_draft_that_came_too_late_is_thrown_away(stage: Stage) -> None:
    """Two requests created one each; readers saw neither. The older one is published."""
    draft = {
        "title": "停水",
        "content": stage.adapter.render(sample(1)).payload["content"],
        "status": "draft",
    }
    for _ in range(2):
        stage.run(late_post(stage, draft))

    receipt = stage.place(sample(1))

    assert [(post["id"], post["status"]) for post in remote_of(stage).posts()] == [
        (2, "trash"),
        (1, "publish"),
    ]
    assert receipt.remote_id == "1"


def test_a_withdrawal_takes_forgotten_drafts_too(stage: Stage) -> None:
    receipt = stage.place(sample(1))
    draft = {
        "title": "停水",
        "content": stage.adapter.render(sample(1)).payload["content"],
        "status": "draft",
    }
    stage.run(late_post(stage, draft))

    stage.withdraw(receipt)

    assert [post["status"] for post in remote_of(stage).posts()] == ["trash", "trash"]


def test_an_older_edition_never_overwrites_a_newer_one(stage: Stage) -> None:
    second = stage.place(sample(2))
    late = stage.deliver(sample(1), previous=second)

    assert stage.verify(late).version == 2
    assert remote_of(stage).copies(URI) == [2]


def test_a_mark_that_was_edited_away_does_not_lose_the_post(stage: Stage) -> None:
    first = stage.place(sample(1))
    remote_of(stage).sandbox.edit_post(SITE, first.remote_id, content="<p>网站管理员改过的正文</p>")
    assert stage.verify(first).presence is Presence.UNKNOWN

    assert stage.place(sample(2), previous=first).remote_id == first.remote_id


def test_a_post_that_carries_another_item_by_now_is_left_alone(stage: Stage) -> None:
    first = stage.place(sample(1))
    other = sample(1).uri.replace("7f0c", "1111")
    content = stage.adapter.render(sample(1)).payload["content"].replace(URI, other)
    remote_of(stage).sandbox.edit_post(SITE, first.remote_id, content=content)

    assert stage.verify(stage.withdraw(first)).presence is Presence.ABSENT
    assert only_post(stage)["status"] == "publish"


def test_what_the_webmaster_has_arranged_stays(stage: Stage) -> None:
    for mode, category in (("publish", [2]), ("draft", [3])):
        set_up(stage, status=mode, categories="tzgg=2")
        first = stage.place(sample(1))
        arranged = {"slug": f"tingshui-{mode}", "date_gmt": "2026-11-24T00:00:00", "categories": [3]}
        remote_of(stage).sandbox.edit_post(SITE, first.remote_id, **arranged)

        second = stage.place(sample(2), previous=first)

        post = next(post for post in remote_of(stage).posts() if str(post["id"]) == second.remote_id)
        assert (post["slug"], post["date_gmt"]) == (arranged["slug"], arranged["date_gmt"])
        assert (post["categories"], post["title"]) == (category, sample(2).headline)
        stage.withdraw(second)


def test_a_draft_that_the_webmaster_threw_away_is_asked_about(stage: Stage) -> None:
    set_up(stage, status="draft")
    receipt = stage.deliver(sample(1))
    remote_of(stage).sandbox.edit_post(SITE, receipt.remote_id, status="trash")

    seen = stage.verify(receipt)

    assert seen.presence is Presence.UNKNOWN
    assert "拒用" in seen.note


# ---- taking back


def test_a_site_without_a_trash_gets_its_draft_back(stage: Stage) -> None:
    for mode in ("publish", "draft"):
        set_up(stage, status=mode)
        receipt = stage.place(sample(1))
        remote_of(stage).sandbox.set_wordpress(SITE, trash=False)

        gone = stage.withdraw(receipt)

        assert stage.verify(gone).presence is Presence.ABSENT
        assert only_post(stage)["status"] == "draft"


def test_a_page_that_a_cache_still_shows_is_not_gone(stage: Stage) -> None:
    receipt = stage.place(sample(1))
    gone = stage.withdraw(receipt)
    with Shown(stage.adapter.render(sample(1)).payload["content"]) as cache:
        seen = stage.verify(replace(gone, remote_url=cache.url))
    assert (seen.presence, seen.version) == (Presence.PRESENT, 1)
    assert "缓存" in seen.note


def test_a_page_without_the_mark_or_behind_a_login_settles_nothing(stage: Stage) -> None:
    receipt = stage.place(sample(1))
    for kind, details in (("html", {}), ("answer", {"status": 403}), ("answer", {"status": 404})):
        remote_of(stage).sandbox.fault(r"GET /wordpress/\w+/2026", kind, **details)
        seen = stage.verify(receipt)
        assert seen.presence is Presence.UNKNOWN
        assert seen.note


def test_a_post_that_waits_for_the_site_s_clock_is_pending(stage: Stage) -> None:
    receipt = stage.deliver(sample(1, first_created=datetime(2999, 1, 1, tzinfo=UTC)))
    assert stage.verify(receipt).presence is Presence.PENDING


# ---- who may, and how the site is asked


def test_a_site_without_pretty_permalinks_is_asked_otherwise_and_that_is_remembered(stage: Stage) -> None:
    remote_of(stage).sandbox.set_wordpress(SITE, pretty=False)
    first = stage.place(sample(1))
    tried = remote_of(stage).sandbox.calls("/wp-json/")
    stage.place(sample(2), previous=first)

    assert tried == 1
    assert remote_of(stage).sandbox.calls("/wp-json/") == tried


@pytest.mark.parametrize(
    ("role", "said"),
    [("administrator", "管理员的账号"), ("contributor", "上传文件"), ("subscriber", "发布文章")],
)
def test_an_account_that_may_too_much_or_too_little_is_refused(stage: Stage, role: str, said: str) -> None:
    remote_of(stage).sandbox.set_wordpress(SITE, role=role)
    error = failure(lambda: stage.deliver(sample(1)))

    assert isinstance(error, ConfigError)
    assert said in error.message
    assert remote_of(stage).writes == 0


def test_an_author_does_and_is_asked_once(stage: Stage) -> None:
    remote_of(stage).sandbox.set_wordpress(SITE, role="author")
    first = stage.place(sample(1))
    stage.place(sample(2), previous=first)

    assert remote_of(stage).sandbox.calls("users/me") == 1


def test_a_site_that_hides_its_accounts_goes_unasked(stage: Stage) -> None:
    with Shown("", no_route=True) as hidden:
        remote = remote_of(stage)
        url = f"{remote.sandbox.url}/wordpress/{SITE}"
        stage.adapter = WordPressAdapter(
            outlet(url), http=Hiding(stage.http, hidden.url), assets=stage.assets
        )
        stage.place(sample(1))
    assert remote.copies(URI) == [1]


@pytest.mark.parametrize(
    "url",
    ["http://www.example.gov.cn", "http://www.example.gov.cn/wp-admin/", "http://[", "www.example.gov.cn"],
)
def test_an_address_that_would_tell_the_password_or_is_none_is_refused(stage: Stage, url: str) -> None:
    stage.adapter = WordPressAdapter(outlet(url), http=stage.http, assets=stage.assets)
    assert isinstance(failure(lambda: stage.deliver(sample(1))), ConfigError)
    assert stage.http.answered == 0


def test_what_is_pasted_along_with_the_address_is_cut_off(stage: Stage) -> None:
    for tail in ("/", "/wp-json/", "/wp-admin/edit.php", "/wp-login.php?x=1"):
        url = f"{remote_of(stage).sandbox.url}/wordpress/{SITE}{tail}"
        stage.adapter = WordPressAdapter(outlet(url), http=stage.http, assets=stage.assets)
        assert stage.place(sample(1)).remote_id == "3"


def test_a_site_that_has_moved_says_where_to(stage: Stage) -> None:
    with Shown("", moved_to=f"{remote_of(stage).sandbox.url}/wordpress/{SITE}") as old:
        stage.adapter = WordPressAdapter(outlet(old.url), http=stage.http, assets=stage.assets)
        error = failure(lambda: stage.deliver(sample(1)))
    assert isinstance(error, ConfigError)
    assert remote_of(stage).sandbox.url in error.message


@pytest.mark.parametrize("text", ["tzgg", "tzgg=", "=1", "a=1,b"])
def test_a_mapping_that_is_none_is_for_the_administrator(stage: Stage, text: str) -> None:
    set_up(stage, categories=text)
    assert isinstance(failure(lambda: stage.deliver(sample(1))), ConfigError)


@pytest.mark.parametrize(
    ("text", "expected"), [("", [1]), ("yaowen=2", [1]), ("*=dongtai", [3]), ("tzgg = 3\nx=2", [3])]
)
def test_columns_become_categories(stage: Stage, text: str, expected: list[int]) -> None:
    set_up(stage, categories=text)
    stage.place(sample(1))
    assert only_post(stage)["categories"] == expected


# ---- trying the connection


@pytest.mark.parametrize(
    ("text", "said"), [("", "归入默认分类"), ("tzgg=3\nyaowen=2\nx=2", "2 个分类目录都在")]
)
def test_a_probe_names_what_it_has_found(stage: Stage, text: str, said: str) -> None:
    set_up(stage, categories=text)
    told = stage.probe()
    assert "账号权限够用" in told
    assert said in told


def test_a_probe_finds_what_has_changed_since_the_last_delivery(stage: Stage) -> None:
    set_up(stage, categories="*=dongtai")
    stage.place(sample(1))
    remote_of(stage).sandbox.set_wordpress(SITE, role="subscriber")
    assert "发布文章" in failure(stage.probe).message


def test_a_probe_of_a_category_that_is_missing_is_for_the_administrator(stage: Stage) -> None:
    set_up(stage, categories="never-used=nosuch")
    error = failure(stage.probe)
    assert isinstance(error, ConfigError)
    assert "nosuch" in error.message


def test_a_probe_says_when_a_site_hides_its_accounts(stage: Stage) -> None:
    with Shown("", no_route=True) as hidden:
        url = f"{remote_of(stage).sandbox.url}/wordpress/{SITE}"
        stage.adapter = WordPressAdapter(
            outlet(url), http=Hiding(stage.http, hidden.url), assets=stage.assets
        )
        assert "隐藏了账号信息" in stage.probe()


# ---- what the answers mean


def rest(status: int, code: str, message: str = "Sorry.") -> Answer:
    body = json.dumps({"code": code, "message": message, "data": {"status": status}}).encode()
    return Answer(status=status, url="https://site.example/wp-json/", headers={}, body=body)


def page(status: int, text: str = "<html>Wordfence</html>", **headers: str) -> Answer:
    return Answer(status=status, url="https://site.example/wp-json/", headers=headers, body=text.encode())


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (rest(401, "rest_not_logged_in"), ConfigError, "应用密码"),
        (rest(401, "rest_forbidden_context"), ConfigError, "https"),
        (rest(401, "rest_login_required"), ConfigError, "关闭了接口"),
        (rest(501, "application_passwords_disabled"), ConfigError, "停用了应用密码"),
        (rest(403, "rest_cannot_publish"), ConfigError, "权限不足"),
        (rest(404, "rest_no_route"), ConfigError, "REST API"),
        (rest(404, "not_found"), ConfigError, "网站地址"),
        (rest(404, "rest_post_invalid_id"), Missing, "没有这篇文章"),
        (rest(410, "rest_already_trashed"), Missing, "没有这篇文章"),
        (rest(400, "rest_invalid_param", "无效参数"), Refused, "无效参数"),
        (rest(500, "rest_upload_sideload_error", "不允许上传此文件类型"), Refused, "不允许上传此文件类型"),
        (rest(412, "rest_upload_hash_mismatch"), Unreachable, "重传"),
        (rest(500, "internal_server_error"), Unreachable, "重试"),
        (page(200), OutcomeUnknown, "安全插件"),
        (page(401), ConfigError, "防火墙"),
        (page(403), ConfigError, "防火墙"),
        (page(404), ConfigError, "网站地址"),
        (page(413), Refused, "压缩"),
        (page(429), Throttled, "稍后"),
        (page(503, **{"Retry-After": "600"}), Throttled, "稍后"),
        (page(503), Unreachable, "重试"),
        (page(301), ConfigError, "新地址"),
    ],
)
def test_an_answer_says_who_moves_it_on(answer: Answer, kind: type[ChannelError], said: str) -> None:
    error = failures.failure(answer, write=True, secrets=["Sorry"])
    assert isinstance(error, kind)
    assert said in error.message
    assert "Sorry" not in f"{error.message}{error.detail}"


def test_a_page_instead_of_an_answer_to_a_question_is_for_the_administrator() -> None:
    assert isinstance(failures.failure(page(200), write=False, secrets=[]), ConfigError)


def test_a_byte_order_mark_before_the_answer_is_forgiven() -> None:
    assert failures.document_of(page(200, '\ufeff\n{"id": 1}')) == {"id": 1}


def test_an_address_too_long_for_the_register_is_left_out() -> None:
    assert link_of({"link": f"http://a.cn/{'x' * 500}"}) == ""
    assert link_of({"link": "http://a.cn/x"}) == "http://a.cn/x"
