"""The sandbox's callbacks reach a server as the real platform's do: signed, encrypted, retried, late, twice or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from channels.sandbox.config import SandboxConfig
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.sandbox.wechat.crypto import decrypted, encrypted
from channels.sandbox.wechat.messages import parsed
from tests.channels.test_sandbox import Caller, http

TOKEN = "demotoken"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
READER = "oDEMO_reader"
_numbers = count(910_000_000_001)


@dataclass
class Server:
    """An account's server: keeps what comes, answers what it is told to."""

    url: str = ""
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answer: Callable[[dict[str, str], str], tuple[int, str]] = lambda query, body: (200, "success")

    def events(self) -> list[dict[str, Any]]:
        return [parsed(body) for _, body in self.got]


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            self.reply(200, query["echostr"] if check(query) else "no")

        def do_POST(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made.got.append((query, body))
            self.reply(*made.answer(query, body))

        def reply(self, status: int, text: str) -> None:
            raw = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        made.url = f"http://127.0.0.1:{listener.server_port}/wx"
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
        thread.start()
        yield made
        listener.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(SandboxConfig(publish_seconds=0)) as running:
        yield running


@pytest.fixture
def appid() -> str:
    return f"wxdemo{next(_numbers)}"


def check(query: dict[str, str]) -> bool:
    try:
        check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    except InvalidSignatureException:
        return False
    return True


def connect(sandbox: RunningSandbox, appid: str, server: Server, **changes: Any) -> None:
    sandbox.set_callback(appid, url=server.url, token=TOKEN, aes_key=KEY, **changes)


def text_to(body: str, text: str = "您好") -> str:
    message = parsed(body)
    return (
        f"<xml><ToUserName><![CDATA[{message['FromUserName']}]]></ToUserName>"
        f"<FromUserName><![CDATA[{message['ToUserName']}]]></FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>"
    )


def test_a_published_article_is_told_by_itself(sandbox: RunningSandbox, server: Server, appid: str) -> None:
    connect(sandbox, appid, server)
    caller = Caller(sandbox, appid)
    submitted = caller.publish()
    sandbox.flush()
    (query, _), (event,) = server.got[0], server.events()
    assert check(query)
    assert (event["MsgType"], event["Event"]) == ("event", "PUBLISHJOBFINISH")
    assert event["ToUserName"] == f"gh_demo{appid[6:]}"
    told = event["PublishEventInfo"]
    assert (told["publish_id"], told["publish_status"]) == (str(submitted["publish_id"]), "0")
    done = caller.json("freepublish/get", publish_id=submitted["publish_id"])
    assert told["article_id"] == f"{done['article_id']}\n"
    assert told["article_detail"]["item"]["article_url"] == done["article_detail"]["item"][0]["article_url"]


@pytest.mark.parametrize("status", [2, 4])
def test_a_refused_article_is_told_with_its_place(
    sandbox: RunningSandbox, server: Server, appid: str, status: int
) -> None:
    connect(sandbox, appid, server, format="json")
    sandbox.fault("freepublish/submit", "publish_status", status=status)
    Caller(sandbox, appid).publish()
    sandbox.flush()
    told = server.events()[0]["PublishEventInfo"]
    assert told["publish_status"] == status
    assert told["fail_idx"] == [1]
    assert "article_id" not in told


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("mode", ["compatible", "safe"])
def test_a_message_is_encrypted_and_so_is_its_reply(
    sandbox: RunningSandbox, server: Server, appid: str, mode: str, form: str
) -> None:
    connect(sandbox, appid, server, mode=mode, format=form)
    crypto = WeChatCrypto(TOKEN, KEY, appid)

    def answer(query: dict[str, str], body: str) -> tuple[int, str]:
        assert query["encrypt_type"] == "aes"
        fields = parsed(body)
        assert ("Content" in fields) == (mode == "compatible")
        sealed = f"<xml><ToUserName>x</ToUserName><Encrypt>{fields['Encrypt']}</Encrypt></xml>"
        plain = crypto.decrypt_message(sealed, query["msg_signature"], query["timestamp"], query["nonce"])
        assert parsed(plain)["Content"] == "你好 ]]> & <b>"
        return 200, crypto.encrypt_message(text_to(plain), "nonce", "1")

    server.answer = answer
    reply = sandbox.say(appid, READER, "你好 ]]> & <b>")
    assert (reply.kind, reply.text, reply.failed) == ("text", "您好", False)


def test_what_was_encrypted_for_another_account_is_refused() -> None:
    sealed = encrypted(KEY, "wx1", "文字")
    assert decrypted(KEY, "wx1", sealed) == "文字"
    for appid, text in (("wx2", sealed), ("wx1", "AAAA"), ("wx1", "?"), ("wx1", "")):
        with pytest.raises(ValueError, match="not"):
            decrypted(KEY, appid, text)


def test_a_plain_reply_in_safe_mode_is_a_failure(sandbox: RunningSandbox, server: Server, appid: str) -> None:
    connect(sandbox, appid, server, mode="safe")
    server.answer = lambda query, body: (200, "<xml><MsgType>text</MsgType></xml>")
    assert sandbox.say(appid, READER, "一").failed
    assert any(appid in violation for violation in sandbox.violations())
    assert sandbox.chat(appid, READER)[-1]["text"] == "该公众号提供的服务出现故障，请稍后再试"


def test_only_the_first_article_of_a_reply_is_shown(
    sandbox: RunningSandbox, server: Server, appid: str
) -> None:
    connect(sandbox, appid, server)

    def answer(query: dict[str, str], body: str) -> tuple[int, str]:
        items = "".join(f"<item><Title>题{n}</Title><Url>http://x.example/{n}</Url></item>" for n in (1, 2))
        news = f"<ArticleCount>2</ArticleCount><Articles>{items}</Articles>"
        return 200, text_to(body).replace("[text]", "[news]").replace("</xml>", f"{news}</xml>")

    server.answer = answer
    reply = sandbox.click(appid, READER, "KEY")
    assert server.events()[0]["EventKey"] == "KEY"
    assert (reply.kind, [article.title for article in reply.articles]) == ("news", ["题1"])
    assert any(appid in line and "2 articles" in line for line in sandbox.violations())


@pytest.mark.parametrize("wrong", ["<xml", "ok", "<xml><MsgType>text</MsgType></xml>", "[]"])
def test_an_answer_that_is_no_message_is_a_failure(
    sandbox: RunningSandbox, server: Server, appid: str, wrong: str
) -> None:
    connect(sandbox, appid, server)
    server.answer = lambda query, body: (200, wrong)
    assert sandbox.say(appid, READER, "一").failed


@pytest.mark.parametrize("quiet", ["", "success"])
def test_an_empty_answer_is_no_reply(sandbox: RunningSandbox, server: Server, appid: str, quiet: str) -> None:
    connect(sandbox, appid, server)
    server.answer = lambda query, body: (200, quiet)
    assert sandbox.say(appid, READER, "一").to_json() == {
        "kind": "none",
        "text": "",
        "articles": [],
        "failed": False,
    }


def test_a_failed_delivery_is_tried_three_times_with_the_same_words(
    sandbox: RunningSandbox, server: Server, appid: str
) -> None:
    connect(sandbox, appid, server)
    server.answer = lambda query, body: (500, "")
    assert sandbox.say(appid, READER, "一").failed
    assert len(server.got) == 3
    assert len({(query["nonce"], body) for query, body in server.got}) == 1
    assert sandbox.callbacks(appid)[-1].answers == [500, 500, 500]


def test_a_server_that_is_too_slow_is_given_up(server: Server, appid: str) -> None:
    done = threading.Event()
    server.answer = lambda query, body: (200, text_to(body) if done.wait(5) else "")
    with running_sandbox(SandboxConfig(callback_seconds=0.1)) as hasty:
        connect(hasty, appid, server)
        assert hasty.say(appid, READER, "一").failed
        done.set()
        assert hasty.callbacks(appid)[-1].answers == [0, 0, 0]


@pytest.mark.parametrize("times", [0, 1, 3])
def test_an_event_comes_as_often_as_it_is_told_to(
    sandbox: RunningSandbox, server: Server, appid: str, times: int
) -> None:
    connect(sandbox, appid, server, times=times)
    Caller(sandbox, appid).publish()
    sandbox.flush()
    assert len(server.got) == times
    assert len({body for _, body in server.got}) == min(times, 1)
    assert [parcel.fields["Event"] for parcel in sandbox.callbacks(appid)] == ["PUBLISHJOBFINISH"]


def test_events_can_come_out_of_order(sandbox: RunningSandbox, server: Server, appid: str) -> None:
    connect(sandbox, appid, server, shuffle=True, delay=1)
    caller = Caller(sandbox, appid)
    media = [caller.draft()["media_id"] for _ in range(2)]
    numbers = [str(caller.json("freepublish/submit", media_id=media_id)["publish_id"]) for media_id in media]
    sandbox.flush()
    assert [event["PublishEventInfo"]["publish_id"] for event in server.events()] == numbers[::-1]


def test_followers_are_told_with_the_scene_that_brought_them(
    sandbox: RunningSandbox, server: Server, appid: str
) -> None:
    connect(sandbox, appid, server)
    sandbox.scan(appid, READER, "notice-1")
    sandbox.scan(appid, READER, "notice-2")
    sandbox.view(appid, READER, "http://hub.example/")
    sandbox.unfollow(appid, READER)
    sandbox.follow(appid, READER)
    told = [(event["Event"], event["EventKey"]) for event in server.events()]
    assert told == [
        ("subscribe", "qrscene_notice-1"),
        ("SCAN", "notice-2"),
        ("VIEW", "http://hub.example/"),
        ("unsubscribe", ""),
        ("subscribe", ""),
    ]


def test_a_server_is_verified_before_it_is_used(sandbox: RunningSandbox, server: Server, appid: str) -> None:
    connect(sandbox, appid, server)
    assert sandbox.verify_callback(appid) == ""
    sandbox.set_callback(appid, token="another")
    assert "验证失败" in sandbox.verify_callback(appid)
    sandbox.set_callback(appid, url="http://127.0.0.1:1/")
    assert "超时或失败" in sandbox.verify_callback(appid)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://x"},
        {"token": "x"},
        {"mode": "safe", "aes_key": "short"},
        {"format": "yaml"},
        {"times": -1},
        {"x": 1},
    ],
)
def test_settings_that_the_platform_would_refuse_are_refused(
    sandbox: RunningSandbox, server: Server, appid: str, wrong: dict[str, Any]
) -> None:
    connect(sandbox, appid, server)
    with pytest.raises((ValueError, TypeError)):
        sandbox.set_callback(appid, **wrong)


def test_the_control_interface_does_the_same(sandbox: RunningSandbox, server: Server, appid: str) -> None:
    def control(command: str, **body: Any) -> tuple[int, bytes]:
        return http(f"{sandbox.url}/_control/{command}", json.dumps(body).encode())

    server.answer = lambda query, body: (200, text_to(body))
    assert control("callback", appid=appid, url=server.url, token=TOKEN)[0] == 200
    assert control("callback", appid=appid, mode="x")[0] == 400
    status, answer = control("phone", appid=appid, openid=READER, do="say", text="一")
    assert (status, json.loads(answer)["text"]) == (200, "您好")
    assert control("phone", appid=appid, openid=READER, do="dance")[0] == 400
    sent = json.loads(http(f"{sandbox.url}/_control/callbacks?appid={appid}")[1])["callbacks"]
    assert [(entry["fields"]["Content"], entry["answers"]) for entry in sent] == [("一", [200])]
