"""A receiver that hangs, fails, babbles or applies the call and drops the line: in the end one copy, and others go on."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from channels import outbox
from channels.engine import Dispatcher
from channels.http import HttpClient
from channels.models import Outlet, Placement, State, WithdrawalKind
from channels.sandbox.config import DEMO_SECRET
from channels.sandbox.running import running_sandbox
from tests.channels.builders import Clock, edition, targets

pytestmark = pytest.mark.django_db
ITEMS = 5
FAULTS = ["slow", "500", "500_after", "html", "html_after", "drop_before", "drop_after_commit", "429"]


class Impatient(HttpClient):
    """Waits a fifth of a second where the real client waits twenty."""

    async def request(self, *arguments, **values):
        return await super().request(*arguments, **{**values, "timeout": 0.2})


@pytest.fixture
def sandbox():
    with running_sandbox() as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


def receiver(sandbox, name, secret=DEMO_SECRET):
    outlet = Outlet(slug=name, name=name, channel="web_post")
    outlet.options = {"url": f"{sandbox.url}/receiver/{name}/items"}
    outlet.set_secrets({"secret": secret})
    outlet.save()
    return outlet


def settle(clock, *, hours=24):
    """Let time pass in the steps that the engine asks for, until nothing is open or a day has gone."""
    http = partial(Impatient, allowed_networks=["127.0.0.0/8"])
    for _ in range(200):
        Dispatcher(http=http, now=clock, jitter=lambda: 0.0).run()
        waiting = Placement.objects.exclude(state=State.SETTLED).exclude(due_at=None)
        coming = waiting.order_by("due_at").values_list("due_at", flat=True).first()
        if coming is None:
            return
        clock.at = max(clock.at, coming)
        outlets = Outlet.objects.exclude(circuit_open_until=None).values_list("circuit_open_until", flat=True)
        clock.at = max([clock.at, *outlets])


def copies(sandbox):
    return Counter((copy.outlet, copy.item) for copy in sandbox.copies())


@pytest.mark.parametrize("kind", FAULTS)
def test_after_the_fault_everything_settles_with_one_copy(sandbox, clock, kind):
    troubled, healthy = receiver(sandbox, "troubled"), receiver(sandbox, "healthy")
    sandbox.fault("receiver/troubled/items", kind, times=7, seconds=0.6)
    items = [edition() for _ in range(ITEMS)]
    for item in items:
        outbox.plan(item, targets(troubled, healthy), now=clock())

    settle(clock)

    for placement in Placement.objects.filter(state=State.ASKING):
        outbox.retry(placement, by="admin", now=clock())
    settle(clock)
    assert set(Placement.objects.values_list("state", flat=True)) == {State.SETTLED}
    assert copies(sandbox) == Counter(
        {(name, str(item.content_id)): 1 for name in ("troubled", "healthy") for item in items}
    )


@pytest.mark.parametrize("kind", FAULTS)
def test_a_withdrawal_arrives_after_the_fault(sandbox, clock, kind):
    item = edition()
    outbox.plan(item, targets(receiver(sandbox, "troubled")), now=clock())
    settle(clock)
    assert len(copies(sandbox)) == 1
    sandbox.fault("receiver/troubled/items", kind, times=3, seconds=0.6)

    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())
    settle(clock)

    assert copies(sandbox) == Counter()
    assert Placement.objects.get().state == State.SETTLED


def test_a_wrong_secret_asks_the_administrator_and_other_outlets_go_on(sandbox, clock):
    wrong, right = receiver(sandbox, "wrong", secret="not the secret"), receiver(sandbox, "right")
    item = edition()
    outbox.plan(item, targets(wrong, right), now=clock())

    settle(clock)

    asking = Placement.objects.get(outlet=wrong)
    assert (asking.state, asking.remedy) == (State.ASKING, "admin")
    assert "密钥" in asking.message
    assert "not the secret" not in str(Placement.objects.values().get(outlet=wrong))
    assert list(copies(sandbox)) == [("right", str(item.content_id))]

    wrong.set_secrets({"secret": DEMO_SECRET})
    wrong.save()
    outbox.resume(wrong, now=clock())
    settle(clock)

    assert len(copies(sandbox)) == 2
