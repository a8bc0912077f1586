"""The engine against a scripted outlet: what is there in the end, how many calls it took, what the desk reads."""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError

from channels import database, engine, outbox, registry
from channels.claiming import claim, lease_time
from channels.engine import Dispatcher
from channels.errors import (
    ConfigError,
    Misbehaved,
    Missing,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
)
from channels.http import HttpClient
from channels.models import Delivery, Operation, Outcome, Placement, State, WithdrawalKind
from channels.recording import CIRCUIT_AFTER
from tests.channels import fakes
from tests.channels.builders import Clock, edition, outlet, targets

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _channels(monkeypatch):
    classes = {"fake": fakes.FakeAdapter, "once": fakes.OnceAdapter}
    monkeypatch.setattr(
        registry, "CHANNELS", {key: f"tests.channels.fakes.{cls.__name__}" for key, cls in classes.items()}
    )
    registry.adapter_class.cache_clear()
    fakes.FakeAdapter.outlets.clear()
    yield
    registry.adapter_class.cache_clear()


@pytest.fixture
def clock():
    return Clock()


def dispatcher(clock, **values):
    return Dispatcher(http=HttpClient, now=clock, jitter=lambda: 0.5, **values)


def run(clock, **values):
    return dispatcher(clock, **values).run()


def remote(slug="fake"):
    return fakes.FakeAdapter.outlets.setdefault(slug, fakes.FakeOutlet())


def sign(item, *outlets, clock):
    return outbox.plan(item, targets(*outlets), now=clock())


def only():
    return Placement.objects.select_related("desired", "actual").get()


def test_a_signed_item_is_delivered_once_and_settles(clock):
    item = edition()
    sign(item, outlet(), clock=clock)

    run(clock)
    run(clock)

    placement = only()
    assert remote().copies == {item.uri: [(1, placement.receipt["token"])]}
    assert remote().calls["deliver"] == 1
    assert placement.state == State.SETTLED
    assert placement.actual == placement.desired
    assert placement.settled_at == clock()
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.operation) == (Outcome.SETTLED, Operation.DELIVER)
    assert len(delivery.rendering_sha256) == 64


def test_five_quick_corrections_are_one_delivery_of_the_last(clock):
    item, place = edition(), outlet()
    for number in range(5):
        sign(edition(item.content_id, headline=f"第{number}稿"), place, clock=clock)

    run(clock)

    assert remote().calls["deliver"] == 1
    assert [version for version, _ in remote().copies[item.uri]] == [5]


def test_the_same_content_signed_again_sends_nothing(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    run(clock)

    sign(item, place, clock=clock)
    run(clock)

    assert remote().calls["deliver"] == 1


def test_an_edition_that_renders_the_same_is_not_sent_again(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    run(clock)

    sign(edition(item.content_id, canonical_url="http://hub.example/moved/"), place, clock=clock)
    run(clock)

    placement = only()
    assert remote().calls["deliver"] == 1
    assert placement.actual.number == 2
    assert placement.state == State.SETTLED


def test_withdrawal_takes_the_copy_back_and_again_is_harmless(clock):
    item = edition()
    sign(item, outlet(), clock=clock)
    run(clock)

    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())
    run(clock)
    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())
    run(clock)

    placement = only()
    assert remote().copies == {}
    assert remote().calls["withdraw"] == 1
    assert (placement.actual, placement.receipt, placement.state) == (None, None, State.SETTLED)


def test_an_item_withdrawn_before_it_was_sent_never_goes_out(clock):
    item = edition()
    sign(item, outlet(), clock=clock)
    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())

    run(clock)

    assert remote().calls == {}
    assert only().state == State.SETTLED


def test_a_restored_item_goes_out_again_under_a_new_token(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    run(clock)
    first = only().receipt["token"]
    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="暂缓", now=clock())
    run(clock)

    sign(item, place, clock=clock)
    run(clock)

    assert [version for version, _ in remote().copies[item.uri]] == [2]
    assert only().receipt["token"] != first


def test_pause_holds_new_items_but_never_a_withdrawal(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    run(clock)
    outbox.pause(place, reason="检修", now=clock())
    later = edition()
    sign(later, place, clock=clock)
    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())

    run(clock)

    assert remote().copies == {}
    held = Placement.objects.get(item_id=later.content_id)
    assert held.state == State.HELD

    outbox.resume(place, now=clock())
    run(clock)

    assert list(remote().copies) == [later.uri]


def test_withdrawals_go_before_urgent_before_normal(clock):
    place = outlet()
    old, normal, urgent = edition(), edition(), edition(lane=1)
    sign(old, place, clock=clock)
    run(clock)
    order = []
    remote().on_call = order.append
    sign(normal, place, clock=clock)
    sign(urgent, place, clock=clock)
    outbox.recall(old.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())

    chosen = claim(3, busy={}, now=clock()).work

    assert [w.content_id for w in chosen] == [old.content_id, urgent.content_id, normal.content_id]


