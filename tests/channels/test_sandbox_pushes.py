"""Pushes in the sandbox: quotas, the 24 hours of clientmsgid, ends that come by themselves, and what readers see of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from channels.sandbox.clock import CHINA
from channels.sandbox.config import SandboxConfig
from channels.sandbox.running import RunningSandbox, running_sandbox
from tests.channels.test_sandbox import UUID, Caller, article, http

DAY = 86_400
READERS = ("oDEMO_a", "oDEMO_b", "oDEMO_c")
_numbers = count(920_000_000_001)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(SandboxConfig(publish_seconds=30)) as running:
        yield running


@pytest.fixture
def appid(sandbox: RunningSandbox) -> str:
    appid = f"wxdemo{next(_numbers)}"
    for reader in READERS:
        sandbox.follow(appid, reader, wxname=f"name_{reader}")
    return appid


@pytest.fixture
def caller(sandbox: RunningSandbox, appid: str) -> Caller:
    return Caller(sandbox, appid)


def push(caller: Caller, media_id: str = "", **changes: Any) -> dict[str, Any]:
    body = {
        "filter": {"is_to_all": True},
        "msgtype": "mpnews",
        "mpnews": {"media_id": media_id or caller.draft()["media_id"]},
        "send_ignore_reprint": 1,
        "clientmsgid": uuid4().hex,
        **changes,
    }
    return caller.json("message/mass/sendall", **body)


def status(caller: Caller, answer: dict[str, Any]) -> str:
    return str(caller.json("message/mass/get", msg_id=answer["msg_id"])["msg_status"])


def told(sandbox: RunningSandbox, appid: str) -> list[dict[str, Any]]:
    """The account's job events."""
    events = [parcel.fields for parcel in sandbox.callbacks(appid)]
    return [event for event in events if event.get("Event") == "MASSSENDJOBFINISH"]


def mine(sandbox: RunningSandbox, appid: str) -> list[Any]:
    return [copy for copy in sandbox.copies() if copy.outlet == appid]


