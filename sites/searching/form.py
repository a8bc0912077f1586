"""The filters of the search page: what may be chosen, what is chosen, and a chip to take each choice back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.edition import ItemType
from cms.models import Column, Unit
from sites.frame import Frame
from sites.searching.query import Query

TYPES = {
    "news": "新闻",
    "notice": "通知公告",
    "service_notice": "便民信息",
    "policy_doc": "政策文件",
    "interpretation": "政策解读",
    "public_notice": "公示",
    "service_guide": "办事指南",
}
"""Item types in the words of readers; only those that this hub has are offered."""
FILES = (("yes", "有附件"), ("no", "无附件"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A select; `options` are (value, label), the first is no choice."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is in force; `url` is the search without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Form:
    """`scopes` and `sorts` are links: (label, address, is chosen)."""

    choices: Sequence[Choice]
    chips: Sequence[Chip]
    scopes: Sequence[tuple[str, str, bool]]
    sorts: Sequence[tuple[str, str, bool]]
    hidden: Sequence[tuple[str, str]]


def form(query: Query, frame: Frame | None) -> Form:
    """Three statements."""
    choices = _choices(query)
    kept = {name: query.parameters[name] for name in ("site", "scope", "sort") if name in query.parameters}
    first = query.at(1)
    here = replace(first, is_here=True, filters=replace(query.filters, outlet=query.site))
    everywhere = replace(first, is_here=False, filters=replace(query.filters, outlet=""))
    return Form(
        choices=choices,
        chips=_chips(query, choices),
        scopes=[
            ("全部网站", everywhere.url, not query.is_here),
            (f"仅本站（{frame.home.full_name}）", here.url, query.is_here),
        ]
        if frame and frame.outlet and query.asks
        else [],
        sorts=[
            ("按相关程度", replace(first, is_by_date=False).url, not query.is_by_date),
            ("按发布时间", replace(first, is_by_date=True).url, query.is_by_date),
        ]
        if query.words
        else [],
        hidden=list(kept.items()),
    )


def _choices(query: Query) -> list[Choice]:
    filters, known = query.filters, {kind.value for kind in ItemType}
    columns = list(Column.objects.values_list("code", "name"))
    units = list(Unit.objects.values_list("code", "name", "kind"))
    streets = [(name, name) for _, name, kind in units if kind == "street"]
    return [
        Choice(
            "type",
            "信息类型",
            filters.item_type,
            [("", "全部类型"), *(pair for pair in TYPES.items() if pair[0] in known)],
        ),
        Choice("column", "栏目", filters.column, [("", "全部栏目"), *columns]),
        Choice(
            "unit", "发布单位", filters.unit, [("", "全部单位"), *((code, name) for code, name, _ in units)]
        ),
        Choice("street", "所涉街道", filters.street, [("", "全部街道"), *_with(streets, filters.street)]),
        Choice("files", "附件", query.parameters.get("files", ""), [("", "不限"), *FILES]),
        Choice(
            "valid", "有效期", query.parameters.get("valid", ""), [("", "仅有效信息"), ("all", "包括已过期")]
        ),
    ]


def _with(options: list[tuple[str, str]], value: str) -> list[tuple[str, str]]:
    """A street may come in a link by a name that no unit has."""
    return options if not value or value in dict(options) else [*options, (value, value)]


def _chips(query: Query, choices: Sequence[Choice]) -> list[Chip]:
    usual: dict[str, dict[str, object]] = {
        "type": {"item_type": ""},
        "column": {"column": ""},
        "unit": {"unit": ""},
        "street": {"street": ""},
        "files": {"has_attachment": None},
        "valid": {"is_over": False},
    }
    chips = [
        Chip(
            f"{choice.label}：{dict(choice.options).get(choice.value, choice.value)}",
            query.without(**usual[choice.name]).url,
        )
        for choice in choices
        if choice.value
    ]
    since, until = query.filters.since, query.filters.until
    if since:
        chips.append(Chip(f"{since:%Y-%m-%d} 起", query.without(since=None).url))
    if until:
        chips.append(Chip(f"{until:%Y-%m-%d} 止", query.without(until=None).url))
    return chips