def test_an_unreachable_outlet_is_tried_again_after_a_backoff(clock):
    sign(edition(), outlet(), clock=clock)
    remote().fail("deliver", Unreachable("连接不上"))

    run(clock)
    waiting = only()
    assert (waiting.state, waiting.attempts) == (State.WAITING, 1)
    assert waiting.due_at > clock()
    run(clock)
    assert remote().calls["deliver"] == 1

    clock.forward(seconds=5)
    run(clock)
    assert only().state == State.SETTLED


def test_throttling_waits_as_told_and_counts_no_attempt(clock):
    sign(edition(), outlet(), clock=clock)
    remote().fail("deliver", Throttled("太频繁", retry_after=90))

    run(clock)

    assert only().attempts == 0
    assert only().due_at == clock() + timedelta(seconds=90)


def test_a_refusal_asks_the_editor_and_a_new_edition_goes_out(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    remote().fail("deliver", Refused("标题过长，请缩短", code="45003"))

    run(clock)
    clock.forward(days=1)
    run(clock)

    refused = only()
    assert (refused.state, refused.remedy, refused.code) == (State.ASKING, "editor", "45003")
    assert refused.message == "标题过长，请缩短"
    assert remote().calls["deliver"] == 1

    sign(edition(item.content_id, headline="短标题"), place, clock=clock)
    run(clock)
    assert only().state == State.SETTLED


def test_a_wrong_secret_blocks_its_outlet_only_until_somebody_resumes(clock):
    bad, good = outlet("bad"), outlet("good")
    sign(edition(), bad, good, clock=clock)
    remote("bad").fail("deliver", ConfigError("密钥不正确，请管理员核对"))
    run(clock)
    sign(edition(), bad, good, clock=clock)
    run(clock)

    bad.refresh_from_db()
    assert bad.blocked_reason == "密钥不正确，请管理员核对"
    assert remote("bad").calls["deliver"] == 1
    assert len(remote("good").copies) == 2

    outbox.resume(bad, now=clock())
    run(clock)
    assert len(remote("bad").copies) == 2


def test_an_unknown_outcome_is_looked_at_and_never_sent_twice(clock):
    item = edition()
    sign(item, outlet(channel="once"), clock=clock)
    remote().fail("deliver", OutcomeUnknown("没有应答"), after=True)

    run(clock)
    assert only().state == State.UNKNOWN
    clock.forward(seconds=2)
    run(clock)

    placement = only()
    assert (remote().calls["deliver"], remote().calls["verify"]) == (1, 1)
    assert placement.state == State.SETTLED
    assert placement.doubt is None


def test_an_unknown_outcome_that_was_not_applied_is_sent_again(clock):
    item = edition()
    sign(item, outlet(channel="once"), clock=clock)
    remote().fail("deliver", OutcomeUnknown("没有应答"))

    run(clock)
    clock.forward(seconds=2)
    run(clock)

    assert len(remote().copies[item.uri]) == 1
    assert remote().calls["deliver"] == 2


def test_a_correction_signed_while_the_outcome_is_unknown_replaces_what_was_found(clock):
    item, place = edition(), outlet(channel="once")
    sign(item, place, clock=clock)
    remote().fail("deliver", OutcomeUnknown("没有应答"), after=True)
    run(clock)

    sign(edition(item.content_id, headline="更正"), place, clock=clock)
    clock.forward(seconds=2)
    run(clock)

    assert [version for version, _ in remote().copies[item.uri]] == [2]
    assert only().state == State.SETTLED


def test_a_withdrawal_while_the_outcome_is_unknown_looks_first(clock):
    item = edition()
    sign(item, outlet(channel="once"), clock=clock)
    remote().fail("deliver", OutcomeUnknown("没有应答"), after=True)
    run(clock)

    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())
    clock.forward(seconds=2)
    run(clock)

    assert remote().copies == {}
    assert only().state == State.SETTLED


def test_an_answer_that_makes_no_sense_asks_a_developer_and_a_retry_looks_first(clock):
    item = edition()
    sign(item, outlet(channel="once"), clock=clock)
    remote().fail("deliver", Misbehaved("终端应答无法识别"), after=True)
    run(clock)
    asking = only()
    assert (asking.state, asking.remedy) == (State.ASKING, "developer")

    outbox.retry(asking, by="admin", now=clock())
    run(clock)

    assert len(remote().copies[item.uri]) == 1
    assert only().state == State.SETTLED


