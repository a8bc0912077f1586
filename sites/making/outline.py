"""What a new site starts with by its kind: columns that fill themselves from the district's, and colours that pass. Tables only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """A column page to be made. `hints`: parts of names of district columns that it collects, if there are such."""

    title: str
    slug: str
    column_type: str
    hints: tuple[str, ...] = ()

    def codes(self, columns: Iterable[tuple[str, str]]) -> list[str]:
        """Of the district's columns (code, name) those that fit."""
        return [code for code, name in columns if any(hint in name for hint in self.hints)]


@dataclass(frozen=True, slots=True)
class KindOfSite:
    """`site_kind`: SiteHome.kind; `unit_kind`: of a unit that is made with it; `group`: its outlet's place in the matrix."""

    label: str
    note: str
    site_kind: str
    unit_kind: str
    group: str
    colour: str
    columns: tuple[ColumnDraft, ...]


KINDS: dict[str, KindOfSite] = {
    "portal": KindOfSite(
        "门户网",
        "区级门户：要闻、部门、基层、公告、便民",
        "portal",
        "department",
        "区级平台",
        "#a8161c",
        (
            ColumnDraft("城中要闻", "yaowen", "工作动态", ("要闻",)),
            ColumnDraft("部门动态", "bumen", "工作动态", ("部门", "教育")),
            ColumnDraft("基层动态", "jiceng", "工作动态", ("基层",)),
            ColumnDraft("通知公告", "gonggao", "政策文件", ("公告",)),
            ColumnDraft("便民服务", "bianmin", "办事服务", ("便民",)),
        ),
    ),
    "news": KindOfSite(
        "新闻网",
        "新闻网站：要闻、街道社区、部门、服务",
        "news",
        "party",
        "区级平台",
        "#0b4f8a",
        (
            ColumnDraft("要闻", "yaowen", "工作动态", ("要闻",)),
            ColumnDraft("街道社区", "jiceng", "工作动态", ("基层",)),
            ColumnDraft("部门", "bumen", "工作动态", ("部门", "教育")),
            ColumnDraft("服务", "fuwu", "办事服务", ("便民", "公告")),
        ),
    ),
    "street": KindOfSite(
        "街道、部门子站",
        "街道办事处和区直部门：动态、公告、便民",
        "office",
        "street",
        "街道",
        "#1d6b4f",
        (
            ColumnDraft("工作动态", "dongtai", "工作动态", ("基层", "要闻", "部门")),
            ColumnDraft("通知公告", "gonggao", "政策文件", ("公告",)),
            ColumnDraft("便民服务", "bianmin", "办事服务", ("便民",)),
        ),
    ),
    "school": KindOfSite(
        "学校网站",
        "学校：校园动态、通知（学校网站不是政府网站）",
        "office",
        "school",
        "部门和学校",
        "#0f6674",
        (
            ColumnDraft("校园动态", "xiaoyuan", "工作动态", ("教育",)),
            ColumnDraft("通知", "tongzhi", "政策文件", ("公告", "便民")),
        ),
    ),
}

COLOURS: tuple[tuple[str, str], ...] = (
    ("#a8161c", "正红"),
    ("#7a3f0c", "赭石"),
    ("#1d6b4f", "松绿"),
    ("#0f6674", "青蓝"),
    ("#0b4f8a", "湖蓝"),
    ("#2f3e8f", "靛蓝"),
    ("#5a2d82", "紫"),
    ("#46505a", "石墨"),
)
"""White reads on each of them at 4.5:1 or better; the other shades of a site are made from the one."""
