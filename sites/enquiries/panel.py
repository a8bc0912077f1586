"""What the message box puts into the admin around its own pages: the count in the menu, the panel on the home page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem

from cms import holidays
from sites.enquiries.clock import OLD_DAYS, clock
from sites.enquiries.desk import brief
from sites.enquiries.models import State
from sites.enquiries.rights import may_handle, visible

SHOWN = 5


class EnquiriesMenuItem(MenuItem):
    """Says how many wait."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_handle(request.user)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        item = super().render_component(request)
        count = visible(request.user).filter(state=State.OPEN).count()
        item.label = f"{self.label}（{count}）" if count else self.label
        return item


class EnquiriesPanel(Component):
    """The most urgent messages. Nothing at all for somebody who handles none."""

    name = "enquiries"
    template_name = "sites/admin/enquiries_panel.html"
    order = 60

    class Media:
        css: ClassVar = {"all": ["cms/desk.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        today = timezone.localdate()
        rows = visible(user).filter(state=State.OPEN)
        calendar = holidays.around(today)
        return {
            "open": rows.count(),
            "late": rows.filter(due_on__lt=today).count(),
            "old": rows.filter(received_at__lt=timezone.now() - timedelta(days=OLD_DAYS)).count(),
            "lines": [
                (row, brief(row), clock(row, today=today, calendar=calendar))
                for row in rows.select_related("unit").order_by("due_on", "pk")[:SHOWN]
            ],
            "unknown": sorted(calendar.unknown - {today.year - 1}) if today.month == 12 else [],
        }