def test_a_defect_of_ours_is_caught_said_and_stays_in_doubt(clock, caplog):
    sign(edition(), outlet(channel="once"), clock=clock)
    remote().fail("deliver", ZeroDivisionError("boom"))

    run(clock)

    placement = only()
    assert (placement.state, placement.remedy, placement.code) == (
        State.ASKING,
        "developer",
        "ZeroDivisionError",
    )
    assert Delivery.objects.get().outcome == Outcome.UNKNOWN
    assert placement.doubt is not None
    assert "boom" not in placement.message


def test_a_queued_delivery_settles_when_a_look_proves_it(clock):
    sign(edition(), outlet(channel="once"), clock=clock)
    remote().queued = True

    run(clock)
    assert (only().state, only().pending) == (State.ACCEPTED, "deliver")
    clock.forward(seconds=2)
    run(clock)

    assert (only().state, only().pending) == (State.SETTLED, "")


def test_looks_that_the_outlet_asks_for_put_off_none_that_is_planned(clock):
    sign(edition(), outlet(), clock=clock)
    remote().queued = remote().undecided = True
    run(clock)
    planned = only().due_at
    for _ in range(5):
        assert outbox.look_again(Placement.objects.all(), now=clock()) == 1
        run(clock)
    assert remote().calls["verify"] == 5
    assert only().state == State.ACCEPTED
    assert only().due_at == planned


def test_a_dead_worker_leaves_a_doubt_that_is_looked_at(clock):
    item = edition()
    sign(item, outlet(channel="once"), clock=clock)
    work = claim(10, busy={}, now=clock()).work
    assert len(work) == 1
    remote().copies[item.uri] = [(1, work[0].token)]

    run(clock)
    assert remote().calls == {}, "the lease of the dead worker still holds"
    clock.forward(seconds=lease_time().total_seconds() + 1)
    run(clock)

    assert (remote().calls["deliver"], remote().calls["verify"]) == (0, 1)
    assert only().state == State.SETTLED
    assert Delivery.objects.filter(outcome=Outcome.UNKNOWN).count() == 1


def test_a_late_result_never_overwrites_that_of_the_new_holder(clock):
    item = edition()
    sign(item, outlet(), clock=clock)
    stale = claim(10, busy={}, now=clock()).work
    clock.forward(seconds=lease_time().total_seconds() + 1)
    run(clock)
    settled = only()

    from channels import settling
    from channels.recording import Result, record

    error = Refused("过期的结果")
    change = settling.failed(stale[0].before, "deliver", error, stale[0].capabilities, clock(), jitter=0)
    record([Result(work=stale[0], change=change, error=error)], clock())

    assert only().state == settled.state == State.SETTLED


