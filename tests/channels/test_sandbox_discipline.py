"""What a disciplined client never does is counted, and what the platform lets an account do can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from channels.sandbox.config import DEMO_SECRET, SandboxConfig
from channels.sandbox.faults import Fault, FaultKind, Faults
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.sandbox.server import Sandbox
from tests.channels.test_sandbox import Caller, article, http, png

DAY = 86_400
_numbers = count(950_000_000_001)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(SandboxConfig(publish_seconds=30)) as running:
        yield running


@pytest.fixture
def appid() -> str:
    return f"wxdemo{next(_numbers)}"


@pytest.fixture
def caller(sandbox: RunningSandbox, appid: str) -> Caller:
    return Caller(sandbox, appid)


def counted(sandbox: RunningSandbox, appid: str) -> list[str]:
    return [line.removeprefix(f"{appid} ") for line in sandbox.violations() if line.startswith(appid)]


def ask_token(sandbox: RunningSandbox, appid: str, **changes: Any) -> dict[str, Any]:
    body = {"grant_type": "client_credential", "appid": appid, "secret": DEMO_SECRET, **changes}
    answer: dict[str, Any] = json.loads(
        http(f"{sandbox.url}/cgi-bin/stable_token", json.dumps(body).encode())[1]
    )
    return answer


class TestViolations:
    def test_a_disciplined_client_commits_none(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        picture = caller.upload("media/uploadimg", png(300, 300))["url"]
        publish_id = caller.publish(content=f'<p>正文<img src="{picture}"></p>')["publish_id"]
        sandbox.advance(31)
        assert caller.json("freepublish/get", publish_id=publish_id)["publish_status"] == 0
        assert counted(sandbox, appid) == []
        assert sandbox.duplicate_uploads(appid) == 0

    def test_a_second_submit_of_a_draft_in_review_and_one_of_a_consumed_draft(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        media_id = caller.draft()["media_id"]
        for _ in range(2):
            caller.json("freepublish/submit", media_id=media_id)
        sandbox.advance(31)
        assert caller.json("freepublish/submit", media_id=media_id)["errcode"] == 40007
        assert counted(sandbox, appid) == [
            "freepublish/submit: a draft that is still in review",
            "freepublish/submit: a draft that has already gone out",
        ]

    def test_a_refused_draft_may_be_submitted_again(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.fault("freepublish/submit", "publish_status", status=3)
        media_id = caller.draft()["media_id"]
        caller.json("freepublish/submit", media_id=media_id)
        sandbox.advance(31)
        caller.json("freepublish/submit", media_id=media_id)
        assert counted(sandbox, appid) == []

    def test_a_call_over_the_quota(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        sandbox.spend(appid, "tags/get", 1000)
        assert caller.get("tags/get")["errcode"] == 45009
        assert counted(sandbox, appid) == ["tags/get: a call over the daily quota of 1000"]

    def test_chinese_as_escapes(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        url = f"{caller.url}/tags/create?access_token={caller.token}"
        http(url, json.dumps({"tag": {"name": "é — \\\\u4e2d"}}).encode())
        assert counted(sandbox, appid) == []
        http(url, json.dumps({"tag": {"name": "\\中"}}).encode())
        assert counted(sandbox, appid) == ["/cgi-bin/tags/create: Chinese as \\u escapes"]

    def test_files_without_bytes_or_a_plain_name(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        assert caller.upload("media/uploadimg", b"")["errcode"] == 44001
        assert caller.upload("media/uploadimg", png(), "图.png")["errcode"] == 41005
        assert caller.upload("material/add_material?type=image", png(), "")["errcode"] == 41005
        assert counted(sandbox, appid) == [
            "media/uploadimg: an empty file",
            "media/uploadimg: a file name that is not ASCII",
            "material/add_material: no file, or a file without a name",
        ]

    @pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=y"])
    def test_a_body_that_is_no_multipart(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, kind: str
    ) -> None:
        url = f"{caller.url}/media/uploadimg?access_token={caller.token}"
        assert json.loads(http(url, b"--x\r\n\r\nx", Content_Type=kind)[1])["errcode"] == 41005
        assert len(counted(sandbox, appid)) == 1

    def test_foreign_pictures_in_an_article(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        caller.draft(content='<p>甲</p><IMG alt="" src = "https://foreign.example/1.png">')
        (line,) = counted(sandbox, appid)
        assert "https://foreign.example/1.png" in line

    def test_a_forced_token_and_a_storm_of_them(self, sandbox: RunningSandbox, appid: str) -> None:
        for _ in range(5):
            ask_token(sandbox, appid)
        assert counted(sandbox, appid) == []
        ask_token(sandbox, appid, force_refresh=True)
        assert counted(sandbox, appid) == [
            "stable_token: 6 calls within a minute",
            "stable_token: force_refresh",
        ]
        sandbox.advance(61)
        ask_token(sandbox, appid)
        assert len(counted(sandbox, appid)) == 2

    def test_the_same_bytes_twice_from_the_same_call(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        for _ in range(3):
            caller.upload("media/uploadimg", png(200, 200))
        caller.upload("material/add_material?type=image", png(200, 200))
        assert sandbox.duplicate_uploads(appid) == 2

    def test_they_are_told_to_everybody(self, sandbox: RunningSandbox, appid: str) -> None:
        ask_token(sandbox, appid, force_refresh=True)
        told = json.loads(http(f"{sandbox.url}/_control/violations")[1])["violations"]
        assert f"{appid} stable_token: force_refresh" in told


class TestAccounts:
    def test_tokens_are_for_listed_addresses(self, sandbox: RunningSandbox, appid: str) -> None:
        sandbox.set_account(appid, ip_whitelist=["203.0.113.9"])
        refused = ask_token(sandbox, appid)
        assert refused["errcode"] == 40164
        assert "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: " in refused["errmsg"]
        sandbox.set_account(appid, ip_whitelist=["127.0.0.1"])
        assert "access_token" in ask_token(sandbox, appid)

    @pytest.mark.parametrize("path", ["submit", "get", "getarticle", "batchget", "delete"])
    def test_an_account_may_lose_all_publishing_calls(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, path: str
    ) -> None:
        sandbox.set_account(appid, may_publish=False)
        assert caller.json(f"freepublish/{path}", offset=0, count=1)["errcode"] == 48001
        assert "media_id" in caller.draft()

    def test_ids_can_be_strings(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        assert isinstance(caller.publish()["publish_id"], int)
        sandbox.set_account(appid, string_ids=True)
        answer = caller.publish()
        assert isinstance(answer["publish_id"], str)
        assert isinstance(answer["msg_data_id"], str)
        for publish_id in (answer["publish_id"], int(answer["publish_id"])):
            assert caller.json("freepublish/get", publish_id=publish_id)["publish_status"] == 1

    def test_settings_are_changed_over_http_too(self, sandbox: RunningSandbox, appid: str) -> None:
        def change(**body: Any) -> int:
            return http(f"{sandbox.url}/_control/account", json.dumps({"appid": appid, **body}).encode())[0]

        assert change(kind="service", secret="another") == 200
        assert ask_token(sandbox, appid)["errcode"] == 40125
        assert change(kind="x") == 400
        assert change(colour="red") == 400
        assert http(f"{sandbox.url}/_control/account", b'{"appid":"wx1","verified":false}')[0] == 400


class TestUpkeep:
    def test_a_rid_tells_the_request_to_its_account_for_a_week(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        rid = caller.json("draft/get", media_id="缺")["errmsg"].partition("rid: ")[2]
        told = caller.json("openapi/rid/get", rid=rid)["request"]
        assert '"media_id": "缺"' in told["request_body"]
        assert '"errcode": 40007' in told["response_body"]
        assert caller.token not in json.dumps(told)
        assert Caller(sandbox, f"wxdemo{next(_numbers)}").json("openapi/rid/get", rid=rid)["errcode"] == 76003
        assert caller.json("openapi/rid/get", rid="0" * 8)["errcode"] == 76002
        sandbox.advance(7 * DAY + 1)
        assert Caller(sandbox, appid).json("openapi/rid/get", rid=rid)["errcode"] == 76001

    def test_counters_can_be_reset_ten_times_a_month(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.spend(appid, "menu/create", 1000)
        quota = caller.json("openapi/quota/get", cgi_path="/cgi-bin/menu/create")["quota"]
        assert quota == {"daily_limit": 1000, "used": 1000, "remain": 0}
        assert caller.json("clear_quota", appid="wxdemo000000000001")["errcode"] == 40013
        assert caller.json("clear_quota", appid=appid)["errcode"] == 0
        assert caller.json("openapi/quota/get", cgi_path="/cgi-bin/menu/create")["quota"]["used"] == 0
        credentials = {"appid": appid, "appsecret": DEMO_SECRET}
        codes = [caller.json("clear_quota/v2", **credentials)["errcode"] for _ in range(10)]
        assert codes == [0] * 9 + [48006]
        assert caller.json("clear_quota/v2", appid=appid, appsecret="x")["errcode"] == 40125


class TestArticlesLater:
    @pytest.fixture
    def done(self, sandbox: RunningSandbox, caller: Caller) -> dict[str, Any]:
        cover = caller.cover()
        media_id = caller.json("draft/add", articles=[article(cover)] * 2)["media_id"]
        publish_id = caller.json("freepublish/submit", media_id=media_id)["publish_id"]
        sandbox.advance(31)
        return caller.json("freepublish/get", publish_id=publish_id)

    def test_each_article_has_its_address(
        self, sandbox: RunningSandbox, appid: str, done: dict[str, Any]
    ) -> None:
        urls = [item["article_url"] for item in done["article_detail"]["item"]]
        assert len(set(urls)) == 2
        assert [copy.url for copy in sandbox.copies() if copy.outlet == appid] == urls

    def test_a_banned_publication_says_six(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, done: dict[str, Any]
    ) -> None:
        sandbox.ban(appid, done["article_id"])
        assert caller.json("freepublish/get", publish_id=done["publish_id"])["publish_status"] == 6
        assert [copy for copy in sandbox.copies() if copy.outlet == appid] == []
        url = done["article_detail"]["item"][1]["article_url"]
        assert "此内容因违规无法查看" in http(url)[1].decode()

    def test_only_when_all_are_deleted_it_says_five(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, done: dict[str, Any]
    ) -> None:
        article_id = done["article_id"]
        assert caller.json("freepublish/delete", article_id=article_id, index=1)["errcode"] == 0
        assert caller.json("freepublish/get", publish_id=done["publish_id"])["publish_status"] == 0
        shown = caller.json("freepublish/getarticle", article_id=article_id)["news_item"]
        assert [item["is_deleted"] for item in shown] == [True, False]
        sandbox.delete_by_hand(appid, article_id, 2)
        assert caller.json("freepublish/get", publish_id=done["publish_id"])["publish_status"] == 5

    def test_a_person_publishes_a_draft_where_the_calls_are_not_granted(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.set_account(appid, may_publish=False)
        media_id = caller.draft()["media_id"]
        article_id = sandbox.publish_by_hand(appid, media_id)
        (copy,) = [copy for copy in sandbox.copies() if copy.outlet == appid]
        assert copy.remote_id == article_id
        assert "标题" in http(copy.url)[1].decode()
        assert caller.json("draft/get", media_id=media_id)["errcode"] == 40007
        with pytest.raises(ValueError, match="草稿已不存在"):
            sandbox.publish_by_hand(appid, media_id)

    def test_a_person_shares_the_push_quota(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.publish_by_hand(appid, caller.draft()["media_id"], notify=True)
        with pytest.raises(ValueError, match="群发次数已用完"):
            sandbox.publish_by_hand(appid, caller.draft()["media_id"], notify=True)

    def test_an_article_is_changed_a_little_and_once(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, done: dict[str, Any]
    ) -> None:
        article_id = done["article_id"]
        with pytest.raises(ValueError, match="20 个字"):
            sandbox.edit_by_hand(appid, article_id, "正文", "字" * 21)
        with pytest.raises(ValueError, match="没有找到"):
            sandbox.edit_by_hand(appid, article_id, "没有", "有")
        sandbox.edit_by_hand(appid, article_id, "正文", "更正")
        shown = caller.json("freepublish/getarticle", article_id=article_id)["news_item"]
        assert [item["content"] for item in shown] == ["<p>更正</p>", "<p>正文</p>"]
        with pytest.raises(ValueError, match="已经修改过一次"):
            sandbox.edit_by_hand(appid, article_id, "更正", "正文")


class TestCovers:
    @pytest.mark.parametrize("crop", ["0_0_1_1", "0.1945_0_1_0.5236", "0.123456_0.000001_1.0_1"])
    def test_a_crop_is_kept(self, caller: Caller, crop: str) -> None:
        media_id = caller.draft(pic_crop_235_1=crop, pic_crop_1_1=crop)["media_id"]
        (kept,) = caller.json("draft/get", media_id=media_id)["news_item"]
        assert (kept["pic_crop_235_1"], kept["pic_crop_1_1"]) == (crop, crop)

    @pytest.mark.parametrize(
        "crop",
        ["0_0_1", "0_0_1_1.1", "-0.1_0_1_1", "0.1234567_0_1_1", "0.5_0_0.5_1", "1_0_0_1", "a", "0,0,1,1"],
    )
    def test_a_crop_that_is_no_part_of_a_picture_is_refused(self, caller: Caller, crop: str) -> None:
        assert caller.draft(pic_crop_1_1=crop)["errcode"] == 53402

    def test_a_temporary_picture_is_no_cover(self, caller: Caller) -> None:
        temporary = caller.upload("media/upload?type=image", png())
        assert caller.json("draft/add", articles=[article(temporary["media_id"])])["errcode"] == 40007


class TestFaults:
    def test_a_share_of_the_calls_is_struck_the_same_ones_each_time(self) -> None:
        def struck() -> list[int]:
            faults = Faults()
            faults.add(Fault(path="x", kind=FaultKind.ERROR, times=0, share=0.1, seed=7))
            return [number for number in range(500) if faults.take("/x")]

        assert struck() == struck()
        assert 30 < len(struck()) < 70

    def test_a_fault_can_last(self) -> None:
        faults = Faults()
        faults.add(Fault(path="x", kind=FaultKind.ERRCODE, times=0, errcode=40001))
        assert all(faults.take("/x") for _ in range(50))

    def test_an_ending_leaves_requests_alone(self) -> None:
        faults = Faults()
        faults.add(Fault(path="mass", kind=FaultKind.MASS_STATUS))
        assert faults.take("/cgi-bin/message/mass/sendall") is None
        assert faults.take("mass", ending=FaultKind.PUBLISH_STATUS) is None
        fault = faults.take("mass", ending=FaultKind.MASS_STATUS)
        assert fault is not None
        assert fault.status == "send fail"

    def test_an_answer_needs_a_status(self) -> None:
        with pytest.raises(ValueError, match="status"):
            Fault(path="x", kind=FaultKind.ANSWER)

    @pytest.mark.parametrize("share", [-0.1, 1.5])
    def test_a_share_is_a_share(self, share: float) -> None:
        with pytest.raises(ValueError, match="share"):
            Fault(path="x", kind=FaultKind.ERROR, share=share)

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after_commit"])
    def test_answers_of_get_calls_get_lost_too(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, kind: str
    ) -> None:
        caller.json("menu/create", button=[{"type": "click", "name": "甲", "key": "k"}])
        sandbox.fault("menu/delete", kind)
        with pytest.raises(ConnectionError):
            caller.get("menu/delete")
        assert ("menu" in caller.get("menu/get")) == (kind == "drop_before")


def test_jobs_that_were_running_end_after_a_restart(tmp_path: Any) -> None:
    state = tmp_path / "sandbox.sqlite3"
    first = Sandbox(SandboxConfig(), state)
    job = {"publish_id": "5", "media_id": "m", "msg_data_id": 6, "articles": [], "base": "", "due_at": 1.0}
    first.store.put("review:wxdemo000000000001", "5", {**job, "status": 1, "ends_with": 3})
    first.store.close()
    second = Sandbox(SandboxConfig(), state)
    second.platform.advance(0)
    assert [entry["status"] for entry in second.store.all("job:wxdemo000000000001")] == [3]
    second.store.close()
