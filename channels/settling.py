"""What follows from the result of a call: the placement's new columns. Pure, like decide; the engine writes them down.

Facts (actual, receipt, pending, doubt) are true whatever is wanted by now; state, message and due_at are for the
generation that the call was made for, and the engine drops them when the desire has changed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from channels.contract import Capabilities, Observation, Presence, Receipt, Update
from channels.errors import ChannelError, ContentError, Misbehaved, Missing, OutcomeUnknown, Remedy, Throttled

BACKOFF_BASE = 2.0
BACKOFF_CAP = 1800.0
THROTTLE_DEFAULT = 60.0
WATCH_SECONDS = (300, 1800, 7200, 21_600, 86_400, 86_400)
"""Seconds between looks at what a person has been asked to do; after the last one only he moves it on."""
WITHDRAWAL_RETRY = 900.0
"""Seconds between tries of a withdrawal that needs a person: it stays open until the copy is gone."""


class Doubt(StrEnum):
    """What happens to the doubt about an earlier call."""

    KEEP = "keep"
    RAISE = "raise"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The placement when the call was made. `version` is the edition that the call was about."""

    desired: int | None
    actual: int | None
    version: int | None
    pending: str
    doubt: bool
    receipt: Receipt | None
    attempts: int
    polls: int
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The placement afterwards, and how its Delivery ends. `due_at` None: nothing to do by itself.

    adopt_floor: the outlet showed an edition newer than any we know: later numbers have to be higher.
    """

    outcome: str
    state: str
    actual: int | None
    receipt: Receipt | None
    pending: str
    attempts: int
    polls: int
    doubt: Doubt = Doubt.KEEP
    remedy: str = ""
    message: str = ""
    code: str = ""
    detail: str = ""
    due_at: datetime | None = None
    seen: bool = False
    adopt_floor: int = 0


def backoff(attempts: int, jitter: float) -> timedelta:
    """Exponential, capped, half of it random: `jitter` is in [0, 1). `attempts` counts from 1."""
    full = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(attempts - 1, 20))
    return timedelta(seconds=full * (0.5 + 0.5 * jitter))


def delivered(before: Before, receipt: Receipt, capabilities: Capabilities, now: datetime) -> Change:
    """The outlet took the edition."""
    change = _change(before, outcome="accepted", state="accepted", doubt=Doubt.CLEAR, attempts=0, polls=0, receipt=receipt)  # fmt: skip
    if receipt.settled:
        return _settle(change, capabilities, now, actual=receipt.version)
    # A channel that replaces has taken the old copy down to make room for what is now in the queue; a person has not.
    made_room = capabilities.update is Update.REPLACE and not receipt.awaits_person
    actual = None if made_room else before.actual
    return _accept(replace(change, pending="deliver", actual=actual), receipt, capabilities, now)


def withdrawn(before: Before, receipt: Receipt, capabilities: Capabilities, now: datetime) -> Change:
    """The outlet took the withdrawal."""
    change = _change(before, outcome="accepted", state="accepted", doubt=Doubt.CLEAR, attempts=0, polls=0)
    if receipt.settled:
        return _gone(change)
    return _accept(replace(change, receipt=receipt, pending="withdraw"), receipt, capabilities, now)


def unchanged(before: Before, capabilities: Capabilities, now: datetime) -> Change:
    """The edition's rendering is the one that is there already: proven without a call."""
    receipt = (
        replace(before.receipt, version=before.version)
        if before.receipt and before.version
        else before.receipt
    )
    change = _change(before, outcome="settled", state="settled", attempts=0, polls=0)
    return _settle(
        replace(change, actual=before.version, receipt=receipt, message="该渠道内容无变化，未重复发送"),
        capabilities,
        now,
    )


def observed(before: Before, seen: Observation, capabilities: Capabilities, now: datetime) -> Change:
    """Somebody looked."""
    change = _change(before, outcome="accepted", state="accepted", seen=True, attempts=0)
    match seen.presence:
        case Presence.PRESENT:
            return _present(before, change, seen, capabilities, now)
        case Presence.ABSENT:
            return _absent(before, change, seen, capabilities, now)
        case Presence.PENDING:
            change = replace(change, receipt=seen.receipt or before.receipt)
            if _watched(before):
                return _watch(change, before, seen, now)
            return _poll(change, capabilities, now, seen.note or "终端正在处理")
        case Presence.UNKNOWN:
            if _watched(before):
                return _watch(change, before, seen, now)
            if capabilities.manual:
                return _ask(change, Remedy.EDITOR, seen.note or "无法核对，请检查填写的网址")
            return _poll(change, capabilities, now, seen.note or "暂时无法核对")


