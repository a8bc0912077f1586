"""How the state of a placement reads: a word, a sign, a tone and a next step. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from channels.models import State


class Tone(StrEnum):
    """The colour of a state; never its only mark."""

    GOOD = "good"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Look:
    """`word` fits a narrow cell, `sign` is one character that a colour-blind reader can tell apart."""

    word: str
    sign: str
    tone: Tone
    next_step: str


DELIVERING = {
    State.DUE: Look("待投递", "◷", Tone.BUSY, "系统将自动投递，无需操作"),
    State.WORKING: Look("投递中", "↻", Tone.BUSY, "正在投递，请稍候"),
    State.ACCEPTED: Look("待落实", "◔", Tone.BUSY, "终端已受理，系统正在核对结果"),
    State.WAITING: Look("待重试", "↺", Tone.WARN, "系统将自动重试；如急需可点“重试”"),
    State.UNKNOWN: Look("未知", "?", Tone.WARN, "结果未知，系统先核对再决定是否重发，请勿在终端手工重发"),
    State.ASKING: Look("需人工", "!", Tone.BAD, "请按说明处理后点“重试”"),
    State.HELD: Look("暂缓", "‖", Tone.WARN, "终端暂停或稿件超出时限；恢复终端，或点“放行”"),
    State.SETTLED: Look("已落实", "✓", Tone.GOOD, "终端所见与签发版本一致"),
}

WITHDRAWING = {
    State.DUE: Look("待撤下", "◷", Tone.WARN, "系统将优先撤稿，无需操作"),
    State.WORKING: Look("撤稿中", "↻", Tone.WARN, "正在撤稿，请稍候"),
    State.ACCEPTED: Look("撤稿核对", "◔", Tone.WARN, "终端已受理撤稿，系统正在核对"),
    State.WAITING: Look("撤稿重试", "↺", Tone.WARN, "系统将自动重试撤稿"),
    State.UNKNOWN: Look("撤稿未知", "?", Tone.WARN, "撤稿结果未知，系统正在核对"),
    State.ASKING: Look("须人工撤", "!", Tone.BAD, "请到终端撤下该稿，再点“已撤下确认”"),
    State.HELD: Look("撤稿暂缓", "‖", Tone.WARN, "点“重试”立即撤稿"),
    State.SETTLED: Look("已撤下", "✕", Tone.QUIET, "终端已无此稿"),
}

CHECKING = Look("待核对", "◔", Tone.BUSY, "系统将回读终端，核对现状")
UPDATING = Look("待更新", "◷", Tone.BUSY, "终端仍为旧版本，系统将自动更新")
REFUSED = Look("拒用", "⊘", Tone.QUIET, "终端已拒用此稿")

OPEN_STATES = [state for state in State if state is not State.SETTLED]


def look(state: str, *, desired: int | None, actual: int | None, refused: bool = False) -> Look:
    """`desired` and `actual` are keys of editions, None for absent, as a placement holds them."""
    known = State(state)
    if desired is None:
        return REFUSED if refused and known is State.SETTLED else WITHDRAWING[known]
    if known is State.DUE and actual is not None:
        return CHECKING if actual == desired else UPDATING
    return DELIVERING[known]
