"""The address that the platform calls: strangers get 403, repetitions do nothing twice, the reply is right each time."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from channels.models import CheckpointEntry, Outlet
from channels.sandbox.wechat.messages import parsed
from channels.wechat import callbacks, tasks
from channels.wechat.models import Follower, Interest, InterestKind, Notice, Push, PushState, Scene
from channels.wechat.push import verbs
from tests.channels.builders import NOW
from tests.channels.platform_calls import (
    APPID,
    KEY,
    OPENID,
    TOKEN,
    fields,
    mass_sent,
    post,
    published,
    push,
    signed,
    text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Outlet:
    outlet = Outlet(slug="pinzhi", name="品质城中", channel="wechat_mp", options={"appid": APPID})
    outlet.set_secrets({"secret": "x", "callback_token": TOKEN})
    outlet.save()
    return outlet


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Tasks that were sent."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks, "soon", lambda *task: found.append(task))
    return found


def answered(response: Any) -> dict[str, Any]:
    assert response.status_code == 200
    return parsed(response.content.decode())


class TestWho:
    def test_the_first_knock(self, account: Outlet, client: Client) -> None:
        response = client.get("/wechat/pinzhi/", {**signed(), "echostr": "7788"})

        assert (response.content, response["Content-Type"]) == (b"7788", "text/plain; charset=utf-8")

    @pytest.mark.parametrize(
        ("query", "body"),
        [
            ({}, b""),
            ({**signed(), "signature": "0" * 40}, b"<xml/>"),
            (signed(time.time() - 7 * 86_400), push(text("停水"))[1]),
            (signed(), b"garbage"),
            (signed(), b"x" * 100_000),
        ],
    )
    def test_a_stranger_gets_403_with_nothing_in_it(
        self, account: Outlet, client: Client, query: dict[str, str], body: bytes
    ) -> None:
        response = client.post("/wechat/pinzhi/", data=body, content_type="text/xml", query_params=query)

        assert (response.status_code, response.content) == (403, b"")
        assert not Notice.objects.exists()

    @pytest.mark.parametrize(
        "document",
        [
            text("停水") | {"FromUserName": "o" * 65},
            fields(Event="subscribe") | {"FromUserName": "o" * 5000},
            published(publish_id="9" * 300),
            published(article_id="a" * 300),
            mass_sent(MsgID="9" * 5000),
        ],
    )
    def test_an_id_that_no_column_holds_is_refused(
        self, account: Outlet, client: Client, document: dict[str, Any]
    ) -> None:
        assert post(client, document).status_code == 403
        assert not Notice.objects.exists()
        assert not CheckpointEntry.objects.exists()

    def test_an_account_without_a_token_listens_to_nobody(self, account: Outlet, client: Client) -> None:
        account.set_secrets({"secret": "x"})
        account.save()

        assert post(client, text("停水")).status_code == 403

    def test_an_outlet_of_another_channel_has_no_such_address(self, client: Client) -> None:
        Outlet.objects.create(slug="pinzhi", name="站", channel="hosted")

        assert post(client, text("停水")).status_code == 404

    def test_an_encrypted_push_is_answered_encrypted(self, account: Outlet, client: Client) -> None:
        account.set_secrets({"secret": "x", "callback_token": TOKEN, "callback_key": KEY})
        account.save()

        assert set(answered(post(client, text("停水"), sealed=True))) == {
            "Encrypt",
            "MsgSignature",
            "TimeStamp",
            "Nonce",
        }
        assert post(client, text("停水")).status_code == 403

    def test_no_log_names_a_person_or_a_secret(
        self, account: Outlet, client: Client, caplog: pytest.LogCaptureFixture, sent: list[Any]
    ) -> None:
        account.set_secrets({"secret": "x", "callback_token": TOKEN, "callback_key": KEY})
        account.save()
        Interest.objects.create(outlet=account, kind=InterestKind.STREET, code="tz", name="潭中街道")
        with caplog.at_level(0):
            post(client, text("我的身份证号"), sealed=True)
            post(client, text("订阅潭中街道", 2), sealed=True)
            post(client, text("我的身份证号"))
            post(client, text("我的身份证号") | {"CreateTime": "身份证"}, sealed=True)
            post(client, text("停水"), sealed=True, appid="wxdemo000000000009")
            client.get("/wechat/pinzhi/", {**signed(), "echostr": "7788"})
        assert Follower.objects.exists()
        said = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
        assert [
            word for word in (OPENID, TOKEN, KEY, "身份证号", signed()["signature"]) if word in said
        ] == []


class TestOnce:
    def test_a_message_that_comes_three_times_is_noted_once_and_answered_each_time(
        self, account: Outlet, client: Client
    ) -> None:
        replies = [answered(post(client, text("停水")))["Content"] for _ in range(3)]

        assert Notice.objects.count() == 1
        assert len(set(replies)) == 1

    def test_a_note_says_nothing_about_the_person(self, account: Outlet, client: Client) -> None:
        post(client, fields(Event="CLICK", EventKey="newest"))
        post(client, text("我的身份证号"))

        rows = json.dumps(list(Notice.objects.values("key", "kind", "document")), ensure_ascii=False)
        assert OPENID not in rows
        assert "身份证" not in rows

    def test_a_finished_job_is_handed_on_once(self, account: Outlet, client: Client) -> None:
        for form in ("xml", "json", "xml"):
            assert post(client, published(), form=form).content == b"success"

        entry = CheckpointEntry.objects.get(outlet=account, scope="shared", name="publish.2247503051")
        assert json.loads(entry.value)["article_id"] == "b5O2WP4"
        assert Notice.objects.get().document == {"publish_id": "2247503051", "status": 0}

    def test_a_finished_push_is_handed_on(self, account: Outlet, client: Client) -> None:
        made = verbs.create(account, by="bianji", now=NOW)
        under_way = {"state": PushState.ACCEPTED, "msg_id": "1000001625", "attempted_at": NOW}
        Push.objects.filter(pk=made.pk).update(**under_way)

        post(client, mass_sent())

        made.refresh_from_db()
        assert (made.status, made.counts["sent"]) == (PushState.SENT, 75)

    def test_what_could_not_be_written_is_called_for_again(
        self, account: Outlet, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def locked(*args: Any, **kwargs: Any) -> bool:
            raise OperationalError("database is locked")

        monkeypatch.setattr(callbacks, "note", locked)

        assert post(client, published()).status_code == 503
        assert "停水" in answered(post(client, text("停水")))["Content"]

    def test_notes_are_forgotten_after_a_month(self, account: Outlet) -> None:
        for key, at in (("a", NOW.replace(year=2020)), ("b", None)):
            Notice.objects.create(
                outlet=account, key=key, kind="x", received_at=at or callbacks.timezone.now()
            )

        tasks.prune_notices()

        assert [row.key for row in Notice.objects.all()] == ["b"]


class TestScenes:
    def test_counts_scans_and_follows_once_each(self, account: Outlet, client: Client) -> None:
        Scene.objects.create(outlet=account, scene="tz01", kind="follow", title="大厅", made_at=NOW)
        for _ in range(3):
            post(client, fields(Event="SCAN", EventKey="tz01"))
            post(client, fields(Event="subscribe", EventKey="qrscene_tz01"))

        scene = Scene.objects.get()
        assert (scene.scans, scene.follows) == (2, 1)
        assert not Follower.objects.exists()


class TestStreets:
    @pytest.fixture(autouse=True)
    def _streets(self, account: Outlet) -> None:
        for code, kind, name in (
            ("tz", InterestKind.STREET, "潭中街道"),
            ("hd", InterestKind.STREET, "河东街道"),
            ("jy", InterestKind.TOPIC, "教育"),
        ):
            Interest.objects.create(outlet=account, code=code, kind=kind, name=name)

    def say(self, client: Client, words: str, number: int) -> str:
        return str(answered(post(client, text(words, number)))["Content"])

    def test_are_listed(self, client: Client, sent: list[Any]) -> None:
        words = self.say(client, "我的街道", 1)

        assert "河东街道、潭中街道" in words
        assert "订阅河东街道" in words
        assert answered(post(client, fields(Event="CLICK", EventKey="interest")))["Content"] == words
        assert not Follower.objects.exists()
        assert sent == []

    def test_choosing_keeps_one_street_and_any_topic(
        self, client: Client, account: Outlet, sent: list[Any]
    ) -> None:
        for number, words in enumerate(("订阅潭中街道", "订阅 教育", "interest:hd"), start=1):
            reply = self.say(client, words, number)

        assert "已为您订阅“河东街道”" in reply
        assert "教育" in reply
        assert sorted(row.name for row in Follower.objects.get().interests.all()) == ["教育", "河东街道"]
        assert sent == [(tasks.settle_tags, account.pk)] * 3

    def test_a_choice_that_comes_three_times_is_made_once(self, client: Client, sent: list[Any]) -> None:
        for _ in range(3):
            self.say(client, "订阅潭中街道", 5)

        assert Follower.objects.get().changes == 1
        assert len(sent) == 1

    def test_taking_back_leaves_no_interest(self, client: Client, sent: list[Any]) -> None:
        self.say(client, "订阅潭中街道", 1)
        reply = self.say(client, "取消订阅", 2)

        assert "已取消全部订阅" in reply
        assert not Follower.objects.get().interests.exists()

    def test_unfollowing_forgets_the_person(self, client: Client, sent: list[Any]) -> None:
        self.say(client, "订阅潭中街道", 1)
        post(client, fields(Event="unsubscribe"))

        assert not Follower.objects.exists()
        assert not Follower.interests.through.objects.exists()
        rows = json.dumps(list(Notice.objects.values("key", "kind", "document")))
        assert OPENID not in rows