def failed(
    before: Before,
    operation: str,
    error: ChannelError,
    capabilities: Capabilities,
    now: datetime,
    *,
    jitter: float,
) -> Change:
    """The call ended in an error."""
    # A failed look says nothing about the copy: what was settled stays so.
    state = "settled" if operation == "verify" and before.settled else "waiting"
    change = _change(
        before, outcome="failed", state=state, message=error.message, code=error.code, detail=error.detail
    )
    if isinstance(error, Missing):
        return _missing(before, change, operation, capabilities, now)
    if isinstance(error, Throttled):
        wait = THROTTLE_DEFAULT if error.retry_after is None else error.retry_after
        return replace(change, remedy=Remedy.WAIT, due_at=now + timedelta(seconds=max(wait, 1.0)))
    if isinstance(error, OutcomeUnknown) and operation != "verify":
        return _in_doubt(change, capabilities, now, jitter)
    if isinstance(error, Misbehaved) and operation != "verify":
        # An answer that makes no sense says nothing about whether the call was applied.
        change = replace(change, outcome="unknown", doubt=Doubt.RAISE)
        return replace(_stopped(change, operation, error.remedy, now), outcome="unknown")
    if operation == "verify" and before.pending == "deliver" and isinstance(error, ContentError):
        # Refused after it was accepted (a review that failed): what is sent next is a new attempt, not a look.
        change = replace(change, pending="")
    if error.remedy.needs_person:
        return _stopped(change, operation, error.remedy, now)
    attempts = before.attempts + 1
    return replace(change, remedy=Remedy.RETRY, attempts=attempts, due_at=now + backoff(attempts, jitter))


def _change(before: Before, *, outcome: str, state: str, **more: Any) -> Change:
    """What `more` does not name stays as it was."""
    kept = {
        "actual": before.actual,
        "receipt": before.receipt,
        "pending": before.pending,
        "attempts": before.attempts,
        "polls": before.polls,
    }
    return Change(outcome=outcome, state=state, **{**kept, **more})


def _settle(change: Change, capabilities: Capabilities, now: datetime, **more: Any) -> Change:
    looks = capabilities.look_seconds if capabilities.verifiable else ()
    due_at = now + timedelta(seconds=looks[change.polls]) if change.polls < len(looks) else None
    return replace(
        change, outcome="settled", state="settled", pending="", due_at=due_at, polls=change.polls + 1, **more
    )


def _gone(change: Change) -> Change:
    return replace(
        change, outcome="settled", state="settled", actual=None, receipt=None, pending="", due_at=None
    )


def _accept(change: Change, receipt: Receipt, capabilities: Capabilities, now: datetime) -> Change:
    if receipt.awaits_person:
        asked = _ask(change, Remedy.EDITOR, receipt.note or "请按操作清单在终端处理，完成后登记")
        if not receipt.watched:
            return asked
        return replace(asked, due_at=now + timedelta(seconds=WATCH_SECONDS[0]), polls=1)
    return replace(
        change, message=receipt.note, due_at=now + timedelta(seconds=capabilities.poll_seconds[0]), polls=1
    )


def _watched(before: Before) -> bool:
    return before.receipt is not None and before.receipt.awaits_person and before.receipt.watched


def _watch(change: Change, before: Before, seen: Observation, now: datetime) -> Change:
    """The person is not done yet: he stays asked, and is looked after more and more rarely."""
    assert before.receipt is not None
    asked = _ask(change, Remedy.EDITOR, seen.note or before.receipt.note)
    if before.polls >= len(WATCH_SECONDS):
        return asked
    return replace(asked, due_at=now + timedelta(seconds=WATCH_SECONDS[before.polls]), polls=before.polls + 1)


def _ask(change: Change, remedy: Remedy, message: str) -> Change:
    return replace(change, state="asking", remedy=remedy, message=message, due_at=None)


def _poll(change: Change, capabilities: Capabilities, now: datetime, message: str) -> Change:
    """Look again later; after the last look a person is asked."""
    if change.polls >= len(capabilities.poll_seconds):
        return _ask(change, Remedy.ADMIN, f"{message};多次核对仍未落实，请到终端查看后点“重试”或“人工确认”")
    wait = timedelta(seconds=capabilities.poll_seconds[change.polls])
    return replace(change, message=message, due_at=now + wait, polls=change.polls + 1)


