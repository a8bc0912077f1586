"""What an answer means for a link, in the terms of the inspectors' own monitor. Pure.

Of our own pages 404 and 403 are certain (确定不可用); every other failure, and whatever a foreign site answers, is suspected
(疑似不可用). What takes 15 seconds counts as not opened. A suspicion is reported when it has been confirmed by a second check,
and stays a suspicion: only the rule makes a link dead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SLOW_SECONDS = 15.0
"""国办秘函〔2019〕19号 counts a visit that has not opened by then as failed."""
CERTAIN = frozenset({403, 404})
CONFIRMATIONS = {True: 1, False: 2}
"""Failed checks in a row until a link is reported, own (True) or external: our own answers do not waver."""


class State(StrEnum):
    UNCHECKED = "unchecked"
    WORKING = "working"
    SUSPECTED = "suspected"
    DEAD = "dead"
    BARRED = "barred"

    @property
    def label(self) -> str:
        return STATES[self]


STATES = {
    State.UNCHECKED: "未检查",
    State.WORKING: "正常",
    State.SUSPECTED: "疑似不可用",
    State.DEAD: "确定不可用",
    State.BARRED: "对方不允许自动检查",
}
FAILING = (State.DEAD, State.SUSPECTED)


class Failure(StrEnum):
    """Why there is no status."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    NO_SUCH_HOST = "no_such_host"
    CERTIFICATE = "certificate"
    PRIVATE = "private"
    MALFORMED = "malformed"
    LOOP = "loop"
    BARRED = "barred"


WORDS = {
    Failure.TIMEOUT: "15 秒内没有打开",
    Failure.UNREACHABLE: "连接不上",
    Failure.NO_SUCH_HOST: "域名无法解析",
    Failure.CERTIFICATE: "安全证书无效",
    Failure.PRIVATE: "指向内部网络地址，公众无法访问",
    Failure.MALFORMED: "网址写法有误",
    Failure.LOOP: "反复跳转",
    Failure.BARRED: "对方声明不允许自动访问",
}
STATUS_WORDS = {401: "需要登录", 403: "禁止访问", 404: "页面不存在", 410: "已撤下", 451: "因法律原因不可用"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What one look at an address brought. `leads_to` is where redirects ended, empty without any."""

    status: int | None = None
    failure: Failure | None = None
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    state: State
    code: str

    @property
    def is_failing(self) -> bool:
        return self.state in FAILING


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a link stands after a check: failures in a row, and whether there is something new to write down."""

    state: State
    code: str
    failures: int
    is_news: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Reported links: dead or suspected, on home pages or elsewhere, own or external. `checked` and `used` are all links."""

    home_dead: int = 0
    home_suspected: int = 0
    other_dead: int = 0
    other_suspected: int = 0
    own: int = 0
    external: int = 0
    pending: int = 0
    muted: int = 0
    used: int = 0
    checked: int = 0

    @property
    def dead(self) -> int:
        return self.home_dead + self.other_dead

    @property
    def suspected(self) -> int:
        return self.home_suspected + self.other_suspected


NOTHING = Counts()


def judge(probe: Probe, *, is_own: bool) -> Verdict:
    if probe.failure is Failure.BARRED:
        return Verdict(State.BARRED, probe.failure)
    if probe.failure is not None:
        return Verdict(State.SUSPECTED, probe.failure)
    assert probe.status is not None
    if probe.status < 400:
        return Verdict(State.WORKING, "")
    certain = is_own and probe.status in CERTAIN
    return Verdict(State.DEAD if certain else State.SUSPECTED, str(probe.status))


def follow(state: str, code: str, failures: int, verdict: Verdict) -> Standing:
    """A link's standing after one more check. A foreign site that asks for patience (429) has said nothing."""
    if verdict.code == "429":
        return Standing(State(state), code, failures, is_news=False)
    failed = failures + 1 if verdict.is_failing else 0
    return Standing(
        verdict.state, verdict.code, failed, is_news=(state, code) != (verdict.state, verdict.code)
    )


def is_reported(state: str, failures: int, *, is_own: bool) -> bool:
    return state in FAILING and failures >= CONFIRMATIONS[is_own]


def words(code: str) -> str:
    """The code of a verdict in words; empty for one that works."""
    if code.isdecimal():
        said = STATUS_WORDS.get(int(code), "对方服务器出错" if int(code) >= 500 else "打不开")
        return f"{said}（HTTP {code}）"
    return WORDS[Failure(code)] if code else ""


def next_step(code: str, *, is_own: bool) -> str:
    """What the editor does about it."""
    if code == Failure.MALFORMED:
        return "打开稿件，更正这个网址后重新签发"
    if code == Failure.PRIVATE:
        return "换成公众能打开的网址，或删除链接"
    if code == "410":
        return "所链的信息已撤下，改链到替代信息或删除链接"
    if is_own:
        return "所链的本站页面打不开，核对网址或恢复该页面"
    if code in {"403", "401"}:
        return "请用浏览器打开核对：能打开的点“忽略”并注明，打不开的更换或删除"
    if code == Failure.CERTIFICATE:
        return "请对方更换证书，或改链到其他网址"
    return "请用浏览器打开核对，确已失效的更换或删除链接"