def test_a_correction_signed_during_a_call_is_delivered_right_after(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    work = claim(10, busy={}, now=clock()).work[0]
    sign(edition(item.content_id, headline="更正"), place, clock=clock)

    from channels import settling
    from channels.contract import Receipt
    from channels.recording import Result, record

    receipt = Receipt(token=work.token, uri=item.uri, version=1, remote_id=item.uri)
    change = settling.delivered(work.before, receipt, work.capabilities, clock())
    record([Result(work=work, change=change)], clock())

    placement = only()
    assert placement.actual.number == 1
    assert (placement.state, placement.due_at) == (State.DUE, clock())
    run(clock)
    assert only().actual.number == 2


def test_one_hanging_outlet_delays_nobody(clock, monkeypatch):
    """The slow outlet answers only once the fast one has everything: it never would if it held a slot of the others."""
    monkeypatch.setattr(engine, "TICK", 0.01)
    slow, fast = outlet("slow"), outlet("fast")
    deadline = time.monotonic() + 60
    late = []

    def hanging():
        late.extend(["gave up"] * (time.monotonic() > deadline))
        return len(remote("fast").copies) < 8 and not late

    remote("slow").hangs_while = hanging
    for _ in range(8):
        sign(edition(), slow, fast, clock=clock)

    run(clock, slots=6)

    assert not late
    assert len(remote("fast").copies) == len(remote("slow").copies) == 8


def test_results_are_written_down_while_other_calls_hang(monkeypatch):
    monkeypatch.setattr(engine, "FLUSH_SECONDS", 3600)

    async def landed() -> int:
        flights, for_ever = engine._Flights(), asyncio.Event()
        flights.start(for_ever.wait(), 0)
        for number in range(engine.REFILL):
            flights.start(asyncio.sleep(0), number)
        await asyncio.wait_for(flights.some_landed(60), 30)
        for_ever.set()
        return len(flights.take())

    assert asyncio.run(landed()) == engine.REFILL


def test_an_outlet_takes_no_more_calls_at_a_time_than_it_says(clock):
    place = outlet()
    for _ in range(12):
        sign(edition(), place, clock=clock)

    found = claim(50, busy={}, now=clock()).work
    assert len(found) == fakes.REPEATABLE.parallel
    assert claim(50, busy={place.pk: fakes.REPEATABLE.parallel}, now=clock()).empty


def test_the_circuit_opens_after_failures_in_a_row_and_closes_with_a_success(clock):
    place = outlet()
    remote().fail("deliver", Unreachable("连接不上"), times=CIRCUIT_AFTER)
    for _ in range(CIRCUIT_AFTER):
        sign(edition(), place, clock=clock)
    run(clock)
    run(clock)

    place.refresh_from_db()
    assert place.circuit_open_until > clock()
    sign(edition(), place, clock=clock)
    assert claim(50, busy={}, now=clock()).empty

    clock.forward(minutes=30)
    assert len(claim(50, busy={}, now=clock()).work) == 1, "one probe"
    clock.forward(minutes=30)
    for _ in range(CIRCUIT_AFTER + 2):
        run(clock)
        clock.forward(minutes=10)
    place.refresh_from_db()
    assert (place.circuit_failures, place.circuit_open_until) == (0, None)
    assert len(remote().copies) == CIRCUIT_AFTER + 1


def test_items_too_old_after_an_outage_wait_for_a_person(clock):
    place = outlet(max_age_hours=2)
    item = edition()
    sign(item, place, clock=clock)
    clock.forward(hours=3)

    run(clock)
    assert only().state == State.HELD
    assert remote().calls == {}

    outbox.release(only(), by="admin", now=clock())
    run(clock)
    assert item.uri in remote().copies


def test_a_copy_deleted_behind_our_back_is_found_and_put_to_the_editor(clock):
    item = edition()
    sign(item, outlet(), clock=clock)
    run(clock)
    remote().copies.clear()

    clock.forward(seconds=301)
    run(clock)

    placement = only()
    assert (placement.state, placement.remedy, placement.actual) == (State.ASKING, "editor", None)
    assert remote().calls["deliver"] == 1

    outbox.retry(placement, by="bianji", now=clock())
    run(clock)
    assert item.uri in remote().copies


def test_an_outlet_that_is_ahead_of_a_restored_database_is_not_overwritten(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    run(clock)
    remote().copies[item.uri] = [(7, "x" * 32)]

    clock.forward(seconds=301)
    run(clock)

    assert (only().state, only().remedy) == (State.ASKING, "admin")
    assert remote().calls["deliver"] == 1
    assert sign(edition(item.content_id, headline="新稿"), place, clock=clock).number == 8


def test_what_is_gone_already_counts_as_withdrawn(clock):
    item = edition()
    sign(item, outlet(), clock=clock)
    run(clock)
    remote().fail("withdraw", Missing("已不存在"))

    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())
    run(clock)

    assert only().state == State.SETTLED


def test_a_withdrawal_that_fails_stays_open_and_is_tried_again(clock):
    item = edition()
    sign(item, outlet(), clock=clock)
    run(clock)
    remote().fail("withdraw", ConfigError("密钥不正确"))
    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())
    run(clock)
    assert only().state == State.ASKING

    clock.forward(hours=1)
    run(clock)

    assert remote().copies == {}
    assert only().state == State.SETTLED


def test_an_outlet_no_longer_targeted_loses_its_copy(clock):
    item, keep, drop = edition(), outlet("keep"), outlet("drop")
    sign(item, keep, drop, clock=clock)
    run(clock)

    sign(item, keep, clock=clock)
    run(clock)

    assert item.uri in remote("keep").copies
    assert item.uri not in remote("drop").copies


def test_a_refused_item_stays_refused_through_later_editions(clock):
    item, place = edition(), outlet()
    sign(item, place, clock=clock)
    run(clock)
    outbox.refuse(only(), reason="本街道不涉及", by="zhanzhang", now=clock())
    run(clock)

    sign(edition(item.content_id, headline="更正"), place, clock=clock)
    run(clock)

    assert remote().copies == {}
    Placement.objects.update(must_carry=True)
    with pytest.raises(ValueError, match="必转"):
        outbox.refuse(only(), reason="x", by="x", now=clock())


def test_a_database_that_is_locked_for_a_while_loses_nothing(clock, monkeypatch):
    monkeypatch.setattr(database, "PAUSE", 0.001)
    real, troubles = engine.record, [OperationalError("database is locked")] * 3

    def locked(*arguments):
        if troubles:
            raise troubles.pop()
        real(*arguments)

    monkeypatch.setattr(engine, "record", locked)
    item = edition()
    sign(item, outlet(channel="once"), clock=clock)

    run(clock)

    assert troubles == []
    assert len(remote().copies[item.uri]) == 1
    assert only().state == State.SETTLED


def test_a_placement_outlives_everything_but_is_unique(clock):
    item = edition(uuid.uuid4())
    place = outlet()
    sign(item, place, clock=clock)
    sign(edition(item.content_id, headline="二"), place, clock=clock)
    assert Placement.objects.count() == 1
