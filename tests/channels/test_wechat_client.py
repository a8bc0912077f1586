"""The line to the platform: one token for all processes, counted calls, and a hanging account holds up no other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from channels.adapters.wechat_mp.api.calls import Upload
from channels.adapters.wechat_mp.api.line import Account, Line, account
from channels.adapters.wechat_mp.api.quotas import DAILY, day_of
from channels.adapters.wechat_mp.api.tokens import COME_BACK, PATIENCE, REFUSED_FOR
from channels.errors import ConfigError, OutcomeUnknown, Throttled, Unreachable
from channels.sandbox.config import DEMO_SECRET
from channels.sandbox.running import RunningSandbox, running_sandbox
from tests.channels.stage import Memory

APPID = "wxdemo000000000001"
PAGE = {"offset": 0, "count": 1}
ALWAYS = 10_000


class Seconds:
    """A clock that is put forward by hand, and by a moment at every look; Unix seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 0.000_001
        return self.now


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def line_at(sandbox: RunningSandbox, clock: Seconds, memory: Memory | None = None) -> Line:
    """A line with a client and threads of its own, as another process would have."""
    return Line(Account(sandbox.url, APPID, DEMO_SECRET), memory or Memory(), clock=clock)


async def look_often(line: Line, times: int) -> None:
    await asyncio.gather(*(line.call("draft/batchget", PAGE) for _ in range(times)))


