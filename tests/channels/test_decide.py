"""The delivery policy, case by case and as properties over every situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Capabilities, Update, Withdrawing
from channels.decide import Ask, Deliver, Hold, Nothing, Situation, Verify, Withdraw, next_step
from tests.channels.builders import NOW

REPEATABLE = Capabilities(
    update=Update.IN_PLACE, withdrawal=Withdrawing.DELETE, repeatable=True, verifiable=True
)
ONCE = replace(REPEATABLE, update=Update.REPLACE, repeatable=False)
BLIND = replace(REPEATABLE, verifiable=False)
FROZEN = replace(REPEATABLE, update=Update.NONE, withdrawal=Withdrawing.NONE)
BY_HAND = replace(REPEATABLE, manual=True, repeatable=False)
SHOWN = replace(REPEATABLE, shown_at_commit=True)


def situation(**values):
    return Situation(**{"desired": None, "actual": None, "desired_at": NOW, **values})


WANTED = {"desired": 2}
THERE = {"desired": 2, "actual": 2}
OLDER = {"desired": 2, "actual": 1}
QUEUED = {"desired": 2, "pending": "deliver", "pending_version": 2}
OVERTAKEN = {"desired": 2, "pending": "deliver", "pending_version": 1}
LEAVING = {"pending": "withdraw", "pending_version": 1, "actual": 1}
LATE = {"desired_at": NOW - timedelta(hours=100)}
EXPIRED = {"expires": NOW}

CASES = [
    # wanted there
    ("new", WANTED, REPEATABLE, Deliver),
    ("an older one is there", OLDER, REPEATABLE, Deliver),
    ("an older one is there, replaced", OLDER, ONCE, Deliver),
    ("an older one is there, channel cannot update", OLDER, FROZEN, Ask),
    ("there, due for a look", THERE, REPEATABLE, Verify),
    ("there, nobody can look", THERE, BLIND, Nothing),
    ("in doubt, repeatable", {**WANTED, "doubt": True}, REPEATABLE, Deliver),
    ("in doubt, one attempt only", {**WANTED, "doubt": True}, ONCE, Verify),
    ("in doubt although there", {**THERE, "doubt": True}, ONCE, Verify),
    ("queued", QUEUED, REPEATABLE, Verify),
    ("queued, in doubt about another call", {**QUEUED, "doubt": True}, ONCE, Verify),
    ("with a person", {**QUEUED, "awaits_person": True}, BY_HAND, Ask),
    ("a person has reported back", QUEUED, BY_HAND, Verify),
    ("a channel of calls asks a person", {**QUEUED, "awaits_person": True}, ONCE, Ask),
    ("a person who is looked after", {**QUEUED, "awaits_person": True, "watched": True}, ONCE, Verify),
    ("overtaken while a person works", {**OVERTAKEN, "awaits_person": True, "watched": True}, ONCE, Deliver),
    ("overtaken in the queue, repeatable", OVERTAKEN, REPEATABLE, Deliver),
    ("overtaken in the queue, one attempt only", OVERTAKEN, ONCE, Verify),
    ("overtaken with a person", {**OVERTAKEN, "awaits_person": True}, BY_HAND, Deliver),
    ("wanted again while leaving, repeatable", {**LEAVING, **WANTED}, REPEATABLE, Deliver),
    ("wanted again while leaving, one attempt only", {**LEAVING, **WANTED}, ONCE, Verify),
    ("paused", {**WANTED, "paused": True}, REPEATABLE, Hold),
    ("paused, an update", {**OLDER, "paused": True}, REPEATABLE, Hold),
    ("paused, in doubt: looking is harmless", {**WANTED, "doubt": True, "paused": True}, ONCE, Verify),
    ("paused, shown at commit anyway", {**WANTED, "paused": True}, SHOWN, Deliver),
    ("late", {**WANTED, **LATE}, REPEATABLE, Hold),
    ("late, released", {**WANTED, **LATE, "released": True}, REPEATABLE, Deliver),
    ("late, released, paused", {**WANTED, **LATE, "released": True, "paused": True}, REPEATABLE, Hold),
    ("late, shown at commit anyway", {**WANTED, **LATE}, SHOWN, Deliver),
    ("expired", {**WANTED, **EXPIRED}, REPEATABLE, Hold),
    ("expired, released", {**WANTED, **EXPIRED, "released": True}, REPEATABLE, Deliver),
    # wanted gone
    ("never sent", {}, REPEATABLE, Nothing),
    ("there", {"actual": 1}, REPEATABLE, Withdraw),
    ("there, paused", {"actual": 1, "paused": True}, REPEATABLE, Withdraw),
    ("there, late and expired", {"actual": 1, **LATE, **EXPIRED}, REPEATABLE, Withdraw),
    ("there, channel cannot take back", {"actual": 1}, FROZEN, Ask),
    ("gone: in doubt, repeatable", {"doubt": True}, REPEATABLE, Withdraw),
    ("gone: in doubt, one attempt only", {"doubt": True}, ONCE, Verify),
    ("gone: still in the queue", {"pending": "deliver", "pending_version": 1}, REPEATABLE, Withdraw),
    (
        "gone: still in the queue, one attempt only",
        {"pending": "deliver", "pending_version": 1},
        ONCE,
        Verify,
    ),
    ("gone: still with a person", {"pending": "deliver", "awaits_person": True}, BY_HAND, Withdraw),
    ("gone: before the person did it", {"pending": "deliver", "awaits_person": True}, ONCE, Withdraw),
    (
        "gone: while a person works, in doubt about another call",
        {"pending": "deliver", "awaits_person": True, "doubt": True},
        ONCE,
        Verify,
    ),
    ("leaving", LEAVING, REPEATABLE, Verify),
    ("leaving by hand", {**LEAVING, "awaits_person": True}, BY_HAND, Ask),
]


@pytest.mark.parametrize(
    ("values", "capabilities", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_the_table_of_cases(values, capabilities, expected):
    assert isinstance(next_step(situation(**values), capabilities, NOW), expected)


situations = st.builds(
    Situation,
    desired=st.none() | st.integers(1, 4),
    actual=st.none() | st.integers(1, 4),
    desired_at=st.datetimes(min_value=(NOW - timedelta(days=9)).replace(tzinfo=None)).map(
        lambda at: min(at.replace(tzinfo=NOW.tzinfo), NOW)
    ),
    pending=st.sampled_from(["", "deliver", "withdraw"]),
    pending_version=st.none() | st.integers(1, 4),
    awaits_person=st.booleans(),
    watched=st.booleans(),
    doubt=st.booleans(),
    paused=st.booleans(),
    released=st.booleans(),
    expires=st.none() | st.just(NOW),
)
facts = st.builds(
    Capabilities,
    update=st.sampled_from(Update),
    withdrawal=st.sampled_from(Withdrawing),
    repeatable=st.booleans(),
    verifiable=st.booleans(),
    manual=st.booleans(),
    shown_at_commit=st.booleans(),
)


@given(situations, facts)
def test_a_call_that_may_have_been_applied_is_never_repeated_blindly(now_situation, capabilities):
    if not now_situation.doubt or capabilities.repeatable:
        return
    step = next_step(now_situation, capabilities, NOW)
    assert not isinstance(step, Deliver)


@given(situations, facts)
def test_nothing_is_delivered_that_is_not_wanted(now_situation, capabilities):
    if now_situation.desired is None:
        assert not isinstance(next_step(now_situation, capabilities, NOW), Deliver | Hold)


@given(situations, facts)
def test_nothing_is_withdrawn_that_is_wanted(now_situation, capabilities):
    if now_situation.desired is not None:
        assert not isinstance(next_step(now_situation, capabilities, NOW), Withdraw)


@given(situations, facts)
def test_rest_means_as_desired_and_nothing_open(now_situation, capabilities):
    if isinstance(next_step(now_situation, capabilities, NOW), Nothing):
        assert now_situation.actual == now_situation.desired
        assert not now_situation.doubt
        assert now_situation.pending != "deliver"


@given(situations, facts)
def test_whoever_is_asked_reads_a_chinese_sentence(now_situation, capabilities):
    step = next_step(now_situation, capabilities, NOW)
    if isinstance(step, Ask | Hold):
        assert any("一" <= character <= "鿿" for character in step.message)
