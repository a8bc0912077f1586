"""What follows from a call, case by case: the parts that the engine's own tests do not reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import settling
from channels.contract import Observation, Presence, Receipt, Update
from channels.errors import (
    ChannelError,
    ConfigError,
    Misbehaved,
    Missing,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
    Unrepresentable,
)
from channels.settling import BACKOFF_CAP, Before, Doubt, backoff
from tests.channels.builders import NOW
from tests.channels.fakes import ONCE, REPEATABLE

RECEIPT = Receipt(token="t" * 32, uri="urn:uuid:x", version=1, remote_id="r")
BY_HAND = replace(ONCE, manual=True)
SHOWN = replace(REPEATABLE, shown_at_commit=True)


def before(**values):
    base = {
        "desired": 1,
        "actual": None,
        "version": 1,
        "pending": "",
        "doubt": False,
        "receipt": None,
        "attempts": 0,
        "polls": 0,
        "settled": False,
    }
    return Before(**{**base, **values})


def seen(presence, **values):
    return Observation(presence=Presence(presence), **values)


@given(st.integers(1, 200), st.floats(0, 0.999))
def test_backoff_grows_is_capped_and_never_shrinks_below_half(attempts, jitter):
    wait = backoff(attempts, jitter).total_seconds()
    assert 1.0 <= wait <= BACKOFF_CAP
    assert backoff(attempts + 1, jitter).total_seconds() >= wait


def test_polling_ends_with_a_person():
    at = before(pending="deliver", polls=len(REPEATABLE.poll_seconds))
    change = settling.observed(at, seen("pending"), REPEATABLE, NOW)
    assert (change.state, change.remedy, change.due_at) == ("asking", "admin", None)
    assert "人工确认" in change.message


def test_looking_at_something_settled_ends_after_the_last_look():
    at = before(actual=1, receipt=RECEIPT, settled=True, polls=len(REPEATABLE.look_seconds))
    change = settling.observed(at, seen("present", version=1), REPEATABLE, NOW)
    assert (change.state, change.due_at) == ("settled", None)


def test_a_look_that_fails_leaves_what_was_settled():
    at = before(actual=1, receipt=RECEIPT, settled=True)
    change = settling.failed(at, "verify", Unreachable("连接不上"), REPEATABLE, NOW, jitter=0.5)
    assert change.state == "settled"
    assert change.actual == 1
    assert change.due_at > NOW


def test_a_better_receipt_found_by_looking_is_kept():
    found = replace(RECEIPT, remote_id="article:9", remote_url="http://mp.example/9")
    at = before(pending="deliver", receipt=replace(RECEIPT, settled=False))
    change = settling.observed(at, seen("present", version=1, receipt=found), REPEATABLE, NOW)
    assert (change.receipt.remote_id, change.receipt.settled) == ("article:9", True)
    assert (change.state, change.pending) == ("settled", "")


def test_a_hosted_page_that_does_not_show_is_looked_at_again_and_never_called_deleted():
    at = before(actual=1, receipt=RECEIPT, settled=True, polls=1)
    change = settling.observed(at, seen("absent"), SHOWN, NOW)
    assert (change.state, change.actual, change.remedy) == ("accepted", None, "")


def test_a_page_that_a_person_named_and_nobody_can_read_goes_back_to_the_person():
    at = before(pending="deliver", receipt=RECEIPT)
    change = settling.observed(at, seen("unknown", note="页面标题不一致"), BY_HAND, NOW)
    assert (change.state, change.remedy, change.message) == ("asking", "editor", "页面标题不一致")


def test_a_copy_that_outlives_its_withdrawal_is_looked_at_until_a_person_is_asked():
    at = before(desired=None, actual=1, pending="withdraw", receipt=RECEIPT)
    change = settling.observed(at, seen("present", version=1), REPEATABLE, NOW)
    assert (change.state, change.actual) == ("accepted", 1)
    late = settling.observed(replace(at, polls=99), seen("present", version=1), REPEATABLE, NOW)
    assert late.state == "asking"


def test_a_queued_edition_that_is_wanted_no_more_is_taken_back_once_it_shows():
    at = before(desired=None, pending="deliver", receipt=replace(RECEIPT, settled=False))
    change = settling.observed(at, seen("present", version=1), ONCE, NOW)
    assert (change.actual, change.pending, change.due_at) == (1, "", NOW)


@pytest.mark.parametrize(
    ("error", "state", "remedy", "outcome"),
    [
        (Unreachable("连接不上"), "waiting", "retry", "failed"),
        (Throttled("太频繁", retry_after=5), "waiting", "wait", "failed"),
        (Refused("不合格"), "asking", "editor", "refused"),
        (Unrepresentable("标题过长"), "asking", "editor", "refused"),
        (ConfigError("密钥不对"), "asking", "admin", "failed"),
        (Misbehaved("答非所问"), "asking", "developer", "unknown"),
        (OutcomeUnknown("没有应答"), "unknown", "verify", "unknown"),
    ],
)
def test_each_error_has_one_remedy(error, state, remedy, outcome):
    change = settling.failed(before(), "deliver", error, ONCE, NOW, jitter=0.5)
    assert (change.state, change.remedy, change.outcome) == (state, remedy, outcome)
    assert change.message == error.message
    assert (change.due_at is None) == (state == "asking")


@pytest.mark.parametrize("error", [Misbehaved("答非所问"), OutcomeUnknown("没有应答")])
def test_only_a_write_leaves_a_doubt(error):
    assert settling.failed(before(), "deliver", error, ONCE, NOW, jitter=0).doubt is Doubt.RAISE
    assert settling.failed(before(), "withdraw", error, ONCE, NOW, jitter=0).doubt is Doubt.RAISE
    assert settling.failed(before(), "verify", error, ONCE, NOW, jitter=0).doubt is Doubt.KEEP


def test_an_object_that_is_missing_for_an_update_is_sent_anew():
    at = before(desired=2, actual=1, version=2, receipt=RECEIPT)
    change = settling.failed(at, "deliver", Missing("找不到"), REPEATABLE, NOW, jitter=0)
    assert (change.actual, change.receipt, change.state, change.due_at) == (None, None, "due", NOW)


errors = st.sampled_from([Unreachable, Throttled, Refused, ConfigError, Misbehaved, OutcomeUnknown, Missing])


@given(
    st.builds(
        before,
        desired=st.none() | st.integers(1, 3),
        actual=st.none() | st.integers(1, 3),
        pending=st.sampled_from(["", "deliver", "withdraw"]),
        doubt=st.booleans(),
        polls=st.integers(0, 12),
        settled=st.booleans(),
    ),
    st.sampled_from(["deliver", "withdraw", "verify"]),
    errors,
    st.sampled_from([REPEATABLE, ONCE, BY_HAND, SHOWN]),
)
def test_nothing_that_is_open_is_ever_left_alone(at, operation, error, capabilities):
    """After any failure a placement is due again, settled, or a person is asked."""
    made: ChannelError = error("出错了")
    change = settling.failed(at, operation, made, capabilities, NOW, jitter=0.5)
    assert change.due_at is not None or change.state in {"settled", "asking"}
    if change.state == "asking":
        assert change.message
    if change.due_at is not None:
        assert NOW <= change.due_at <= NOW + timedelta(days=8)


ASKED = replace(RECEIPT, settled=False, awaits_person=True, note="请在后台发表")
WATCHED = replace(ASKED, watched=True)


def test_who_is_asked_and_watched_is_looked_after_more_and_more_rarely():
    change = settling.delivered(before(), WATCHED, ONCE, NOW)
    assert (change.state, change.pending, change.message) == ("asking", "deliver", "请在后台发表")
    waits = [change.due_at - NOW]
    for _ in range(20):
        held = before(pending="deliver", receipt=WATCHED, polls=change.polls)
        change = settling.observed(held, seen("pending"), ONCE, NOW)
        assert (change.state, change.message) == ("asking", "请在后台发表")
        if change.due_at is None:
            break
        waits.append(change.due_at - NOW)
    assert change.due_at is None
    assert waits == sorted(waits)
    assert len(waits) == len(settling.WATCH_SECONDS)


def test_what_a_person_has_to_replace_is_still_there_until_he_does():
    replacing = replace(ONCE, update=Update.REPLACE)
    queued = replace(WATCHED, awaits_person=False, watched=False)
    assert settling.delivered(before(actual=1), queued, replacing, NOW).actual is None
    assert settling.delivered(before(actual=1), WATCHED, replacing, NOW).actual == 1


def test_who_is_asked_and_not_watched_has_to_say_so_himself():
    assert settling.delivered(before(), ASKED, ONCE, NOW).due_at is None


def test_what_a_look_cannot_tell_is_said_to_the_person():
    held = before(pending="deliver", receipt=WATCHED, polls=1)
    change = settling.observed(held, seen("unknown", note="请填写文章网址"), ONCE, NOW)
    assert (change.state, change.message) == ("asking", "请填写文章网址")


def test_a_person_who_is_done_is_asked_no_more():
    held = before(pending="deliver", receipt=WATCHED, polls=1)
    change = settling.observed(held, seen("present", version=1), ONCE, NOW)
    assert (change.state, change.pending) == ("settled", "")
    assert (change.receipt.awaits_person, change.receipt.watched) == (False, False)


def test_a_look_that_has_to_wait_unsettles_nothing():
    held = before(actual=1, receipt=RECEIPT, settled=True)
    change = settling.failed(held, "verify", Throttled("次数已用完"), ONCE, NOW, jitter=0)
    assert change.state == "settled"
    assert change.due_at > NOW


def test_why_a_copy_is_gone_is_said():
    held = before(actual=1, receipt=RECEIPT, settled=True)
    change = settling.observed(held, seen("absent", note="文章发布后已被微信平台封禁"), ONCE, NOW)
    assert (change.state, change.actual) == ("asking", None)
    assert "封禁" in change.message
    assert "重试" in change.message


def test_a_person_who_is_asked_has_taken_nothing_down_yet():
    held = before(desired=2, actual=1, version=2, receipt=RECEIPT)
    assert settling.delivered(held, replace(WATCHED, version=2), ONCE, NOW).actual == 1
    queued = replace(RECEIPT, settled=False, version=2)
    assert settling.delivered(held, queued, ONCE, NOW).actual is None
