"""The desk on the admin's home page: what waits for a person, before anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from channels.wechat.models import Push, PushState
from cms.dashboard import summary
from cms.dashboard.looks import Tone
from cms.permissions import can_run_outlets

PUSHES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Card:
    label: str
    count: int
    tone: Tone
    url: str
    note: str


class DeskPanel(Component):
    """Three queries whatever the size of the register."""

    name = "desk"
    template_name = "cms/desk/home.html"
    order = 50

    class Media:
        css: ClassVar = {"all": ["cms/desk.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        found = summary.read(now=timezone.now())
        return {
            "request": request,
            "csrf_token": parent_context.get("csrf_token"),
            "cards": cards(found),
            "summary": found,
            "pushes": waiting_pushes(),
            "can_run_outlets": can_run_outlets(request.user),
        }


def cards(found: summary.Summary) -> list[Card]:
    """What to look at first; a nought is good news and says so."""
    matrix = reverse("desk:matrix")
    return [
        _card("需人工处理", found.asking, Tone.BAD, reverse("desk:asking"), "没有待办"),
        _card("撤稿未确认", found.withdrawing, Tone.BAD, reverse("desk:ledger"), "撤稿均已确认"),
        _card("未落实", found.open, Tone.WARN, f"{matrix}?state=open", "全部落实"),
        _card("终端故障", len(found.troubles), Tone.BAD, reverse("outlets:index"), "终端均正常"),
    ]


def waiting_pushes() -> list[Push]:
    """Those that only a second person moves on: to be confirmed, or to be looked up."""
    rows = Push.objects.filter(state__in=[PushState.PROPOSED, PushState.UNKNOWN])
    return list(rows.select_related("outlet").order_by("changed_at")[:PUSHES_SHOWN])


def _card(label: str, count: int, tone: Tone, url: str, note: str) -> Card:
    return Card(label, count, tone if count else Tone.GOOD, url, "" if count else note)
