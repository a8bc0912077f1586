"""A run as the page shows it: what to do first, vetoes by rule, the clocks, deductions by group. Pure but for addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cms.dashboard.looks import Tone
from sites.inspection.addresses import fix_url
from sites.inspection.findings import Finding, State
from sites.inspection.rules import MEDIA, RULES, SCORE_GROUPS, SITE, Kind, Rule

FIRST = 8
"""What to do first: more than fits one screen is no first thing."""
CLOCKED = {"home": "首页", "column_stale": "栏目", "account": "公众号"}
TONES = {
    State.RED: (Tone.BAD, "✕"),
    State.WARN: (Tone.WARN, "!"),
    State.OFF: (Tone.QUIET, "–"),
    State.EXPLAINED: (Tone.QUIET, "※"),
    State.OK: (Tone.GOOD, "✓"),
}
_WORST = {state: number for number, state in enumerate(TONES)}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding with its look; `left` are days until it turns red, negative when that has passed."""

    finding: Finding
    left: int | None

    @property
    def tone(self) -> Tone:
        return TONES[self.finding.state][0]

    @property
    def sign(self) -> str:
        return TONES[self.finding.state][1]

    @property
    def fix(self) -> str:
        return fix_url(self.finding.fix)

    @property
    def countdown(self) -> str:
        return countdown(self.left)


@dataclass(frozen=True, slots=True)
class Block:
    """A rule with its lines: what is open is shown, what is fine is counted."""

    rule: Rule
    state: State
    lines: Sequence[Line]
    fine: int

    @property
    def tone(self) -> Tone:
        return TONES[self.state][0]

    @property
    def sign(self) -> str:
        return TONES[self.state][1]

    @property
    def word(self) -> str:
        return self.state.label

    @property
    def points(self) -> str:
        return f"{sum(line.finding.tenths for line in self.lines if line.finding.is_open) / 10:g}"


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    blocks: Sequence[Block]

    @property
    def points(self) -> str:
        tenths = sum(
            line.finding.tenths for block in self.blocks for line in block.lines if line.finding.is_open
        )
        return f"{tenths / 10:g}"


def countdown(left: int | None) -> str:
    if left is None:
        return ""
    if left > 0:
        return f"还剩 {left} 天"
    return f"已超过 {-left} 天" if left else "今天到期"


def lines(findings: Iterable[Finding], today: date) -> list[Line]:
    return [Line(one, one.days_left(today)) for one in findings]


def first_things(findings: Sequence[Finding], today: date) -> list[Line]:
    """Open vetoes, red before warned, the shortest time first."""
    open_ = [one for one in findings if one.of.kind is Kind.VETO and one.is_open]
    open_.sort(key=lambda one: (_WORST[one.state], one.days_left(today) if one.due else 0))
    return lines(open_[:FIRST], today)


def vetoes(findings: Sequence[Finding], today: date) -> list[Group]:
    return [Group(title, _blocks(findings, title, Kind.VETO, today)) for title in (SITE, MEDIA)]


def scores(findings: Sequence[Finding], today: date) -> list[Group]:
    return [Group(title, _blocks(findings, title, Kind.SCORE, today)) for title in SCORE_GROUPS]


def clocks(findings: Sequence[Finding], today: date) -> list[tuple[str, Line]]:
    """(what kind of thing, line): everything that runs against time, the shortest first."""
    timed = [one for one in findings if one.rule in CLOCKED and one.due]
    timed.sort(key=lambda one: one.due)
    return [(CLOCKED[line.finding.rule], line) for line in lines(timed, today)]


def _blocks(findings: Sequence[Finding], group: str, kind: Kind, today: date) -> list[Block]:
    blocks = []
    for rule in RULES.values():
        if rule.group != group or rule.kind is not kind:
            continue
        own = [one for one in findings if one.rule == rule.key]
        shown = [one for one in own if one.state is not State.OK]
        shown.sort(key=lambda one: (_WORST[one.state], one.due or "9999"))
        worst = min((one.state for one in own), key=lambda state: _WORST[state], default=State.OK)
        blocks.append(Block(rule, worst, lines(shown, today), len(own) - len(shown)))
    return blocks
