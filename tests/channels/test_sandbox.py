"""The sandbox is strict where the real systems are, fails on demand, and never connects to anything real."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from channels.sandbox.articles import ApiError, checked, cleaned
from channels.sandbox.config import DEMO_SECRET, SandboxConfig
from channels.sandbox.receiver import is_signed
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.sandbox.store import Store
from channels.sandbox.tokens import LIFETIME, OVERLAP, AccountTokens

APPID = "wxdemo000000000001"
UUID = "7f0c1a52-3a54-4d0e-9f5c-0c6a1d2e3f40"
BASE = "http://sandbox.example/mmbiz/"


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def http(url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(
        url, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


class Caller:
    """An account's program that does everything right."""

    def __init__(self, sandbox: RunningSandbox, appid: str = APPID) -> None:
        self.url = f"{sandbox.url}/cgi-bin"
        self.appid = appid
        self.token = self.json(
            "stable_token", grant_type="client_credential", appid=appid, secret=DEMO_SECRET
        )["access_token"]

    def json(self, path: str, **body: Any) -> dict[str, Any]:
        separator = "&" if "?" in path else "?"
        token = f"{separator}access_token={self.token}" if hasattr(self, "token") else ""
        raw = json.dumps(body, ensure_ascii=False).encode()
        answer: dict[str, Any] = json.loads(http(f"{self.url}/{path}{token}", raw)[1])
        return answer

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        given = urllib.parse.urlencode({"access_token": self.token, **query})
        answer: dict[str, Any] = json.loads(http(f"{self.url}/{path}?{given}")[1])
        return answer

    def figures(self, name: str, begin: str, end: str) -> dict[str, Any]:
        url = f"{self.url.removesuffix('/cgi-bin')}/datacube/{name}?access_token={self.token}"
        answer: dict[str, Any] = json.loads(
            http(url, json.dumps({"begin_date": begin, "end_date": end}).encode())[1]
        )
        return answer

    def upload(self, path: str, data: bytes, name: str = "a.png") -> dict[str, Any]:
        separator = "&" if "?" in path else "?"
        head = f'--x\r\nContent-Disposition: form-data; name="media"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
        answer: dict[str, Any] = json.loads(
            http(
                f"{self.url}/{path}{separator}access_token={self.token}",
                head.encode() + data + b"\r\n--x--\r\n",
                Content_Type="multipart/form-data; boundary=x",
            )[1]
        )
        return answer

    def cover(self) -> str:
        return str(self.upload("material/add_material?type=image", png())["media_id"])

    def draft(self, **changes: Any) -> dict[str, Any]:
        return self.json("draft/add", articles=[article(self.cover(), **changes)])

    def publish(self, **changes: Any) -> dict[str, Any]:
        return self.json("freepublish/submit", media_id=self.draft(**changes)["media_id"])


def png(width: int = 900, height: int = 383) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def article(cover: str = "c", **changes: Any) -> dict[str, Any]:
    return {
        "title": "标题",
        "content": "<p>正文</p>",
        "content_source_url": f"http://hub.example/i/{UUID}/?wx=0123456789abcdef.1",
        "thumb_media_id": cover,
        **changes,
    }


