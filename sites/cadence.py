"""How often a column has to be updated: the class that its ColumnType implies, or that an operator has chosen. Pure.

14 and 180 days are those of 国办秘函〔2019〕19号 (动态、要闻类 two weeks; 通知公告、政策文件类 six months); a year for personnel and
planning comes from the census of 2015. The days of warning are a vendor's, not the rule's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cadence(StrEnum):
    NEWS = "news"
    NOTICE = "notice"
    YEARLY = "yearly"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Clock:
    """Days until a column counts as not updated, and until a warning; None: it need not be updated."""

    label: str
    days: int | None
    warn: int | None


CLOCKS = {
    Cadence.NEWS: Clock("动态要闻类", 14, 10),
    Cadence.NOTICE: Clock("通知公告、政策文件类", 180, 150),
    Cadence.YEARLY: Clock("人事、规划、年报类", 365, 330),
    Cadence.STATIC: Clock("静态内容", None, None),
}
CHOICES = [
    (key.value, f"{clock.label}（{clock.days} 天）" if clock.days else f"{clock.label}（不要求更新）")
    for key, clock in CLOCKS.items()
]
BY_COLUMN_TYPE = {
    "工作动态": Cadence.NEWS,
    "政策文件": Cadence.NOTICE,
    "政策解读": Cadence.NOTICE,
    "回应关切": Cadence.NOTICE,
    "信息公开目录": Cadence.NOTICE,
    "办事服务": Cadence.NOTICE,
    "信息公开年报": Cadence.YEARLY,
    "数据发布": Cadence.YEARLY,
    "征集调查": Cadence.YEARLY,
    "在线访谈": Cadence.YEARLY,
}
"""What is not named (概况、机构、负责人、指南…) is static."""


def cadence_of(column_type: str, chosen: str = "") -> Cadence:
    """`chosen`: the operator's word, which goes before the type's."""
    return Cadence(chosen) if chosen else BY_COLUMN_TYPE.get(column_type, Cadence.STATIC)
