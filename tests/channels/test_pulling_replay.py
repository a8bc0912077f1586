"""重新投递: what a receiver has lost is sent once more under a new token; never at a channel where that would double it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from channels import changes, outbox, registry
from channels.models import Outlet, Placement, State, WithdrawalKind
from channels.pulling import replaying
from channels.pulling.replaying import NotPossible
from tests.channels import fakes
from tests.channels.builders import Clock, edition, outlet, targets
from tests.channels.test_engine import remote, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _channels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    table = {"fake": "FakeAdapter", "once": "OnceAdapter"}
    monkeypatch.setattr(
        registry, "CHANNELS", {key: f"tests.channels.fakes.{name}" for key, name in table.items()}
    )
    registry.adapter_class.cache_clear()
    fakes.FakeAdapter.outlets.clear()
    yield
    registry.adapter_class.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sign(office: Outlet, clock: Clock) -> uuid.UUID:
    item = edition()
    outbox.plan(item, targets(office), now=clock())
    run(clock)
    return item.content_id


def test_a_settled_item_is_sent_again_under_another_token(clock: Clock) -> None:
    office = outlet()
    item = sign(office, clock)
    before = Placement.objects.get()
    remote().copies.clear()
    replaying.one(office, item, by="站长", now=clock())
    run(clock)
    after = Placement.objects.get()
    assert after.state == State.SETTLED
    assert after.receipt["token"] != before.receipt["token"], "a receiver may remember the old one"
    assert remote().copies == {f"urn:uuid:{item}": [(1, after.receipt["token"])]}


def test_it_leaves_one_copy_where_nothing_was_lost(clock: Clock) -> None:
    office = outlet()
    item = sign(office, clock)
    replaying.one(office, item, by="站长", now=clock())
    run(clock)
    assert [version for version, _ in remote().copies[f"urn:uuid:{item}"]] == [1]


def test_a_withdrawn_item_is_withdrawn_again(clock: Clock) -> None:
    office = outlet()
    item = sign(office, clock)
    outbox.recall(item, kind=WithdrawalKind.GONE, reason="误", now=clock())
    run(clock)
    remote().copies[f"urn:uuid:{item}"] = [(1, "restored from a backup")]
    replaying.one(office, item, by="站长", now=clock())
    run(clock)
    assert not remote().copies.get(f"urn:uuid:{item}")
    assert Placement.objects.get().state == State.SETTLED


def test_everything_since_a_number_of_the_log(clock: Clock) -> None:
    office = outlet()
    first = sign(office, clock)
    known = changes.stamp().sequence
    later = {sign(office, clock) for _ in range(2)}
    sign(outlet("other"), clock)
    assert replaying.since(office, known, by="站长", now=clock()) == (2, known + 2)
    due = Placement.objects.filter(outlet=office, state=State.DUE)
    assert set(due.values_list("item_id", flat=True)) == later
    assert first not in later


def test_a_long_log_is_sent_in_parts(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "AT_ONCE", 2)
    office = outlet()
    for _ in range(3):
        sign(office, clock)
    count, reached = replaying.since(office, 0, by="站长", now=clock())
    assert count == 2
    assert replaying.since(office, reached, by="站长", now=clock())[0] == 1
    with pytest.raises(NotPossible, match="无需"):
        replaying.since(office, reached + 1, by="站长", now=clock())


def test_what_cannot_be_repeated_is_refused(clock: Clock) -> None:
    office = outlet("once", "once")
    item = sign(office, clock)
    with pytest.raises(NotPossible, match="不支持"):
        replaying.one(office, item, by="站长", now=clock())


def test_another_outlets_item_is_not_touched(clock: Clock) -> None:
    item = sign(outlet("other"), clock)
    with pytest.raises(NotPossible, match="没有投放"):
        replaying.one(outlet(), item, by="站长", now=clock())
