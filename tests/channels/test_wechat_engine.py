"""The real engine drives the real adapter against the sandbox: sign, correct, withdraw, with and without faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels import outbox
from channels.edition import Edition
from channels.engine import Dispatcher
from channels.http import HttpClient
from channels.models import CallCount, Outlet, Placement, State, WithdrawalKind
from channels.sandbox.config import DEMO_SECRET, SandboxConfig
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat import evidence
from tests.channels.builders import Clock, targets
from tests.channels.stage import URI, MemoryAssets, sample

pytestmark = pytest.mark.django_db
APPID = "wxdemo000000000001"


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """Without quotas: ten deletions a day end every longer story."""
    with running_sandbox(SandboxConfig(publish_seconds=0, quota_factor=None)) as running:
        yield running


@pytest.fixture
def account(sandbox: RunningSandbox) -> Outlet:
    options = {"appid": APPID, "api_base": sandbox.url, "unknown_wait": "0", "author": "品质城中"}
    outlet = Outlet(slug="pinzhi", name="品质城中", channel="wechat_mp", options=options)
    outlet.set_secrets({"secret": DEMO_SECRET})
    outlet.save()
    return outlet


class Hub:
    """Signs, and lets time pass until nothing is due."""

    def __init__(self, account: Outlet) -> None:
        self.clock = Clock()
        self.account = account

    def sign(self, edition: Edition) -> None:
        outbox.plan(edition, targets(self.account), now=self.clock())
        self.pass_time()

    def withdraw(self) -> None:
        outbox.recall(
            Placement.objects.get().item_id, kind=WithdrawalKind.GONE, reason="内容有误", now=self.clock()
        )
        self.pass_time()

    def retry(self) -> None:
        outbox.retry(Placement.objects.get(), by="editor", now=self.clock())
        self.pass_time()

    def pass_time(self) -> None:
        """Until the placement rests or asks for a person, at most a quarter of an hour."""
        for _ in range(8):
            Dispatcher(http=HttpClient, assets=MemoryAssets(), now=self.clock, jitter=lambda: 0.5).run()
            if self.placement.state in {State.SETTLED, State.ASKING}:
                return
            self.clock.forward(seconds=130)

    @property
    def placement(self) -> Placement:
        return Placement.objects.select_related("desired", "actual").get()


@pytest.fixture
def hub(account: Outlet) -> Hub:
    return Hub(account)


def titles(sandbox: RunningSandbox) -> list[str]:
    return [copy.title for copy in sandbox.copies(URI)]


def test_an_item_is_signed_corrected_and_withdrawn(hub: Hub, sandbox: RunningSandbox) -> None:
    hub.sign(sample(1))
    assert titles(sandbox) == [sample(1).headline]
    assert hub.placement.state == State.SETTLED
    assert hub.placement.remote_url == sandbox.copies(URI)[0].url

    hub.sign(sample(2))
    assert titles(sandbox) == [sample(2).headline]
    assert hub.placement.state == State.SETTLED

    hub.withdraw()
    assert titles(sandbox) == []
    assert (hub.placement.state, hub.placement.actual) == (State.SETTLED, None)


@pytest.mark.parametrize("kind", ["drop_after_commit", "drop_before", "500_after", "html_after"])
@pytest.mark.parametrize("path", ["draft/add", "freepublish/submit", "freepublish/delete", "uploadimg"])
def test_whatever_gets_lost_there_is_one_article_in_the_end(
    hub: Hub, sandbox: RunningSandbox, path: str, kind: str
) -> None:
    hub.sign(sample(1))
    sandbox.fault(path, kind)
    hub.sign(sample(2, pictures=3))
    assert titles(sandbox) == [sample(2).headline]
    assert hub.placement.state == State.SETTLED


def test_a_lost_correction_that_is_withdrawn_leaves_nothing(hub: Hub, sandbox: RunningSandbox) -> None:
    hub.sign(sample(1))
    sandbox.fault("draft/add", "drop_after_commit", times=100)
    hub.sign(sample(2))
    sandbox.clear_faults()
    hub.withdraw()
    assert titles(sandbox) == []
    assert hub.placement.state == State.SETTLED


def test_after_a_failed_review_the_changed_item_goes_out(hub: Hub, sandbox: RunningSandbox) -> None:
    sandbox.fault("freepublish/submit", "publish_status", status=4)
    hub.sign(sample(1))
    assert hub.placement.state == State.ASKING
    assert "审核未通过" in hub.placement.message

    hub.sign(sample(2))
    assert titles(sandbox) == [sample(2).headline]
    assert hub.placement.state == State.SETTLED


def test_after_a_failed_review_a_person_can_have_it_tried_again(hub: Hub, sandbox: RunningSandbox) -> None:
    sandbox.fault("freepublish/submit", "publish_status", status=3)
    hub.sign(sample(1))
    hub.retry()
    assert titles(sandbox) == [sample(1).headline]
    assert hub.placement.state == State.SETTLED


@pytest.mark.parametrize("kind", ["drop_before", "drop_after_commit"])
def test_any_call_may_get_lost_while_correcting_and_withdrawing(
    hub: Hub, sandbox: RunningSandbox, kind: str
) -> None:
    version = 0
    for nth in range(8):
        CallCount.objects.all().delete()  # a day has ten deletions
        version += 1
        hub.sign(sample(version, pictures=nth % 3))
        version += 1
        sandbox.fault("/cgi-bin/", kind, skip=nth)
        hub.sign(sample(version, pictures=nth % 3))
        assert titles(sandbox) == [sample(version).headline], f"correcting, call {nth}"
        sandbox.clear_faults()
        sandbox.fault("/cgi-bin/", kind, skip=nth % 3)
        hub.withdraw()
        assert titles(sandbox) == [], f"withdrawing, call {nth % 3}"
        assert hub.placement.state == State.SETTLED
        sandbox.clear_faults()


@pytest.mark.parametrize(("status", "word"), [(5, "删除"), (6, "封禁")])
def test_an_article_that_goes_after_its_success_is_an_alarm(
    hub: Hub, sandbox: RunningSandbox, status: int, word: str
) -> None:
    """Told by a call-back: at once, and without a call."""
    hub.sign(sample(1))
    raw = hub.placement.receipt["raw"]
    before = len(sandbox.requests())
    evidence.published(
        hub.account, publish_id=raw["publish_id"], status=status, article_id="", url="", now=hub.clock()
    )
    hub.pass_time()
    assert (hub.placement.state, hub.placement.actual) == (State.ASKING, None)
    assert word in hub.placement.message
    assert len(sandbox.requests()) == before


def test_a_ban_that_nobody_told_of_is_seen_at_the_next_look(hub: Hub, sandbox: RunningSandbox) -> None:
    hub.sign(sample(1))
    sandbox.ban(APPID, hub.placement.receipt["remote_id"].partition(":")[2])
    hub.clock.forward(seconds=601)
    Dispatcher(http=HttpClient, assets=MemoryAssets(), now=hub.clock).run()
    assert hub.placement.state == State.ASKING
    assert "封禁" in hub.placement.message
