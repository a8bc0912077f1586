"""The platform's answers, byte for byte, and what the client makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

import channels.adapters.wechat_mp
from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.calls import Upload
from channels.adapters.wechat_mp.api.line import Account, Line
from channels.adapters.wechat_mp.api.publishing import Job, Platform, Publishing
from channels.errors import ChannelError, ConfigError, Misbehaved, OutcomeUnknown, Throttled, Unreachable
from tests.channels.loopback import Loopback
from tests.channels.stage import Memory

FIXTURES = Path(channels.adapters.wechat_mp.__file__).parent / "fixtures"
TOKEN = b'{"access_token":"token-placeholder","expires_in":7200}'


class Recorded(Loopback):
    """Answers every call but the token's with one recorded answer."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = b"{}"
        self.status = 200
        self.headers: dict[str, str] = {}
        self.bodies: list[bytes] = []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("stable_token"):
            return web.Response(body=TOKEN, content_type="text/plain")
        self.bodies.append(await request.read())
        return web.Response(
            body=self.answer, status=self.status, headers=self.headers, content_type="text/plain"
        )


@pytest.fixture
def remote() -> Iterator[Recorded]:
    with Recorded() as server:
        yield server


def line(url: str) -> Line:
    return Line(Account(url, "wx", "secret"), Memory(), clock=lambda: 0.0)


def platform(remote: Recorded) -> Platform:
    return Platform(line(remote.url))


def job(remote: Recorded, name: str) -> Job:
    remote.answer = (FIXTURES / name).read_bytes()
    return asyncio.run(platform(remote).job("100000001"))


@pytest.mark.parametrize("name", ["freepublish_get_done.json", "freepublish_get_done_single.json"])
def test_an_article_id_over_two_lines_and_a_single_item_are_understood(remote: Recorded, name: str) -> None:
    done = Job(Publishing.DONE, 0, "PLACEHOLDER_ARTICLE_ID_0001", "http://mp.weixin.qq.com/s/placeholder0001")
    assert job(remote, name) == done


def test_a_failed_originality_check_is_a_failed_job(remote: Recorded) -> None:
    assert job(remote, "freepublish_get_originality.json") == Job(Publishing.FAILED, 2)


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("not_whitelisted.json", ConfigError, "192.0.2.10"),
        ("quota.json", Throttled, "rid: 00000000-00000000-00000000"),
        ("busy.json", OutcomeUnknown, "system error"),
        ("gateway.html", OutcomeUnknown, "502 Bad Gateway"),
    ],
)
def test_a_failed_submit_keeps_the_platforms_words(
    remote: Recorded, name: str, kind: type[ChannelError], words: str
) -> None:
    remote.answer = (FIXTURES / name).read_bytes()
    with pytest.raises(kind) as caught:
        asyncio.run(platform(remote).submit("m"))
    assert words in caught.value.detail


@pytest.mark.parametrize(("status", "kind"), [(500, Unreachable), (502, Unreachable), (404, Misbehaved), (429, Throttled)])  # fmt: skip
def test_an_http_status_of_a_look_has_its_remedy(
    remote: Recorded, status: int, kind: type[ChannelError]
) -> None:
    remote.status, remote.answer = status, b"<html>"
    with pytest.raises(kind):
        asyncio.run(platform(remote).job("1"))


def test_a_redirect_is_not_followed_with_the_token(remote: Recorded) -> None:
    remote.status, remote.headers = 302, {"Location": f"{remote.url}/elsewhere"}
    with pytest.raises(ConfigError):
        asyncio.run(platform(remote).submit("m"))
    assert [path for _, path in remote.requests if path == "/elsewhere"] == []


@pytest.mark.parametrize("answer", [b"[]", b'"x"', b"null", b"\xff\xfe", b"", b'{"publish_status":null}', b'{"publish_status":0}'])  # fmt: skip
def test_any_other_shape_is_an_error_of_ours_and_never_a_crash(remote: Recorded, answer: bytes) -> None:
    remote.answer = answer
    with pytest.raises(ChannelError):
        asyncio.run(platform(remote).job("1"))


def test_a_submit_without_a_number_leaves_the_outcome_open(remote: Recorded) -> None:
    remote.answer = b'{"errcode":0,"errmsg":"ok"}'
    with pytest.raises(OutcomeUnknown):
        asyncio.run(platform(remote).submit("m"))


def test_chinese_goes_out_as_utf8_and_files_whole(remote: Recorded) -> None:
    remote.answer = b'{"media_id":"m","url":"u"}'
    asyncio.run(platform(remote).add_draft({"title": "停水通知"}))
    asyncio.run(platform(remote).upload_article_image(Upload("a.png", "image/png", b"\x89PNG" * 100)))
    assert "停水通知".encode() in remote.bodies[0]
    assert b"\x89PNG" * 100 in remote.bodies[1]
    assert b'name="media"; filename="a.png"' in remote.bodies[1]


def test_a_closed_port_means_that_nothing_was_applied() -> None:
    with Recorded() as gone:
        url = gone.url
    with pytest.raises(Unreachable) as caught:
        asyncio.run(Platform(line(url)).submit("m"))
    assert caught.value.code == "NewConnectionError"


# facts of the platform's error table, 2026-11: every code that some call of ours can bring.
CODES = [
    *(40001, 41001, 40164, 61004, 40243, 40125, 40013, 89501, 89503, 89506, 89507),
    *(45009, 45011, 53501, 45028, 45066, 45065, 45067, 40007),
    *(40004, 40005, 40006, 40009, 40137, 45001, 41005, 44001),
    *(44003, 45002, 45003, 45004, 45005, 45008, 45110, 45166, 47001, 40033, 40035),
    *(53402, 53503, 53504, 53505, 48001, 48008, 61007, 48004, 50002, 50004, 48006, 40059),
    *(40066, 65316, 65317, 45157, 45159, 43004, 43019, 46004, 40003),
    *range(40016, 40030),
]


@pytest.mark.parametrize("code", [*CODES, -1, 424242])
def test_each_code_has_a_remedy_and_a_sentence_with_a_next_step(code: int) -> None:
    error = codes.failure(code, endpoint="draft/add", write=False, now=0.0, detail="rid: 1")
    assert error.code == str(code)
    assert error.detail == "rid: 1"
    assert any(step in error.message for step in ("请", "自动", "系统将")), error.message
    assert (code in codes.MEANINGS) == (code not in {-1, 424242})


def test_a_code_that_nobody_knows_goes_to_a_person_with_the_platforms_words() -> None:
    error = codes.failure(424242, endpoint="draft/add", write=True, now=0.0, detail="rid: 1")
    assert isinstance(error, Misbehaved)
    assert error.remedy.needs_person
    assert "424242" in error.message