def _present(
    before: Before, change: Change, seen: Observation, capabilities: Capabilities, now: datetime
) -> Change:
    version = _version_seen(before, seen)
    change = replace(
        change,
        actual=version,
        receipt=_receipt_seen(before, seen, version),
        doubt=Doubt.CLEAR,
        message=seen.note,
    )
    if before.desired is None:
        if before.pending == "withdraw":
            return _poll(change, capabilities, now, "终端上仍能看到该稿件")
        return replace(change, pending="", due_at=now)
    if version == before.desired:
        return _settle(replace(change, polls=before.polls if before.settled else 0), capabilities, now)
    if version > max(before.desired, before.version or 0):
        change = replace(change, pending="", adopt_floor=version)
        return _ask(change, Remedy.ADMIN, f"终端上是第 {version} 版，比本系统的新；请核对后重新签发该稿件")
    if before.pending == "deliver" and before.version == before.desired:
        return _poll(change, capabilities, now, f"终端上仍是第 {version} 版")
    return replace(change, pending="", state="due", due_at=now)


def _version_seen(before: Before, seen: Observation) -> int:
    if seen.version is not None:
        return seen.version
    receipt = seen.receipt or before.receipt
    return receipt.version if receipt else before.version or before.desired or 1


def _receipt_seen(before: Before, seen: Observation, version: int) -> Receipt | None:
    receipt = seen.receipt or before.receipt
    if receipt is None:
        return None
    return replace(
        receipt,
        settled=True,
        awaits_person=False,
        watched=False,
        version=version,
        remote_url=seen.remote_url or receipt.remote_url,
    )


def _absent(
    before: Before, change: Change, seen: Observation, capabilities: Capabilities, now: datetime
) -> Change:
    if before.desired is None:
        return replace(_gone(change), doubt=Doubt.CLEAR)
    if before.doubt and not before.pending:
        cleared = replace(change, actual=None, receipt=None, doubt=Doubt.CLEAR, state="due", due_at=now)
        return replace(cleared, message="核对结果：终端上没有该稿件，重新投递")
    if before.pending == "deliver":
        return _poll(change, capabilities, now, seen.note or "已受理，终端上尚未出现")
    if before.pending == "withdraw":
        return replace(
            change, actual=None, receipt=None, pending="", doubt=Doubt.CLEAR, state="due", due_at=now
        )
    if capabilities.shown_at_commit:
        return _poll(replace(change, actual=None), capabilities, now, seen.note or "站点上看不到该稿件")
    lost = replace(change, actual=None, receipt=None)
    why = seen.note or "终端上已看不到该稿件（可能被当地删除）"
    return _ask(lost, Remedy.EDITOR, f"{why}；重新投递请点“重试”，同意删除请登记“拒用”")


def _missing(
    before: Before, change: Change, operation: str, capabilities: Capabilities, now: datetime
) -> Change:
    if operation == "withdraw" or before.desired is None:
        return _gone(replace(change, doubt=Doubt.CLEAR, message="", code="", detail=""))
    if operation == "verify":
        seen = Observation(presence=Presence.ABSENT, note=change.message)
        return _absent(before, replace(change, seen=True, state="accepted"), seen, capabilities, now)
    return replace(change, actual=None, receipt=None, pending="", state="due", due_at=now)


def _in_doubt(change: Change, capabilities: Capabilities, now: datetime, jitter: float) -> Change:
    change = replace(change, outcome="unknown", doubt=Doubt.RAISE, remedy=Remedy.VERIFY, polls=0)
    if capabilities.repeatable:
        attempts = change.attempts + 1
        return replace(change, attempts=attempts, due_at=now + backoff(attempts, jitter))
    wait = timedelta(seconds=capabilities.poll_seconds[0])
    return replace(change, state="unknown", polls=1, due_at=now + wait)


def _stopped(change: Change, operation: str, remedy: Remedy, now: datetime) -> Change:
    outcome = "refused" if remedy is Remedy.EDITOR else "failed"
    due_at = now + timedelta(seconds=WITHDRAWAL_RETRY) if operation == "withdraw" else None
    return replace(change, outcome=outcome, state="asking", remedy=remedy, due_at=due_at)
