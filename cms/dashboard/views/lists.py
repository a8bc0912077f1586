"""Lists of what is open: 待办, 撤稿台账, 交办台. All read the open rows only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from channels.errors import ConfigError
from channels.models import Outlet, Placement, State
from channels.rendering import capabilities
from cms.dashboard import dossier, summary
from cms.dashboard.verbs import offers
from cms.dashboard.views.base import DeskView
from cms.permissions import can_operate

LIST_MAX = 200


class OpenListView(DeskView):
    """The oldest first; more than LIST_MAX are cut, and the page says so."""

    template_name = "cms/desk/list.html"
    trail = (("发布矩阵", "desk:matrix"),)
    intro = ""
    empty = ""

    def rows(self) -> QuerySet[Placement]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = dossier.lines(self.rows().order_by("desired_at", "pk")[: LIST_MAX + 1])
        return super().get_context_data(
            lines=found[:LIST_MAX],
            cut=len(found) > LIST_MAX,
            intro=self.intro,
            empty=self.empty,
            **kwargs,
        )


class AskingView(OpenListView):
    page_title = "待办"
    header_icon = "tasks"
    intro = "以下投递须人工处理，按等待时间从长到短排列。"
    empty = "没有需要人工处理的投递。"

    def rows(self) -> QuerySet[Placement]:
        return summary.unsettled().filter(state=State.ASKING)


class LedgerView(OpenListView):
    page_title = "撤稿台账"
    header_icon = "bin"
    template_name = "cms/desk/ledger.html"
    intro = "已要求撤下、尚未确认撤下的稿件。每一处确认后才从台账中消失。"
    empty = "没有未确认的撤稿。"

    def rows(self) -> QuerySet[Placement]:
        return summary.unsettled().filter(desired=None)


class HandoffView(OpenListView):
    page_title = "交办台"
    header_icon = "clipboard-list"
    template_name = "cms/desk/handoff.html"
    intro = "没有接口的终端由人工发布：下载稿件包，按清单在终端发布或撤下，再回填地址，系统回读核对。"
    empty = "没有待交办的稿件。"

    def rows(self) -> QuerySet[Placement]:
        manual = [outlet.pk for outlet in Outlet.objects.active() if _manual(outlet)]
        return summary.unsettled().filter(outlet__in=manual)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        allowed = can_operate(self.request.user)
        context["jobs"] = [
            (line, offers(line.placement, line.can) if allowed and line.can else [])
            for line in context["lines"]
        ]
        return context


def _manual(outlet: Outlet) -> bool:
    try:
        return capabilities(outlet).manual
    except ConfigError:
        return False