class TestTokens:
    def test_a_stable_token_stays_until_five_minutes_before_its_end(self) -> None:
        tokens = AccountTokens()
        first, lifetime = tokens.stable(0, force=False)
        assert lifetime == LIFETIME
        assert tokens.stable(LIFETIME - OVERLAP - 1, force=False)[0] == first
        second, _ = tokens.stable(LIFETIME - OVERLAP, force=False)
        assert second != first
        assert [tokens.errcode(token, LIFETIME - OVERLAP) for token in (first, second)] == [0, 0]
        assert tokens.errcode(first, LIFETIME) == 40001

    def test_force_kills_the_token_before_but_not_twice_in_thirty_seconds(self) -> None:
        tokens = AccountTokens()
        first, _ = tokens.stable(100, force=False)
        second, _ = tokens.stable(100, force=True)
        assert tokens.errcode(first, 100) == 40001
        assert tokens.stable(120, force=True)[0] == second

    def test_plain_tokens_invalidate_one_another(self) -> None:
        tokens = AccountTokens()
        first, second, third = (tokens.legacy(0)[0] for _ in range(3))
        assert [tokens.errcode(token, 1) for token in (first, second, third)] == [40001, 0, 0]
        assert tokens.errcode(second, OVERLAP) == 40001

    def test_the_two_kinds_leave_each_other_alone(self) -> None:
        tokens = AccountTokens()
        stable, _ = tokens.stable(0, force=False)
        tokens.legacy(0)
        tokens.legacy(0)
        assert tokens.errcode(stable, 1) == 0

    def test_an_expired_token_says_so(self) -> None:
        tokens = AccountTokens()
        token, _ = tokens.stable(0, force=False)
        assert tokens.errcode(token, LIFETIME) == 42001
        assert tokens.errcode("", 0) == 41001

    def test_wrong_credentials_and_a_missing_token_have_their_codes(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        ask = {"grant_type": "client_credential", "appid": APPID, "secret": DEMO_SECRET}
        assert caller.json("stable_token", **{**ask, "secret": "x"})["errcode"] == 40125
        assert caller.json("stable_token", **{**ask, "appid": "x"})["errcode"] == 40013
        caller.token = "x"
        answer = caller.json("draft/batchget", offset=0, count=1)
        assert answer["errcode"] == 40001
        assert "rid: " in answer["errmsg"]


class TestLimits:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"title": "题" * 33}, 45003),
            ({"title": ""}, 40035),
            ({"author": "甲" * 17}, 45110),
            ({"digest": "摘" * 129}, 45004),
            ({"content": "字" * 20_000}, 45002),
            ({"content": " "}, 44003),
            ({"content_source_url": "http://x.example/" + "a" * 1010}, 45005),
            ({"thumb_media_id": ""}, 40007),
            ({"thumb_media_id": "other"}, 40007),
            ({"title": 5}, 47001),
        ],
    )
    def test_a_field_over_its_limit_has_its_code(self, changes: dict[str, Any], code: int) -> None:
        def has_cover(media_id: str) -> bool:
            return media_id == "c"

        with pytest.raises(ApiError) as caught:
            checked(article(**changes), image_base=BASE, has_cover=has_cover)
        assert caught.value.code == code

    def test_fields_at_their_limit_pass(self) -> None:
        full = article(title="题" * 32, author="甲" * 16, digest="摘" * 128, content="字" * 19_999)
        assert checked(full, image_base=BASE, has_cover=lambda _: True)["title"] == "题" * 32

    def test_a_missing_digest_is_the_beginning_of_the_text(self) -> None:
        kept = checked(article(content="<p>" + "字" * 80 + "</p>"), image_base=BASE, has_cover=lambda _: True)
        assert kept["digest"] == "字" * 54

    def test_foreign_pictures_scripts_and_links_disappear_without_a_word(self) -> None:
        dirty = (
            f'<p class="a" onclick="x()">甲<script>alert(1)</script><img src="{BASE}1.png">'
            '<img src="https://foreign.example/2.png"><a href="https://foreign.example/">乙</a></p>'
        )
        assert cleaned(dirty, image_base=BASE) == f'<p>甲<img src="{BASE}1.png"><a>乙</a></p>'

    @pytest.mark.parametrize(
        ("path", "data", "name", "code"),
        [
            ("media/uploadimg", b"GIF89a", "a.png", 40137),
            ("media/uploadimg", b"", "a.png", 44001),
            ("media/uploadimg", png(), "图.png", 41005),
            ("media/uploadimg", png() + b"\0" * 1_000_000, "a.png", 40009),
            ("material/add_material?type=thumb", png(), "a.jpg", 40005),
            ("material/add_material?type=voice", png(), "a.png", 40004),
        ],
    )
    def test_a_picture_is_judged_by_its_bytes(
        self, sandbox: RunningSandbox, path: str, data: bytes, name: str, code: int
    ) -> None:
        assert Caller(sandbox).upload(path, data, name)["errcode"] == code

    def test_a_tiny_cover_cannot_be_cut(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        cover = caller.upload("material/add_material?type=image", png(50, 50))["media_id"]
        assert caller.json("draft/add", articles=[article(cover)])["errcode"] == 53402

    def test_nine_articles_are_too_many_and_none_is_too_few(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        cover = caller.cover()
        assert "media_id" in caller.json("draft/add", articles=[article(cover)] * 8)
        assert caller.json("draft/add", articles=[article(cover)] * 9)["errcode"] == 45008
        assert caller.json("draft/add", articles=[])["errcode"] == 44003

    def test_quotas_end_at_midnight_in_china(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        sandbox.spend(APPID, "draft/count", 1000)
        count = f"{caller.url}/draft/count?access_token={caller.token}"
        assert json.loads(http(count)[1])["errcode"] == 45009
        sandbox.advance(86_400)
        token = Caller(sandbox).token
        assert json.loads(http(f"{caller.url}/draft/count?access_token={token}")[1]) == {"total_count": 0}


class TestDrafts:
    def test_a_draft_can_be_read_listed_changed_and_deleted(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        cover = caller.cover()
        media_id = caller.json("draft/add", articles=[article(cover)])["media_id"]
        assert caller.json("draft/get", media_id=media_id)["news_item"][0]["title"] == "标题"
        changed = caller.json(
            "draft/update", media_id=media_id, index=0, articles=article(cover, title="新标题")
        )
        assert changed["errcode"] == 0
        listed = caller.json("draft/batchget", offset=0, count=20, no_content=1)
        assert listed["item"][0]["content"]["news_item"][0]["title"] == "新标题"
        assert "content" not in listed["item"][0]["content"]["news_item"][0]
        assert caller.json("draft/delete", media_id=media_id)["errcode"] == 0
        assert caller.json("draft/delete", media_id=media_id)["errcode"] == 40007

    def test_lists_are_newest_first_and_at_most_twenty(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        cover = caller.cover()
        made = [caller.json("draft/add", articles=[article(cover)])["media_id"] for _ in range(3)]
        page = caller.json("draft/batchget", offset=1, count=2)
        assert [item["media_id"] for item in page["item"]] == [made[1], made[0]]
        assert page["total_count"] == 3
        assert caller.json("draft/batchget", offset=0, count=21)["errcode"] == 40035

    def test_accounts_do_not_see_one_another(self, sandbox: RunningSandbox) -> None:
        one, other = Caller(sandbox), Caller(sandbox, "wxdemo000000000002")
        media_id = one.draft()["media_id"]
        assert other.json("draft/get", media_id=media_id)["errcode"] == 40007
        assert other.json("draft/add", articles=[article(one.cover())])["errcode"] == 40007


class TestPublishing:
    def test_a_review_takes_its_time_and_consumes_the_draft(self) -> None:
        with running_sandbox(SandboxConfig(publish_seconds=30)) as sandbox:
            caller = Caller(sandbox)
            publish_id = caller.publish()["publish_id"]
            assert caller.json("freepublish/get", publish_id=publish_id)["publish_status"] == 1
            assert sandbox.count(f"draft:{APPID}") == 1
            assert sandbox.copies() == []
            sandbox.advance(31)
            done = caller.json("freepublish/get", publish_id=str(publish_id))
            assert done["publish_status"] == 0
            assert sandbox.count(f"draft:{APPID}") == 0
            assert http(done["article_detail"]["item"][0]["article_url"])[0] == 200
            assert [copy.item for copy in sandbox.copies(f"urn:uuid:{UUID}")] == [UUID]

    def test_submitting_twice_publishes_twice(self) -> None:
        """Nothing promises otherwise, so whoever submits twice has to see it here."""
        with running_sandbox(SandboxConfig(publish_seconds=30)) as sandbox:
            caller = Caller(sandbox)
            media_id = caller.draft()["media_id"]
            for _ in range(2):
                caller.json("freepublish/submit", media_id=media_id)
            sandbox.advance(31)
            assert len(sandbox.copies()) == 2
            assert caller.json("freepublish/submit", media_id=media_id)["errcode"] == 40007

    @pytest.mark.parametrize("status", [2, 3, 4])
    def test_a_failed_review_keeps_the_draft(self, sandbox: RunningSandbox, status: int) -> None:
        sandbox.fault("freepublish/submit", "publish_status", status=status)
        caller = Caller(sandbox)
        publish_id = caller.publish()["publish_id"]
        assert caller.json("freepublish/get", publish_id=publish_id)["publish_status"] == status
        assert sandbox.count(f"draft:{APPID}") == 1

    def test_a_deleted_article_says_so_everywhere(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        publish_id = caller.publish()["publish_id"]
        done = caller.json("freepublish/get", publish_id=publish_id)
        article_id, url = done["article_id"], done["article_detail"]["item"][0]["article_url"]
        assert caller.json("freepublish/delete", article_id=article_id)["errcode"] == 0
        assert caller.json("freepublish/delete", article_id=article_id)["errcode"] == 53600
        assert (
            caller.json("freepublish/getarticle", article_id=article_id)["news_item"][0]["is_deleted"] is True
        )
        assert caller.json("freepublish/get", publish_id=publish_id)["publish_status"] == 5
        assert "该内容已被发布者删除" in http(url)[1].decode()
        assert sandbox.copies() == []


class TestPages:
    def test_an_article_is_shown_like_on_a_phone(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        picture = caller.upload("media/uploadimg", png())["url"]
        publish_id = caller.publish(title="<标题>", content=f'<p>正文</p><img src="{picture}">')["publish_id"]
        url = caller.json("freepublish/get", publish_id=publish_id)["article_detail"]["item"][0][
            "article_url"
        ]
        page = http(url)[1].decode()
        for part in (
            "&lt;标题&gt;",
            "品质城中",
            "正文",
            "阅读原文",
            f"/i/{UUID}/?wx=0123456789abcdef.1",
            picture,
        ):
            assert part in page
        assert http(picture) == (200, png())

    def test_the_index_names_accounts_articles_and_faults(self, sandbox: RunningSandbox) -> None:
        assert "还没有收到任何稿件" in http(f"{sandbox.url}/")[1].decode()
        Caller(sandbox).publish()
        sandbox.fault("draft/add", "slow", seconds=60)
        page = http(f"{sandbox.url}/")[1].decode()
        for part in ("品质城中", "标题", "draft/add", "slow"):
            assert part in page

    @pytest.mark.parametrize("path", ["/s/none", "/mmbiz/none.png", f"/receiver/egov/{UUID}/"])
    def test_what_is_not_there_is_not_found(self, sandbox: RunningSandbox, path: str) -> None:
        assert http(f"{sandbox.url}{path}")[0] == 404


def post(
    sandbox: RunningSandbox,
    *,
    version: int = 1,
    kind: str = "item.published",
    message: str = "m1",
    secret: str = DEMO_SECRET,
    at: float | None = None,
    body: bytes | None = None,
) -> tuple[int, dict[str, Any]]:
    data = {
        "uri": f"urn:uuid:{UUID}",
        "version": str(version),
        "headlines": [{"value": f"标题{version}"}],
        "body_html": "<p>正文</p><script>x</script>",
    }
    body = body or json.dumps({"type": kind, "id": message, "data": data}).encode()
    stamp = str(int(time.time() if at is None else at))
    signature = base64.b64encode(
        hmac.new(
            secret.encode(), b".".join([message.encode(), stamp.encode(), body]), hashlib.sha256
        ).digest()
    ).decode()
    status, answer = http(
        f"{sandbox.url}/receiver/egov/items",
        body,
        Content_Type="application/json",
        webhook_id=message,
        webhook_timestamp=stamp,
        webhook_signature=f"v1,{signature}",
    )
    return status, json.loads(answer)


class TestReceiver:
    def test_a_signed_item_is_shown_with_its_marks(self, sandbox: RunningSandbox) -> None:
        status, answer = post(sandbox, version=3)
        assert (status, answer["id"], answer["version"]) == (200, UUID, 3)
        page = http(answer["url"])[1].decode()
        assert f'<meta name="tongsheng:item" content="urn:uuid:{UUID}">' in page
        assert '<meta name="tongsheng:version" content="3">' in page
        assert "标题3" in page
        assert "<script>" not in page
        assert "标题3" in http(f"{sandbox.url}/receiver/egov/")[1].decode()

    def test_a_ping_is_answered_and_shows_nothing(self, sandbox: RunningSandbox) -> None:
        ping = {"type": "hub.ping", "id": "ping-1", "timestamp": "2026-11-23T01:30:00+00:00", "data": {}}
        body = json.dumps(ping).encode()
        assert post(sandbox, body=body, message="ping-1") == (200, {})
        assert post(sandbox, body=body, message="ping-1", secret="wrong")[0] == 401

    def test_forged_and_stale_posts_are_refused(self, sandbox: RunningSandbox) -> None:
        assert post(sandbox, secret="wrong")[0] == 401
        assert post(sandbox, at=time.time() - 301)[0] == 401
        assert sandbox.copies() == []

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"[]", 400),
            (b"{", 400),
            (b'{"type":"x","data":{}}', 422),
            (b'{"type":"item.published","data":{"uri":"x","version":"1"}}', 422),
        ],
    )
    def test_nonsense_is_refused(self, sandbox: RunningSandbox, body: bytes, status: int) -> None:
        assert post(sandbox, body=body)[0] == status

    def test_a_message_counts_once_and_an_old_version_never_wins(self, sandbox: RunningSandbox) -> None:
        post(sandbox, version=1, message="a")
        post(sandbox, version=2, message="b")
        assert post(sandbox, version=1, message="c")[1]["version"] == 2
        assert post(sandbox, version=1, message="a")[1]["version"] == 1
        assert [copy.version for copy in sandbox.copies()] == [2]

    def test_a_withdrawn_item_is_gone_until_a_new_message(self, sandbox: RunningSandbox) -> None:
        url = post(sandbox, message="a")[1]["url"]
        post(sandbox, kind="item.withdrawn", message="b")
        assert http(url)[0] == 410
        post(sandbox, message="a")
        assert http(url)[0] == 410
        post(sandbox, message="c")
        assert http(url)[0] == 200

    def test_a_standard_secret_is_base64_behind_its_prefix(self) -> None:
        secret = f"whsec_{base64.b64encode(b'key').decode()}"
        signature = base64.b64encode(hmac.new(b"key", b"m.100.{}", hashlib.sha256).digest()).decode()
        headers = {
            "webhook-id": "m",
            "webhook-timestamp": "100",
            "webhook-signature": f"v1,other v1,{signature}",
        }
        assert is_signed(secret, headers, b"{}", now=100)
        assert not is_signed(secret, headers, b"{ }", now=100)


class TestControl:
    def control(self, sandbox: RunningSandbox, command: str, /, **body: Any) -> tuple[int, dict[str, Any]]:
        status, answer = http(f"{sandbox.url}/_control/{command}", json.dumps(body).encode())
        return status, json.loads(answer) if status < 300 else {}

    def test_a_fault_strikes_as_often_as_it_says(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        status, _ = self.control(
            sandbox, "faults", path="draft/batchget", kind="errcode", errcode=45011, times=2
        )
        assert status == 201
        codes = [caller.json("draft/batchget", offset=0, count=1).get("errcode", 0) for _ in range(3)]
        assert codes == [45011, 45011, 0]

    def test_a_fault_can_let_calls_pass_first(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        self.control(sandbox, "faults", path="draft/batchget", kind="errcode", errcode=45011, skip=2)
        codes = [caller.json("draft/batchget", offset=0, count=1).get("errcode", 0) for _ in range(4)]
        assert codes == [0, 0, 45011, 0]

    def test_an_answer_can_get_lost_before_and_after_the_work(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        cover = caller.cover()
        for kind, drafts in (
            ("drop_before", 0),
            ("drop_after_commit", 1),
            ("500", 1),
            ("500_after", 2),
            ("html", 2),
            ("html_after", 3),
        ):
            self.control(sandbox, "faults", path="draft/add", kind=kind)
            try:
                answer = http(
                    f"{caller.url}/draft/add?access_token={caller.token}",
                    json.dumps({"articles": [article(cover)]}).encode(),
                )
            except (ConnectionError, urllib.error.URLError):
                answer = (0, b"")
            assert b"media_id" not in answer[1], kind
            assert sandbox.count(f"draft:{APPID}") == drafts, kind

    @pytest.mark.parametrize(
        "body", [{"path": "x", "kind": "none"}, {"path": "(", "kind": "500"}, {"kind": "500"}]
    )
    def test_an_unknown_fault_is_refused(self, sandbox: RunningSandbox, body: dict[str, str]) -> None:
        assert self.control(sandbox, "faults", **body)[0] == 400

    def test_copies_are_counted_by_outlet_and_item(self, sandbox: RunningSandbox) -> None:
        caller = Caller(sandbox)
        caller.publish()
        caller.publish()
        post(sandbox)
        counts = json.loads(http(f"{sandbox.url}/_control/copies")[1])["counts"]
        assert counts == {f"{APPID} {UUID}": 2, f"egov {UUID}": 1}

    def test_copies_can_be_removed_behind_the_hubs_back(self, sandbox: RunningSandbox) -> None:
        Caller(sandbox).publish()
        post(sandbox)
        for copy in sandbox.copies():
            self.control(sandbox, "delete", outlet=copy.outlet, remote_id=copy.remote_id)
        assert sandbox.copies() == []

    def test_the_clock_can_be_put_forward_and_all_be_reset(self, sandbox: RunningSandbox) -> None:
        now = self.control(sandbox, "clock", advance=0)[1]["now"]
        assert self.control(sandbox, "clock", advance=3600)[1]["now"] >= now + 3600
        Caller(sandbox).publish()
        self.control(sandbox, "reset")
        assert sandbox.copies() == []


def test_what_is_kept_in_a_file_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "sandbox.sqlite3"
    first = Store(path)
    first.put("article:a", "1", {"title": "标题"})
    first.next("article")
    name = first.keep_file(b"bytes", "image/png", "png")
    first.close()
    second = Store(path)
    assert second.all("article:a") == [{"title": "标题"}]
    assert second.next("article") == 2
    assert second.file(name) == ("image/png", b"bytes")
    second.close()


def test_the_sandbox_needs_no_django(tmp_path: Path) -> None:
    code = "import sys, channels.sandbox.__main__; sys.exit('django' in sys.modules or 'wechatpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
