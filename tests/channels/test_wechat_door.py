"""Nothing but the platform's own fresh pushes comes through the door; every kind of push becomes a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.adapters.wechat_mp.api.callback import (
    BODY_MAX,
    TEXT_MAX,
    Clicked,
    Door,
    Followed,
    Forged,
    MassFinished,
    NewsReply,
    NoReply,
    OtherMessage,
    PublishFinished,
    Scanned,
    TextMessage,
    TextReply,
    Unfollowed,
    UnknownEvent,
    Viewed,
)
from channels.errors import ConfigError
from channels.sandbox.wechat.crypto import decrypted, encrypted
from channels.sandbox.wechat.messages import parsed, reply_of
from tests.channels.platform_calls import (
    ACCOUNT,
    APPID,
    KEY,
    OPENID,
    TOKEN,
    fields,
    mass_sent,
    published,
    push,
    signature,
    signed,
    text,
)

NOW = 1_795_000_000.0
WEEK = 7 * 86_400
PLAIN, SAFE = Door(TOKEN, "", APPID), Door(TOKEN, KEY, APPID)

BOMB = """<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<xml><ToUserName>x</ToUserName><FromUserName>y</FromUserName><MsgType>text</MsgType><Content>&b;</Content></xml>"""


def read(document: dict[str, Any], **how: Any) -> Any:
    sealed = how.get("sealed", False)
    query, body, content_type = push(document, now=NOW, **how)
    return (SAFE if sealed else PLAIN).read(query, body, now=NOW, content_type=content_type).message


class TestWho:
    def test_the_first_knock_is_answered_with_its_own_words(self) -> None:
        assert PLAIN.greet({**signed(), "echostr": "12345"}) == "12345"
        assert SAFE.greet({**signed(), "echostr": "12345"}) == "12345"

    def test_an_encrypted_first_knock_is_opened(self) -> None:
        query = signed()
        echo = encrypted(KEY, APPID, "98765")
        msg = signature(query["timestamp"], query["nonce"], echo)

        assert SAFE.greet({**query, "echostr": echo, "msg_signature": msg}) == "98765"

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"echostr": "1"},
            {**signed(), "echostr": ""},
            {**signed(), "signature": "0" * 40, "echostr": "1"},
            {**signed(), "echostr": "1", "msg_signature": "ü"},
            {**signed(), "echostr": "1" * 1000},
        ],
    )
    def test_a_stranger_gets_nothing(self, query: dict[str, str]) -> None:
        with pytest.raises(Forged):
            SAFE.greet(query)

    @pytest.mark.parametrize(
        ("wrong", "sealed"),
        [
            ("signature", False),
            ("timestamp", False),
            ("nonce", False),
            ("signature", True),
            ("msg_signature", True),
            ("nonce", True),
        ],
    )
    def test_a_wrong_signature_is_refused(self, wrong: str, sealed: bool) -> None:
        query, body, _ = push(text("停水"), now=NOW, sealed=sealed)
        query[wrong] = "1" + query[wrong][1:] if query[wrong][0] != "1" else "2" + query[wrong][1:]

        with pytest.raises(Forged):
            (SAFE if sealed else PLAIN).read(query, body, now=NOW)

    @pytest.mark.parametrize("late", [-WEEK, -601, 601])
    def test_a_push_of_last_week_is_refused(self, late: float) -> None:
        query, body, _ = push(text("停水"), now=NOW + late)

        with pytest.raises(Forged):
            PLAIN.read(query, body, now=NOW)

    def test_a_plain_push_is_refused_where_a_key_is_set(self) -> None:
        query, body, _ = push(text("停水"), now=NOW)

        with pytest.raises(Forged):
            SAFE.read(query, body, now=NOW)

    def test_an_encrypted_push_without_a_key_is_refused(self) -> None:
        query, body, _ = push(text("停水"), now=NOW, sealed=True)

        with pytest.raises(Forged):
            PLAIN.read(query, body, now=NOW)

    def test_a_push_for_another_account_is_refused(self) -> None:
        query, body, _ = push(text("停水"), now=NOW, sealed=True, appid="wxdemo000000000002")

        with pytest.raises(Forged):
            SAFE.read(query, body, now=NOW)

    @pytest.mark.parametrize(("token", "key"), [("", ""), (TOKEN, "short"), (TOKEN, "!" * 43)])
    def test_a_door_without_a_proper_lock_says_what_to_fill_in(self, token: str, key: str) -> None:
        with pytest.raises(ConfigError):
            Door(token, key, APPID)


class TestGarbage:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<xml>",
            b"<xml/>",
            b"[]",
            b"{}",
            b"null",
            b"[" * 5000,
            b"<a>" * 9000,
            b"\xff\xfe\x00",
            b"<xml><MsgType>text</MsgType></xml>",
            b'{"MsgType":{"a":1}}',
            b'{"MsgType":"event","Event":"PUBLISHJOBFINISH","FromUserName":"x","PublishEventInfo":"y"}',
            b'{"MsgType":"text","FromUserName":"x","CreateTime":"soon"}',
            BOMB.encode(),
            b"<!DOCTYPE xml SYSTEM 'file:///etc/passwd'><xml><MsgType>text</MsgType></xml>",
        ],
    )
    def test_is_refused_although_it_is_signed(self, body: bytes) -> None:
        with pytest.raises(Forged):
            PLAIN.read(signed(NOW), body, now=NOW)

    @settings(max_examples=60, deadline=None)
    @given(body=st.binary(max_size=300), kind=st.sampled_from(["", "application/json", "text/xml"]))
    def test_of_any_kind_is_refused_and_never_more_than_refused(self, body: bytes, kind: str) -> None:
        with pytest.raises(Forged):
            PLAIN.read(signed(NOW), body, now=NOW, content_type=kind)

    @settings(max_examples=60, deadline=None)
    @given(sealed=st.one_of(st.binary(max_size=200).map(lambda raw: raw.hex()), st.text(max_size=80)))
    def test_inside_an_envelope_is_refused(self, sealed: str) -> None:
        query, body, _ = push(fields(Encrypt=sealed), now=NOW, form="json")
        inner = sealed.encode(errors="replace").decode()
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(query["timestamp"], query["nonce"], inner),
        }

        with pytest.raises(Forged):
            SAFE.read(query, body, now=NOW, content_type="application/json")

    def test_twenty_kilobytes_of_text_are_a_message(self) -> None:
        assert read(text("水" * 6800)).text == "水" * 6800

    def test_more_than_the_limit_is_refused(self) -> None:
        query, body, _ = push(text("a" * BODY_MAX), now=NOW)

        with pytest.raises(Forged):
            PLAIN.read(query, body, now=NOW)

    def test_characters_that_no_database_takes_are_gone(self) -> None:
        _, body, _ = push(text("停X水"), now=NOW, form="json")
        body = body.replace(b"X", rb"\u0000\ud800")

        message = PLAIN.read(signed(NOW), body, now=NOW, content_type="application/json").message

        assert isinstance(message, TextMessage)
        assert message.text == "停水"


SHAPES = [{"form": form, "sealed": sealed} for form in ("xml", "json") for sealed in (False, True)]


@pytest.mark.parametrize("how", SHAPES, ids=lambda how: f"{how['form']}{' sealed' if how['sealed'] else ''}")
class TestMessages:
    def test_text(self, how: dict[str, Any]) -> None:
        message = read(text(" 停水 "), **how)

        assert message == TextMessage(
            openid=OPENID, account=ACCOUNT, at=1_795_000_000, key="msg|23000000000000001", text="停水"
        )

    def test_a_picture(self, how: dict[str, Any]) -> None:
        message = read(fields(MsgType="image", MediaId="x", MsgId="7"), **how)

        assert isinstance(message, OtherMessage)
        assert (message.kind, message.key) == ("image", "msg|7")

    @pytest.mark.parametrize(
        ("event", "check"),
        [
            ({"Event": "subscribe", "EventKey": ""}, lambda m: isinstance(m, Followed) and m.scene == ""),
            (
                {"Event": "subscribe", "EventKey": "qrscene_tz01"},
                lambda m: isinstance(m, Followed) and m.scene == "tz01",
            ),
            ({"Event": "subscribe", "EventKey": "last_trade_no_1"}, lambda m: m.scene == ""),
            ({"Event": "unsubscribe", "EventKey": ""}, lambda m: isinstance(m, Unfollowed)),
            ({"Event": "SCAN", "EventKey": "tz01"}, lambda m: isinstance(m, Scanned) and m.scene == "tz01"),
            (
                {"Event": "CLICK", "EventKey": "interest"},
                lambda m: isinstance(m, Clicked) and m.button == "interest",
            ),
            (
                {"Event": "VIEW", "EventKey": "https://hub.example/\n"},
                lambda m: isinstance(m, Viewed) and m.url == "https://hub.example/",
            ),
            ({"Event": "LOCATION"}, lambda m: isinstance(m, UnknownEvent) and m.name == "LOCATION"),
        ],
    )
    def test_events(self, how: dict[str, Any], event: dict[str, Any], check: Callable[[Any], bool]) -> None:
        assert check(read(fields(**event), **how))

    def test_the_end_of_publishing(self, how: dict[str, Any]) -> None:
        message = read(published(), **how)

        assert isinstance(message, PublishFinished)
        assert (message.publish_id, message.status, message.article_id) == ("2247503051", 0, "b5O2WP4")
        assert message.articles == ((1, "https://mp.weixin.qq.com/s/x"),)
        assert message.fail_idx == ()

    def test_publishing_of_several_that_failed(self, how: dict[str, Any]) -> None:
        items = [{"idx": n, "article_url": f"https://mp.weixin.qq.com/s/{n}"} for n in (1, 2)]
        message = read(published("77", items, publish_status=2, fail_idx=[1, 2]), **how)

        assert [number for number, _ in message.articles] == [1, 2]
        assert (message.status, message.fail_idx) == (2, (1, 2))

    def test_publishing_without_an_article(self, how: dict[str, Any]) -> None:
        message = read(published(publish_status=3, article_id="", article_detail=""), **how)

        assert (message.status, message.article_id, message.articles) == (3, "", ())

    def test_the_end_of_a_push(self, how: dict[str, Any]) -> None:
        message = read(mass_sent(), **how)

        assert isinstance(message, MassFinished)
        assert (message.msg_id, message.status, message.check_state) == ("1000001625", "send success", 2)
        assert (message.total, message.filtered, message.sent, message.errors) == (100, 80, 75, 5)
        assert message.articles == ((1, "https://mp.weixin.qq.com/s/y"),)


def test_two_jobs_that_end_in_one_second_have_two_keys() -> None:
    assert read(published(1)).key != read(published(2)).key
    assert read(published(1)).key == read(published(1)).key


def close(reply: Any, **how: Any) -> Any:
    """What the follower sees of a reply."""
    query, body, content_type = push(text("停水"), now=NOW, **how)
    door = SAFE if how.get("sealed") else PLAIN
    kind, answer = door.close(reply, door.read(query, body, now=NOW, content_type=content_type), now=NOW)
    document = parsed(answer.decode())
    if how.get("sealed"):
        assert document["MsgSignature"] == signature(
            str(document["TimeStamp"]), document["Nonce"], document["Encrypt"]
        )
        document = parsed(decrypted(KEY, APPID, document["Encrypt"]))
    assert ("json" in kind) == (how["form"] == "json")
    seen, cut = reply_of(document, sender=ACCOUNT, receiver=OPENID)
    assert not cut
    return seen


@pytest.mark.parametrize("how", SHAPES, ids=str)
class TestReplies:
    def test_text_goes_back_the_way_the_push_came(self, how: dict[str, Any]) -> None:
        assert close(TextReply("您好 ]]> <b>&amp;"), **how).text == "您好 ]]> <b>&amp;"

    def test_a_long_text_is_cut_at_a_character(self, how: dict[str, Any]) -> None:
        seen = close(TextReply("水" * 1000), **how).text

        assert len(seen.encode()) <= TEXT_MAX
        assert seen == "水" * 681 + "…"

    def test_one_article(self, how: dict[str, Any]) -> None:
        (article,) = close(NewsReply("停水通知", "明天", "https://h.example/1"), **how).articles

        assert (article.title, article.description, article.url) == (
            "停水通知",
            "明天",
            "https://h.example/1",
        )


def test_no_reply_is_the_word_that_the_platform_takes_for_an_end() -> None:
    query, body, _ = push(text("停水"), now=NOW, sealed=True)

    assert SAFE.close(NoReply(), SAFE.read(query, body, now=NOW), now=NOW)[1] == b"success"
