"""The whole policy of a push: what is the worker's next step. Pure; tested by table and by property.

confirmed   changed or too late -> back to the editor | not yet -> wait | another one under way -> wait | send
sending     (its worker is gone) request made -> look, never again | not made -> back to confirmed
accepted    look a few times; then a person
unknown     look, seldom; only a person moves it on
sent        wait for the next day's statistics
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.wechat.models import PushState

LATEST = timedelta(hours=2)
"""How late a push may still go out by itself: nobody wants Friday evening's on Saturday at three."""
RESULT_POLLS = (60, 300, 900, 3600)
"""Seconds after the request at which mass/get is asked when no call-back has come."""
DOUBT_LOOKS = (30, 600, 3600, 21_600, 86_400, 129_600, 172_800)
STATISTICS_LOOKS = (86_400, 108_000, 129_600, 172_800, 259_200, 432_000)
"""Seconds after the request: the statistics of a day are there on the next one, in its course."""
BUSY_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A push as the decision sees it. Times are aware.

    changed: why what was confirmed does not stand any more. over_quota: why it may not go out at its time. busy: why it
    has to wait a moment. attempts and allowed as in Push; attempted: the request of the present attempt may be out.
    """

    state: PushState
    scheduled_at: datetime | None = None
    confirmed_at: datetime | None = None
    attempts: int = 0
    allowed: int = 1
    attempted_at: datetime | None = None
    changed: str = ""
    over_quota: str = ""
    busy: str = ""
    polls: int = 0
    leftover_draft: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Make the one attempt."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Back to the editor; the second person has to confirm again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """Its worker is gone before the request was made: nothing has happened."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """The request may have gone out: only looks, and a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the platform how it stands; never writes there."""


@dataclass(frozen=True, slots=True)
class Tidy:
    """Delete the draft that nobody needs any more."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until`."""

    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """Only a person moves this on, or nothing does."""


Step = Send | Reopen | Release | Doubt | Look | Tidy | Wait | Rest

LOST = "发送请求没有得到答复，可能已经发出，请按待核实页面核对，切勿在后台重发"
UNANSWERED = "微信已受理，但一小时内没有给出结果，请登录公众号后台核对"
SPENT = "准许的发送次数已用完，请人工核对后再决定"


def next_step(situation: Situation, now: datetime) -> Step:
    """What to do now."""
    match situation.state:
        case PushState.PROPOSED:
            return Reopen(situation.changed) if situation.changed else Rest()
        case PushState.CONFIRMED:
            return _confirmed(situation, now)
        case PushState.SENDING:
            return Doubt(LOST) if situation.attempted_at else Release()
        case PushState.ACCEPTED | PushState.UNKNOWN | PushState.SENT:
            return _looking(situation, now)
        case PushState.CANCELLED if situation.leftover_draft:
            return Tidy()
    return Rest()


def _confirmed(situation: Situation, now: datetime) -> Step:
    if situation.attempted_at or situation.attempts >= situation.allowed:
        return Doubt(SPENT)
    if situation.changed:
        return Reopen(situation.changed)
    due = max(filter(None, (situation.scheduled_at, situation.confirmed_at)), default=now)
    if now < due:
        return Wait(due)
    if now - due > LATEST:
        return Reopen("已超过排定时间两小时仍未发出，请改期后重新提交复核")
    if situation.over_quota:
        return Reopen(situation.over_quota)
    if situation.busy:
        return Wait(now + BUSY_PAUSE, situation.busy)
    return Send()


def _looking(situation: Situation, now: datetime) -> Step:
    since = situation.attempted_at or now
    looks = {
        PushState.ACCEPTED: RESULT_POLLS,
        PushState.UNKNOWN: DOUBT_LOOKS,
        PushState.SENT: STATISTICS_LOOKS,
    }[situation.state]
    if situation.polls >= len(looks):
        return Doubt(UNANSWERED) if situation.state is PushState.ACCEPTED else Rest()
    at = since + timedelta(seconds=looks[situation.polls])
    return Look() if now >= at else Wait(at)
