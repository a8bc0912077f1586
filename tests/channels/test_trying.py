"""试连: one Chinese sentence on what is right, or what is wrong and the next step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from aiohttp import web

from channels import trying
from channels.models import Outlet
from channels.sandbox.running import RunningSandbox, running_sandbox
from tests.channels.loopback import Loopback
from tests.factories import make_outlet

SECRET = "demo-secret-placeholder"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


class Answering(Loopback):
    """Answers every request with one status; 0: never."""

    secrets = ()

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self.status:
            await asyncio.Event().wait()
        return web.Response(status=self.status)


def receiver(url: str, secret: str = SECRET) -> Outlet:
    return make_outlet("web_post", options={"url": url}, secrets={"secret": secret})


def test_a_receiver_that_is_set_up_right_passes(sandbox: RunningSandbox) -> None:
    trial = trying.try_connection(receiver(f"{sandbox.url}/receiver/egov/items"))
    assert trial == trying.Trial(True, "对方已接受试连，接收地址和签名密钥可用")


def test_a_wrong_key_is_told_without_the_key(sandbox: RunningSandbox) -> None:
    trial = trying.try_connection(receiver(f"{sandbox.url}/receiver/egov/items", "wrong-key"))
    assert not trial.passed
    assert "请管理员核对该终端的密钥和权限" in trial.sentence
    assert "wrong-key" not in trial.sentence


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (404, "接收地址不存在（404），请管理员核对"),
        (422, "对方没有接受试连（422），请核对地址，并请对方按接口说明应答"),
        (429, "127.0.0.1 暂时繁忙（429），请稍后再点“试连”"),
        (500, "127.0.0.1 出错（500），请核对地址，并请责任人确认对方系统正常后再点“试连”"),
    ],
)
def test_each_failure_ends_with_the_next_step(status: int, says: str) -> None:
    with Answering(status) as remote:
        assert trying.try_connection(receiver(remote.url)) == trying.Trial(False, says)


def test_nobody_at_the_address() -> None:
    trial = trying.try_connection(receiver("http://127.0.0.1:9/items"))
    assert trial.sentence.startswith("连接不上 127.0.0.1，请核对地址")


def test_an_outlet_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "SECONDS", 0.05)
    with Answering(0) as remote:
        trial = trying.try_connection(receiver(remote.url))
    assert "长时间没有应答，请核对地址" in trial.sentence


def test_a_site_without_a_page_at_its_address() -> None:
    with Answering(404) as remote:
        outlet = make_outlet("hosted", options={"base_url": remote.url})
        assert trying.try_connection(outlet).sentence == "该地址没有内容（404），请核对地址"


@pytest.mark.parametrize(
    ("channel", "offered"),
    [
        ("hosted", True),
        ("feed", True),
        ("web_post", True),
        ("wechat_mp", False),
        ("handoff", False),
        ("gone", False),
    ],
)
def test_it_is_offered_where_there_is_a_connection_of_its_own(channel: str, offered: bool) -> None:
    assert trying.is_offered(channel) is offered