class TestTokens:
    def test_ten_workers_fetch_one(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        memory = Memory()

        async def work() -> None:
            await asyncio.gather(*(look_often(line_at(sandbox, clock, memory), 3) for _ in range(10)))

        asyncio.run(work())
        assert sandbox.calls("stable_token") == 1

    def test_ten_workers_replace_a_refused_one_once(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        memory = Memory()
        asyncio.run(look_often(line_at(sandbox, clock, memory), 1))
        sandbox.revoke_tokens()

        async def work() -> None:
            await asyncio.gather(*(look_often(line_at(sandbox, clock, memory), 2) for _ in range(10)))

        asyncio.run(work())
        assert sandbox.calls("stable_token") == 2

    def test_one_is_renewed_before_its_end(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        line = line_at(sandbox, clock)
        asyncio.run(look_often(line, 1))
        clock.now += 7100
        asyncio.run(look_often(line, 1))
        assert sandbox.calls("stable_token") == 1
        clock.now += 50
        asyncio.run(look_often(line, 1))
        assert sandbox.calls("stable_token") == 2

    def test_an_account_that_is_always_refused_costs_two_token_calls(
        self, sandbox: RunningSandbox, clock: Seconds
    ) -> None:
        memory = Memory()
        sandbox.fault("draft/batchget", "errcode", errcode=40001, times=ALWAYS)
        for _ in range(20):
            with pytest.raises(ConfigError):
                asyncio.run(look_often(line_at(sandbox, clock, memory), 1))
        assert sandbox.calls("stable_token") == 2
        sandbox.clear_faults()
        clock.now += REFUSED_FOR + 1
        asyncio.run(look_often(line_at(sandbox, clock, memory), 1))

    def test_refused_after_a_revocation_costs_no_more_either(
        self, sandbox: RunningSandbox, clock: Seconds
    ) -> None:
        """The fresh token is another one and is refused as well."""
        memory = Memory()
        asyncio.run(look_often(line_at(sandbox, clock, memory), 1))
        sandbox.revoke_tokens()
        sandbox.fault("draft/batchget", "errcode", errcode=42001, times=ALWAYS)
        for _ in range(5):
            with pytest.raises(ConfigError):
                asyncio.run(look_often(line_at(sandbox, clock, memory), 1))
        assert sandbox.calls("stable_token") == 2

    def test_one_refusal_costs_one_more_look(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        """The platform gives the same token again and takes it."""
        sandbox.fault("draft/batchget", "errcode", errcode=40001)
        asyncio.run(look_often(line_at(sandbox, clock), 1))
        assert (sandbox.calls("stable_token"), sandbox.calls("draft/batchget")) == (2, 2)

    def test_a_renewal_that_fails_is_not_waited_for(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        line = line_at(sandbox, clock)
        sandbox.fault("stable_token", "500")
        with pytest.raises(Unreachable):
            asyncio.run(look_often(line, 1))
        asyncio.run(look_often(line, 1))

    def test_the_renewal_of_a_dead_process_is_not_waited_for_long(self, sandbox: RunningSandbox) -> None:
        """A call has seconds: one that waits to its end would count as an answer that never came."""
        memory, times = Memory(), iter(range(1_000, 100_000))
        line = Line(Account(sandbox.url, APPID, DEMO_SECRET), memory, clock=lambda: float(next(times)))
        claim = {"token": "", "got_at": 0.0, "ends_at": 0.0, "renewing_until": 1_040.0, "refused_until": 0.0}
        memory.secrets[line.tokens._name] = json.dumps(claim, sort_keys=True)
        with pytest.raises(Throttled, match="另一进程") as waiting:
            asyncio.run(look_often(line, 1))
        assert waiting.value.retry_after == COME_BACK
        assert next(times) < 1_000 + 4 * PATIENCE
        times = iter(range(1_041, 100_000))
        asyncio.run(look_often(line, 1))
        assert sandbox.calls("stable_token") == 1

    def test_other_credentials_have_a_token_of_their_own(
        self, sandbox: RunningSandbox, clock: Seconds
    ) -> None:
        memory = Memory()
        wrong = Line(Account(sandbox.url, APPID, "not-the-secret"), memory, clock=clock)
        with pytest.raises(ConfigError):
            asyncio.run(look_often(wrong, 1))
        asyncio.run(look_often(line_at(sandbox, clock, memory), 1))


class TestBudget:
    def test_a_call_over_the_day_never_goes_out(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        memory = Memory()
        memory.calls["freepublish/get", day_of(clock.now)] = DAILY["freepublish/get"]
        with pytest.raises(Throttled) as caught:
            asyncio.run(line_at(sandbox, clock, memory).call("freepublish/get", {"publish_id": "1"}))
        assert caught.value.retry_after is not None
        assert sandbox.calls("freepublish/get") == 0

    def test_looks_leave_some_of_the_day_to_others(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        memory = Memory()
        memory.calls["freepublish/batchget", day_of(clock.now)] = DAILY["freepublish/batchget"] - 20
        line = line_at(sandbox, clock, memory)
        with pytest.raises(Throttled):
            asyncio.run(line.call("freepublish/batchget", PAGE, keep=20))
        asyncio.run(line.call("freepublish/batchget", PAGE))

    def test_a_call_that_never_left_is_not_spent(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        """An outage: ten tries to delete may not leave none for when the network is back."""
        memory = Memory()
        asyncio.run(look_often(line_at(sandbox, clock, memory), 1))
        (token,) = memory.secrets.values()
        away = Line(Account("http://127.0.0.1:9", APPID, DEMO_SECRET), memory, clock=clock)
        name = away.tokens._name  # what it was got with is another address here
        memory.secrets[name] = token
        for _ in range(DAILY["freepublish/delete"] + 2):
            with pytest.raises(Unreachable):
                asyncio.run(away.call("freepublish/delete", {"article_id": "a"}))
        assert asyncio.run(away.budget.left("freepublish/delete")) == DAILY["freepublish/delete"]

    def test_what_the_platform_calls_spent_is_spent(self, sandbox: RunningSandbox, clock: Seconds) -> None:
        line = line_at(sandbox, clock)
        sandbox.fault("freepublish/batchget", "errcode", errcode=45009)
        for _ in range(3):
            with pytest.raises(Throttled):
                asyncio.run(line.call("freepublish/batchget", PAGE))
        assert sandbox.calls("freepublish/batchget") == 1

    def test_a_new_day_begins_at_midnight_in_china(self) -> None:
        noon_utc = 1_000_000_800.0 - 1_000_000_800.0 % 86_400 + 12 * 3600
        assert day_of(noon_utc + 4 * 3600) != day_of(noon_utc + 4 * 3600 - 1)


def test_a_file_is_whole_on_the_second_try(sandbox: RunningSandbox, clock: Seconds) -> None:
    line = line_at(sandbox, clock)
    asyncio.run(look_often(line, 1))
    sandbox.revoke_tokens()
    picture = Upload("a.png", "image/png", _png())
    answer = asyncio.run(line.call("media/uploadimg", upload=picture))
    assert answer["url"]


def test_what_two_deliveries_want_at_once_is_done_in_turn(sandbox: RunningSandbox, clock: Seconds) -> None:
    line = line_at(sandbox, clock)
    done: list[str] = []

    async def upload() -> None:
        seen = list(done)
        await asyncio.sleep(0)
        done.append("again" if seen else "first")

    async def both() -> None:
        await asyncio.gather(*(line.one_at_a_time("picture", upload) for _ in range(2)))

    asyncio.run(both())
    assert done == ["first", "again"]


def test_an_expected_code_brings_its_answer(sandbox: RunningSandbox, clock: Seconds) -> None:
    line = line_at(sandbox, clock)
    sandbox.fault("draft/batchget", "errcode", errcode=45065, times=2)
    answer = asyncio.run(line.call("draft/batchget", PAGE, expected=(45065,)))
    assert answer["errcode"] == 45065
    with pytest.raises(OutcomeUnknown):
        asyncio.run(line.call("draft/batchget", PAGE))


def test_a_hanging_account_holds_up_no_other(sandbox: RunningSandbox, clock: Seconds) -> None:
    async def race() -> str:
        with running_sandbox() as hanging:
            hanging.fault("draft/batchget", "slow", seconds=2.0, times=20)
            slow = asyncio.create_task(look_often(line_at(hanging, clock), 20), name="slow")
            healthy = asyncio.create_task(look_often(line_at(sandbox, clock), 5), name="healthy")
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


def _png() -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "PNG")
    return buffer.getvalue()
