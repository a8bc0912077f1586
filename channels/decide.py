"""The whole delivery policy: what is the next step for one placement. Pure; tested by table and by property.

    want it there    in doubt -> look | accepted -> look | there -> rest | held? -> wait for a person | deliver
    want it gone     in doubt -> look | accepted -> look | not there -> rest | withdraw

"In doubt" is a call that may have been applied. A channel that is `repeatable` needs no look: the same token leaves
one copy. A withdrawal is never held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.contract import Capabilities, Update, Withdrawing
from channels.errors import Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A placement as the decision sees it. `desired` and `actual` are edition numbers, None = absent.

    pending: "deliver", "withdraw" or "": accepted by the outlet, not yet proven; `pending_version` is its edition.
    awaits_person: the outlet is a person who has not reported back; `watched`: looks may show that he is done. doubt: an earlier call may have been applied.
    released: a person lets a held item go. Times are aware; `max_age` is the outlet's limit for late items.
    """

    desired: int | None
    actual: int | None
    desired_at: datetime
    pending: str = ""
    pending_version: int | None = None
    awaits_person: bool = False
    watched: bool = False
    doubt: bool = False
    paused: bool = False
    released: bool = False
    expires: datetime | None = None
    max_age: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send the desired edition."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what is there."""


@dataclass(frozen=True, slots=True)
class Verify:
    """Look, and say what is there."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait for a person to resume the outlet or to release the item."""

    message: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Only a person moves this on."""

    remedy: Remedy
    message: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """As desired."""


Step = Deliver | Withdraw | Verify | Hold | Ask | Nothing


def next_step(situation: Situation, capabilities: Capabilities, now: datetime) -> Step:
    """What to do now for a placement that is due."""
    if situation.desired is None:
        return _towards_absent(situation, capabilities)
    return _towards_present(situation, capabilities, now)


def _towards_absent(situation: Situation, capabilities: Capabilities) -> Step:
    if situation.pending == "withdraw":
        return _await_withdrawal(situation)
    uncertain = situation.doubt or situation.pending == "deliver"
    by_hand = capabilities.manual or (situation.awaits_person and not situation.doubt)
    if uncertain and not capabilities.repeatable and not by_hand:
        return Verify()
    if situation.actual is None and not uncertain:
        return Nothing()
    if capabilities.withdrawal is Withdrawing.NONE:
        return Ask(Remedy.EDITOR, "该渠道不能自动撤稿，请联系终端责任人撤下后登记“已撤下”")
    return Withdraw()


def _await_withdrawal(situation: Situation) -> Step:
    if situation.awaits_person:
        return Ask(Remedy.EDITOR, "请在终端撤下该稿件，完成后登记“已撤下”")
    return Verify()


def _towards_present(situation: Situation, capabilities: Capabilities, now: datetime) -> Step:
    if situation.doubt and not capabilities.repeatable:
        return Verify()
    if situation.pending:
        step = _await_acceptance(situation, capabilities)
        if step is not None:
            return step
    elif situation.actual == situation.desired and not situation.doubt:
        return Verify() if capabilities.verifiable else Nothing()
    held = _hold(situation, capabilities, now)
    if held is not None:
        return held
    if situation.actual is not None and capabilities.update is Update.NONE:
        return Ask(Remedy.EDITOR, "该渠道不支持更新已发布的稿件，请撤稿后重新投放或人工处理")
    return Deliver()


def _await_acceptance(situation: Situation, capabilities: Capabilities) -> Step | None:
    """None: what is under way there is overtaken, and the channel lets us go on at once."""
    if situation.pending == "deliver" and situation.pending_version == situation.desired:
        if situation.awaits_person and not situation.watched:
            return Ask(Remedy.EDITOR, "请按操作清单在终端发布，完成后填写网址")
        return Verify()
    if capabilities.repeatable or capabilities.manual or situation.awaits_person:
        return None
    return Verify()


def _hold(situation: Situation, capabilities: Capabilities, now: datetime) -> Hold | None:
    if capabilities.shown_at_commit:
        return None
    if situation.paused:
        return Hold("终端已暂停或配置有误，恢复后自动投递")
    if situation.released:
        return None
    if situation.expires is not None and situation.expires <= now:
        return Hold("稿件已过有效期，确需投递请点“放行”")
    if now - situation.desired_at > situation.max_age:
        return Hold("稿件积压超过时限，确需投递请点“放行”")
    return None