def test_a_push_to_all_ends_by_itself_and_consumes_the_draft(
    sandbox: RunningSandbox, appid: str, caller: Caller
) -> None:
    cover = caller.cover()
    media_id = caller.json(
        "draft/add", articles=[article(cover, title="头条"), article(cover, title="次条")]
    )["media_id"]
    answer = push(caller, media_id)
    assert answer["errcode"] == 0
    assert (status(caller, answer), mine(sandbox, appid)) == ("SENDING", [])
    sandbox.advance(31)
    (event,) = told(sandbox, appid)
    assert (event["MsgID"], event["Status"]) == (answer["msg_id"], "send success")
    assert [event[name] for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")] == [3, 3, 3, 0]
    assert status(caller, answer) == "SEND_SUCCESS"
    assert sandbox.count(f"draft:{appid}") == 0
    assert caller.json("draft/get", media_id=media_id)["errcode"] == 40007
    urls = [item["ArticleUrl"] for item in event["ArticleUrlResult"]["ResultList"]["item"]]
    assert [copy.url for copy in mine(sandbox, appid)] == urls
    assert [copy.title for copy in sandbox.copies(UUID) if copy.outlet == appid] == ["头条", "次条"]
    assert "次条" in http(urls[1])[1].decode()


def test_a_push_never_shows_among_the_published(sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
    push(caller)
    sandbox.advance(31)
    assert caller.json("freepublish/batchget", offset=0, count=20)["total_count"] == 0
    assert len(mine(sandbox, appid)) == 1


@pytest.mark.parametrize("ending", ["send fail", "err(20001)", "err(30003)", "err(40002)"])
def test_a_refused_push_keeps_the_draft_and_costs_nothing(
    sandbox: RunningSandbox, appid: str, caller: Caller, ending: str
) -> None:
    sandbox.fault("message/mass/sendall", "mass_status", status=ending)
    media_id = caller.draft()["media_id"]
    answer = push(caller, media_id)
    sandbox.advance(31)
    (event,) = told(sandbox, appid)
    assert (event["Status"], event["SentCount"], event["ArticleUrlResult"]["Count"]) == (ending, 0, 0)
    assert status(caller, answer) == "SEND_FAIL"
    assert sandbox.count(f"draft:{appid}") == 1
    assert mine(sandbox, appid) == []
    assert push(caller, media_id)["errcode"] == 0


def test_an_account_pushes_once_a_day(sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
    assert push(caller)["errcode"] == 0
    assert push(caller)["errcode"] == 45028
    assert any(
        line == f"{appid} message/mass/sendall: a push over the quota" for line in sandbox.violations()
    )
    sandbox.advance(DAY)
    assert push(Caller(sandbox, appid))["errcode"] == 0


def test_a_service_account_pushes_four_times_a_month(sandbox: RunningSandbox, appid: str) -> None:
    today = datetime.fromtimestamp(sandbox.now(), CHINA)
    sandbox.advance((15 - today.day) % 28 * DAY)  # far from a month's end
    sandbox.set_account(appid, kind="service")
    caller = Caller(sandbox, appid)
    media_ids = [caller.draft()["media_id"] for _ in range(5)]
    for media_id in media_ids[:4]:
        assert push(caller, media_id)["errcode"] == 0
    assert push(caller, media_ids[4])["errcode"] == 45028
    sandbox.advance(31)
    one = {"touser": list(READERS), "clientmsgid": uuid4().hex, "msgtype": "mpnews"}
    answer = caller.json("message/mass/send", mpnews={"media_id": media_ids[4]}, **one)
    sandbox.advance(31)
    event = told(sandbox, appid)[-1]
    assert event["MsgID"] == answer["msg_id"]
    assert (event["FilterCount"], event["SentCount"], event["ErrorCount"]) == (3, 0, 3)


class TestClientmsgid:
    def test_the_same_one_names_the_job_that_exists(self, caller: Caller) -> None:
        media_id, key = caller.draft()["media_id"], uuid4().hex
        first = push(caller, media_id, clientmsgid=key)
        again = push(caller, media_id, clientmsgid=key)
        assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
        assert "rid: " in again["errmsg"]

    def test_it_is_forgotten_after_a_day(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        key = uuid4().hex
        push(caller, clientmsgid=key)
        sandbox.advance(DAY + 1)
        assert push(Caller(sandbox, appid), clientmsgid=key)["errcode"] == 0
        assert len(mine(sandbox, appid)) == 1

    def test_a_hyphenated_uuid_is_too_long(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        assert push(caller, clientmsgid=str(uuid4()))["errcode"] == 45067
        assert any(appid in line and "32 bytes" in line for line in sandbox.violations())

    def test_without_one_the_content_counts(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        media_id = caller.draft()["media_id"]
        first = push(caller, media_id, clientmsgid="")
        assert push(caller, media_id, clientmsgid="")["msg_id"] == first["msg_id"]
        assert any(appid in line and "no clientmsgid" in line for line in sandbox.violations())


class TestAudience:
    def test_a_push_to_a_tag_reaches_its_people_and_keeps_the_draft(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        tag = caller.json("tags/create", tag={"name": "街道"})["tag"]["id"]
        caller.json("tags/members/batchtagging", openid_list=[READERS[1]], tagid=tag)
        answer = push(caller, filter={"is_to_all": False, "tag_id": tag})
        sandbox.advance(31)
        assert told(sandbox, appid)[-1]["SentCount"] == 1
        assert sandbox.count(f"draft:{appid}") == 1
        cards = [line["cards"] for line in sandbox.chat(appid, READERS[1]) if line["cards"]]
        assert [card["title"] for card in cards[0]] == ["标题"]
        assert not any(line["cards"] for line in sandbox.chat(appid, READERS[0]))
        assert status(caller, answer) == "SEND_SUCCESS"

    def test_a_tag_that_does_not_exist_is_refused(self, caller: Caller) -> None:
        assert push(caller, filter={"is_to_all": False, "tag_id": 999})["errcode"] == 40152
        assert push(caller, filter={})["errcode"] == 40035

    def test_named_people_are_for_service_accounts(self, sandbox: RunningSandbox, appid: str) -> None:
        caller = Caller(sandbox, appid)
        body = {"msgtype": "mpnews", "mpnews": {"media_id": "x"}, "clientmsgid": "a"}
        assert caller.json("message/mass/send", touser=list(READERS), **body)["errcode"] == 48001
        sandbox.set_account(appid, kind="service")
        assert caller.json("message/mass/send", touser=[READERS[0]], **body)["errcode"] == 40032

    @pytest.mark.parametrize("changes", [{"may_mass_send": False}, {"verified": False}])
    def test_an_account_without_the_right_is_refused(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, changes: dict[str, bool]
    ) -> None:
        sandbox.set_account(appid, **changes)
        assert push(caller)["errcode"] == 48001


class TestPreview:
    def test_a_preview_reaches_a_follower_by_name_or_openid(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        body = {"msgtype": "mpnews", "mpnews": {"media_id": caller.draft()["media_id"]}}
        to_name = caller.json(
            "message/mass/preview", touser=READERS[0], towxname=f"name_{READERS[2]}", **body
        )
        assert to_name["errcode"] == 0
        assert caller.json("message/mass/preview", touser=READERS[1], **body)["errcode"] == 0
        shown = [bool(sandbox.chat(appid, reader)[-1]["cards"]) for reader in READERS]
        assert shown == [False, True, True]
        path = sandbox.chat(appid, READERS[2])[-1]["cards"][0]["url"]
        assert "标题" in http(sandbox.url + path)[1].decode()
        assert mine(sandbox, appid) == []

    def test_strangers_get_none(self, caller: Caller) -> None:
        body = {"msgtype": "mpnews", "mpnews": {"media_id": caller.draft()["media_id"]}}
        assert caller.json("message/mass/preview", towxname="stranger", **body)["errcode"] == 40132
        assert caller.json("message/mass/preview", touser="stranger", **body)["errcode"] == 40003

    def test_there_are_a_hundred_a_day(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        sandbox.spend(appid, "message/mass/preview", 100)
        assert caller.json("message/mass/preview", touser=READERS[0])["errcode"] == 45009


class TestDeleting:
    @pytest.fixture
    def sent(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> dict[str, Any]:
        cover = caller.cover()
        media_id = caller.json("draft/add", articles=[article(cover)] * 2)["media_id"]
        answer = push(caller, media_id)
        assert caller.json("message/mass/delete", msg_id=answer["msg_id"])["errcode"] == 40059
        sandbox.advance(31)
        return answer

    def test_all_articles_go(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, sent: dict[str, Any]
    ) -> None:
        assert caller.json("message/mass/delete", msg_id=sent["msg_id"])["errcode"] == 0
        assert mine(sandbox, appid) == []
        assert status(caller, sent) == "DELETE"
        assert caller.json("message/mass/delete", msg_id=sent["msg_id"])["errcode"] == 40059

    def test_one_article_goes_by_its_place_or_address(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, sent: dict[str, Any]
    ) -> None:
        first, second = (copy.url for copy in mine(sandbox, appid))
        caller.json("message/mass/delete", msg_id=sent["msg_id"], article_idx=1)
        assert [copy.url for copy in mine(sandbox, appid)] == [second]
        assert "已被发布者删除" in http(first)[1].decode()
        assert caller.json("message/mass/delete", url=second)["errcode"] == 0
        assert mine(sandbox, appid) == []

    def test_what_was_never_sent_is_unknown(self, caller: Caller) -> None:
        assert caller.json("message/mass/delete", msg_id=1)["errcode"] == 40059
        assert caller.json("message/mass/get", msg_id=1)["errcode"] == 40059
        assert caller.json("message/mass/delete", url="http://x.example/s/none")["errcode"] == 40059


def test_the_speed_is_told(caller: Caller) -> None:
    assert caller.json("message/mass/speed/get") == {"speed": 0, "realspeed": 80}
