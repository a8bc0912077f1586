"""The client under load: many threads renew one token once, and a hanging account holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from channels.adapters.wechat_mp.api.client import Account, account
from channels.errors import ConfigError
from channels.sandbox.config import DEMO_SECRET
from channels.sandbox.running import RunningSandbox, running_sandbox

APPID = "wxdemo000000000001"
PAGE = {"offset": 0, "count": 1}


class Seconds:
    """A clock that is put forward by hand; Unix seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def account_at(sandbox: RunningSandbox, clock: Seconds) -> Account:
    return Account(sandbox.url, APPID, DEMO_SECRET, clock=clock)


async def look_often(account: Account, times: int) -> None:
    await asyncio.gather(*(account.call("draft/batchget", PAGE) for _ in range(times)))


def test_many_calls_at_once_fetch_one_token(sandbox: RunningSandbox) -> None:
    asyncio.run(look_often(account_at(sandbox, Seconds()), 12))
    assert sandbox.calls("stable_token") == 1


def test_many_refused_calls_renew_the_token_once(sandbox: RunningSandbox) -> None:
    ours = account_at(sandbox, Seconds())
    asyncio.run(look_often(ours, 1))
    sandbox.revoke_tokens()
    asyncio.run(look_often(ours, 12))
    assert sandbox.calls("stable_token") == 2


def test_a_token_is_renewed_before_its_end(sandbox: RunningSandbox) -> None:
    clock = Seconds()
    ours = account_at(sandbox, clock)
    asyncio.run(look_often(ours, 1))
    clock.now += 7100
    asyncio.run(look_often(ours, 1))
    assert sandbox.calls("stable_token") == 1
    clock.now += 50
    asyncio.run(look_often(ours, 1))
    assert sandbox.calls("stable_token") == 2


def test_a_hanging_account_holds_up_no_other(sandbox: RunningSandbox) -> None:
    async def race() -> str:
        with running_sandbox() as hanging:
            hanging.fault("draft/batchget", "slow", seconds=2.0, times=20)
            slow = asyncio.create_task(look_often(account_at(hanging, Seconds()), 20), name="slow")
            healthy = asyncio.create_task(look_often(account_at(sandbox, Seconds()), 5), name="healthy")
            done, _ = await asyncio.wait({slow, healthy}, return_when=asyncio.FIRST_COMPLETED)
            slow.cancel()
            return ",".join(task.get_name() for task in done)

    assert asyncio.run(race()) == "healthy"


def test_the_same_credentials_are_one_account() -> None:
    assert account("https://a.example", "wx", "s") is account("https://a.example", "wx", "s")
    assert account("https://a.example", "wx", "s") is not account("https://a.example", "wx", "other")


@pytest.mark.parametrize("address", ["http://api.example", "ftp://127.0.0.1", "api.weixin.qq.com", ""])
def test_an_address_in_the_clear_is_refused(address: str) -> None:
    with pytest.raises(ConfigError):
        account(address, "wx", "s")
