"""The policy of a push: a table of situations, and one property over every order of events."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.wechat.models import PushState
from channels.wechat.push.decide import (
    LOST,
    RESULT_POLLS,
    Doubt,
    Look,
    Release,
    Reopen,
    Rest,
    Send,
    Situation,
    Step,
    Tidy,
    Wait,
    next_step,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
CONFIRMED = Situation(state=PushState.CONFIRMED, confirmed_at=BEFORE)
ACCEPTED = Situation(state=PushState.ACCEPTED, attempts=1, attempted_at=NOW - timedelta(seconds=70))


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (Situation(state=PushState.EDITING), Rest()),
        (Situation(state=PushState.EDITING, changed="已撤稿"), Rest()),
        (Situation(state=PushState.PROPOSED), Rest()),
        (Situation(state=PushState.PROPOSED, changed="已撤稿"), Reopen("已撤稿")),
        (CONFIRMED, Send()),
        (replace(CONFIRMED, scheduled_at=LATER), Wait(LATER)),
        (replace(CONFIRMED, scheduled_at=LATER, changed="已撤稿"), Reopen("已撤稿")),
        (replace(CONFIRMED, over_quota="已用完"), Reopen("已用完")),
        (replace(CONFIRMED, attempts=1, allowed=2), Send()),
        (Situation(state=PushState.SENDING), Release()),
        (Situation(state=PushState.SENDING, attempts=1, attempted_at=BEFORE), Doubt(LOST)),
        (ACCEPTED, Look()),
        (replace(ACCEPTED, polls=1), Wait(ACCEPTED.attempted_at + timedelta(seconds=RESULT_POLLS[1]))),
        (replace(ACCEPTED, state=PushState.UNKNOWN), Look()),
        (replace(ACCEPTED, state=PushState.UNKNOWN, polls=99), Rest()),
        (replace(ACCEPTED, state=PushState.SENT), Wait(ACCEPTED.attempted_at + timedelta(days=1))),
        (replace(ACCEPTED, state=PushState.SENT, polls=99), Rest()),
        (Situation(state=PushState.FAILED, attempts=1), Rest()),
        (Situation(state=PushState.CANCELLED), Rest()),
        (Situation(state=PushState.CANCELLED, leftover_draft=True), Tidy()),
        (Situation(state=PushState.CLOSED), Rest()),
    ],
)
def test_each_situation_has_one_next_step(situation: Situation, expected: Step) -> None:
    assert next_step(situation, NOW) == expected


def test_a_push_that_waits_for_another_looks_again_soon() -> None:
    step = next_step(replace(CONFIRMED, busy="另一次推送尚未结束"), NOW)
    assert isinstance(step, Wait)
    assert step.until - NOW <= timedelta(minutes=1)


def test_a_push_that_is_late_goes_back_and_not_out() -> None:
    late = replace(CONFIRMED, confirmed_at=BEFORE - timedelta(days=1), scheduled_at=NOW - timedelta(hours=3))
    assert isinstance(next_step(late, NOW), Reopen)
    assert next_step(replace(late, confirmed_at=NOW), NOW) == Send(), "a person has just let it go again"


def test_what_was_attempted_is_never_sent_whatever_else_holds() -> None:
    for situation in (
        replace(CONFIRMED, attempts=1),
        replace(CONFIRMED, attempts=1, allowed=2, attempted_at=BEFORE),
        replace(CONFIRMED, attempts=1, changed="已撤稿"),
    ):
        assert isinstance(next_step(situation, NOW), Doubt)


def test_a_job_without_a_result_comes_before_a_person() -> None:
    assert isinstance(next_step(replace(ACCEPTED, polls=len(RESULT_POLLS)), NOW), Doubt)


@dataclass
class World:
    """A push, its worker and its people, as the rules of the database let them act."""

    now: datetime = NOW
    situation: Situation = field(default_factory=lambda: Situation(state=PushState.EDITING))
    sends: int = 0
    ticks: int = 1

    def confirm(self) -> None:
        if self.situation.state is PushState.EDITING:
            self.situation = replace(
                self.situation,
                state=PushState.CONFIRMED,
                confirmed_at=self.now,
                allowed=self.situation.attempts + 1,
                attempted_at=None,
                polls=0,
            )
            self.ticks = max(self.ticks, self.situation.allowed)

    def change(self) -> None:
        self.situation = replace(self.situation, changed="来源已更新")

    def mend(self) -> None:
        self.situation = replace(self.situation, changed="")

    def forward(self) -> None:
        self.now += timedelta(minutes=50)

    def checked(self) -> None:
        """已核对未发出."""
        if self.situation.state is PushState.UNKNOWN:
            self.situation = replace(
                self.situation,
                state=PushState.CONFIRMED,
                confirmed_at=self.now,
                allowed=self.situation.attempts + 1,
                attempted_at=None,
                polls=0,
            )
            self.ticks = self.situation.allowed

    def work(self, fate: str = "answered") -> None:
        """A round of the worker. `fate`: what becomes of it or of its call."""
        match next_step(self.situation, self.now):
            case Send():
                self._send(fate)
            case Reopen():
                self.situation = replace(self.situation, state=PushState.EDITING)
            case Release():
                self.situation = replace(self.situation, state=PushState.CONFIRMED)
            case Doubt():
                self.situation = replace(self.situation, state=PushState.UNKNOWN)
            case Look():
                self.situation = replace(self.situation, polls=self.situation.polls + 1)

    def _send(self, fate: str) -> None:
        self.situation = replace(self.situation, state=PushState.SENDING)
        if fate == "dies before the attempt":
            return
        before = self.situation
        assert before.attempts < before.allowed, "the database would refuse this"
        self.situation = replace(before, attempts=before.attempts + 1, attempted_at=self.now)
        if fate == "dies before the call":
            return
        self.sends += 1
        ends = {"answered": PushState.ACCEPTED, "lost": PushState.UNKNOWN, "refused": PushState.FAILED}
        self.situation = replace(self.situation, state=ends.get(fate, PushState.SENDING))


FATES = ("answered", "lost", "refused", "dies before the attempt", "dies before the call", "dies after it")
ACTS = st.one_of(
    st.sampled_from(["confirm", "change", "mend", "forward", "checked"]),
    st.sampled_from([f"work:{fate}" for fate in FATES]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ACTS, max_size=40))
def test_no_order_of_events_sends_more_often_than_people_have_allowed(acts: list[str]) -> None:
    world = World()
    for act in acts:
        verb, _, fate = act.partition(":")
        getattr(world, verb)(*([fate] if fate else []))
        assert world.sends <= world.ticks
        assert world.sends <= world.situation.attempts
