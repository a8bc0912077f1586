"""A finding as a line of the table to take away."""

from __future__ import annotations

from datetime import date

from sites.inspection.findings import Finding
from sites.inspection.reading import countdown
from sites.inspection.rules import Kind

HEADER = (
    "部分", "类别", "检查项", "依据或参考", "结论", "站点或账号", "对象", "情况", "期限", "剩余", "参考扣分", "下一步", "网页",
)  # fmt: skip
PARTS = {Kind.VETO: "单项否决", Kind.SCORE: "参考扣分"}


def cells(one: Finding, today: date) -> tuple[str, ...]:
    """As HEADER says."""
    rule = one.of
    points = one.points if one.tenths and one.is_open else ""
    return (
        PARTS[rule.kind], rule.group, rule.title, rule.source, one.state.label, one.site, one.what, one.said,
        one.due, countdown(one.days_left(today)), points, one.step, one.page,
    )  # fmt: skip
