"""What a person may do about a placement in its state, and how that is carried out. `offers` is pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from channels import outbox
from channels.contract import Capabilities, Withdrawing
from channels.models import Placement, State

STUCK = frozenset({State.WAITING, State.ASKING, State.UNKNOWN, State.ACCEPTED})
DOUBTFUL = frozenset({State.ASKING, State.UNKNOWN})
NOTE_MAX = 300
URL_MAX = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """The one thing a person has to fill in; `kind` is an HTML input type."""

    label: str
    kind: str = "text"
    max_length: int = NOTE_MAX


@dataclass(frozen=True, slots=True)
class Verb:
    """`log` is the action in Wagtail's history; `hint` says what will happen, `done` what has been set going."""

    key: str
    label: str
    hint: str
    done: str
    entry: Entry | None = None
    grave: bool = False

    @property
    def log(self) -> str:
        return f"desk.{self.key}"


RETRY = Verb("retry", "重试", "立即再处理一次；结果未知的先核对，不会重复发布", "已要求重试")
CHECK = Verb("check", "立即核对", "回读终端，核对现状是否与签发版本一致", "已要求核对")
RELEASE = Verb("release", "放行", "稿件已超出时限或有效期，确认仍要投递", "已放行")
CONFIRM = Verb(
    "confirm",
    "交办完成",
    "已在终端发布：填入公开地址，系统回读核对",
    "已登记公开地址，系统正在核对",
    Entry("公开地址", "url", URL_MAX),
)
CONFIRM_WITHDRAWN = Verb(
    "confirm_withdrawn", "已撤下确认", "已在终端撤下此稿，系统回读核对", "已登记撤下，系统正在核对"
)
SIGN_OFF = Verb(
    "sign_off", "人工确认", "系统无法核对，由本人确认终端现状与要求一致", "已人工确认", Entry("依据")
)
REFUSE = Verb(
    "refuse",
    "拒用",
    "该终端不采用此稿；以后的更正版也不再投递",
    "已拒用，正在从该终端撤下",
    Entry("原因"),
    grave=True,
)

VERBS: Mapping[str, Verb] = {
    verb.key: verb for verb in (RETRY, CHECK, RELEASE, CONFIRM, CONFIRM_WITHDRAWN, SIGN_OFF, REFUSE)
}


def offers(placement: Placement, can: Capabilities) -> list[Verb]:
    """The verbs that make sense now, the most likely one first."""
    wanted = placement.desired_id is not None
    state = State(placement.state)
    receipt = placement.receipt or {}
    asked = bool(receipt.get("awaits_person"))
    found = []
    watched = wanted and asked and bool(receipt.get("watched"))
    if watched and changed_by_hand(receipt):
        found.append(CHECK)
    if wanted and (can.manual or asked) and state in {State.ASKING, State.ACCEPTED, State.UNKNOWN}:
        found.append(CONFIRM)
    if watched and CHECK not in found:
        found.append(CHECK)
    by_hand = can.manual or asked or can.withdrawal is Withdrawing.NONE
    if not wanted and by_hand and state in {State.ASKING, State.ACCEPTED, State.UNKNOWN}:
        found.append(CONFIRM_WITHDRAWN)
    if wanted and state is State.HELD and not placement.outlet.holds_new_items:
        found.append(RELEASE)
    if (state in STUCK and CHECK not in found) or (state is State.HELD and not wanted):
        found.append(RETRY)
    if state in DOUBTFUL or (state is State.ACCEPTED and not can.verifiable):
        found.append(SIGN_OFF)
    if wanted and state is State.SETTLED and can.verifiable:
        found.append(CHECK)
    if wanted and not placement.must_carry and placement.refused_at is None:
        found.append(REFUSE)
    return found


def changed_by_hand(receipt: Mapping[str, Any]) -> bool:
    """Whether a person is asked to change a copy that has its address already."""
    return bool((receipt.get("raw") or {}).get("by_hand"))


def entered(verb: Verb, text: str) -> str:
    """What a person filled in, checked. Raises ValueError with a sentence for that person."""
    if verb.entry is None:
        return ""
    text = text.strip()
    if not text:
        raise ValueError(f"请填写{verb.entry.label}")
    if len(text) > verb.entry.max_length:
        raise ValueError(f"{verb.entry.label}不能超过 {verb.entry.max_length} 字")
    if verb.entry.kind == "url" and not _is_web_address(text):
        raise ValueError("请填写以 http:// 或 https:// 开头的完整公开地址")
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(c.isspace() for c in text)


def carry_out(verb: Verb, placement: Placement, *, text: str, by: str, now: datetime) -> None:
    """Calls the outbox. Raises ValueError (with a sentence) when the outbox says no."""
    act: dict[str, Callable[[], None]] = {
        RETRY.key: lambda: outbox.retry(placement, by=by, now=now),
        CHECK.key: lambda: outbox.retry(placement, by=by, now=now),
        RELEASE.key: lambda: outbox.release(placement, by=by, now=now),
        CONFIRM.key: lambda: outbox.confirm(placement, url=text, by=by, now=now),
        CONFIRM_WITHDRAWN.key: lambda: outbox.confirm_withdrawn(placement, by=by, now=now),
        SIGN_OFF.key: lambda: outbox.sign_off(placement, by=by, note=text, now=now),
        REFUSE.key: lambda: outbox.refuse(placement, reason=text, by=by, now=now),
    }
    act[verb.key]()
