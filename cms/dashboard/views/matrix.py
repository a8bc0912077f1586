"""发布矩阵: every item against every outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from channels.models import Outlet, State
from channels.rendering import channel_choices
from cms.dashboard import matrix, summary
from cms.dashboard.filters import OPEN, OVERDUE, SIZES, Mark, MatrixFilter
from cms.dashboard.looks import DELIVERING, OPEN_STATES, REFUSED, WITHDRAWING
from cms.dashboard.views.base import DeskView
from cms.models import Column, Unit
from cms.models.routing import ITEM_TYPE_LABELS
from cms.permissions import WITHDRAW, can_run_outlets, page_rights


class MatrixView(DeskView):
    page_title = "发布矩阵"
    template_name = "cms/desk/matrix.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        wanted = MatrixFilter.read(self.request.GET)
        found = matrix.read(wanted, now=now)
        items = [row.item for row in found.rows]
        user = self.request.user
        editable, publishable = page_rights(user, [row.page_id for row in found.rows if row.page_id])
        return super().get_context_data(
            wanted=wanted,
            matrix=found,
            summary=summary.read(now=now),
            newer=wanted.address(after=str(Mark.of(items[0]))) if items and found.newer else "",
            older=wanted.address(before=str(Mark.of(items[-1]))) if items and found.older else "",
            first=wanted.address(),
            sizes=[(size, wanted.address(size=str(size))) for size in SIZES],
            filters=filters(wanted),
            legend=LEGEND,
            editable=editable,
            publishable=publishable,
            can_withdraw_all=user.has_perm(WITHDRAW),
            can_run_outlets=can_run_outlets(user),
            drilled={outlet.drill_of_id for outlet in found.outlets if outlet.drill_of_id},
            **kwargs,
        )


LABELS = {
    "state": "状态",
    "outlet": "发布终端",
    "group": "矩阵分组",
    "channel": "渠道",
    "column": "栏目",
    "unit": "发布单位",
    "type": "类型",
    "withdrawn": "稿件",
}
LEGEND = [*DELIVERING.values(), WITHDRAWING[State.ASKING], WITHDRAWING[State.SETTLED], REFUSED]


@dataclass(frozen=True, slots=True)
class Choice:
    """One drop-down of the filter bar; `options` are (value, label)."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]]


def filters(wanted: MatrixFilter) -> list[Choice]:
    """Four queries for what can be chosen."""
    values = wanted.query()
    return [Choice(name, LABELS[name], values.get(name, ""), options) for name, options in _options().items()]


def _options() -> dict[str, list[tuple[str, str]]]:
    active = list(Outlet.objects.active().only("slug", "name", "group"))
    return {
        "state": [
            (OPEN, "未落实（全部）"),
            (OVERDUE, "必转超时"),
            *((state.value, DELIVERING[state].word) for state in OPEN_STATES),
        ],
        "outlet": [(outlet.slug, outlet.name) for outlet in active],
        "group": [(group, group) for group in dict.fromkeys(outlet.group for outlet in active) if group],
        "channel": channel_choices(),
        "column": list(Column.objects.values_list("code", "name")),
        "unit": list(Unit.objects.values_list("code", "name")),
        "type": [(key.value, label) for key, label in ITEM_TYPE_LABELS.items()],
        "withdrawn": [("no", "在发"), ("yes", "已撤稿")],
    }
