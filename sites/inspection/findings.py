"""A finding, and how a run keeps its findings: short rows in JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from enum import StrEnum

from sites.inspection.rules import RULES, Kind, Rule


class State(StrEnum):
    """OFF: not looked at, and the text says why. EXPLAINED: a person has said why it stands."""

    RED = "red"
    WARN = "warn"
    OFF = "off"
    EXPLAINED = "explained"
    OK = "ok"

    @property
    def label(self) -> str:
        return {"red": "不达标", "warn": "预警", "off": "未检查", "explained": "已说明", "ok": "达标"}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names the same trouble from run to run. `page` is what a reader sees, `fix` where a person mends it.

    `fix` is a short token (`addresses.fix_url` resolves it), so that stored runs survive a change of addresses in the admin.
    `due` is the local day (YYYY-MM-DD) on which it turns red, where time decides; `tenths` the points taken off.
    """

    rule: str
    state: State
    key: str
    site: str
    what: str
    said: str
    step: str = ""
    page: str = ""
    fix: str = ""
    due: str = ""
    tenths: int = 0

    @property
    def of(self) -> Rule:
        return RULES[self.rule]

    @property
    def is_open(self) -> bool:
        return self.state in {State.RED, State.WARN}

    @property
    def points(self) -> str:
        return f"{self.tenths / 10:g}"

    def days_left(self, today: date) -> int | None:
        return (date.fromisoformat(self.due) - today).days if self.due else None


def pack(findings: Iterable[Finding]) -> list[list[object]]:
    return [list(astuple(one)) for one in findings]


def unpack(rows: Sequence[Sequence[object]] | None) -> list[Finding]:
    """Rows of rules that are no more are left out."""
    found = []
    for rule, state, *rest in rows or []:
        if rule in RULES:
            found.append(Finding(str(rule), State(str(state)), *rest))  # type: ignore[arg-type]
    return found


@dataclass(frozen=True, slots=True)
class Totals:
    vetoes: int
    warnings: int
    tenths: int


def totals(findings: Sequence[Finding]) -> Totals:
    """Vetoes count what is red, warnings what will be; points only what is not explained."""
    veto = [one for one in findings if one.of.kind is Kind.VETO]
    return Totals(
        vetoes=sum(one.state is State.RED for one in veto),
        warnings=sum(one.state is State.WARN for one in veto),
        tenths=sum(one.tenths for one in findings if one.is_open),
    )


def nearest(findings: Sequence[Finding], today: date) -> Finding | None:
    """The veto that is or comes first, by its days left."""
    dated = [
        one for one in findings if one.of.kind is Kind.VETO and one.due and one.state is not State.EXPLAINED
    ]
    return min(dated, key=lambda one: one.days_left(today) or 0, default=None)


@dataclass(frozen=True, slots=True)
class Difference:
    new: Sequence[Finding]
    solved: Sequence[Finding]


def difference(before: Sequence[Finding], after: Sequence[Finding]) -> Difference:
    """What is open now and was not, and the other way round."""
    was = {one.key: one for one in before if one.is_open}
    now = {one.key: one for one in after if one.is_open}
    return Difference(
        new=[one for key, one in now.items() if key not in was],
        solved=[one for key, one in was.items() if key not in now],
    )
