"""体检 on the admin's home page: how many days are left until the first veto, and how many there are already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone
from wagtail.admin.ui.components import Component

from sites.inspection import reading, running
from sites.inspection.findings import nearest, unpack

SHOWN = 3


class InspectionPanel(Component):
    """One query: it shows the last run, its days counted from today."""

    name = "inspection"
    template_name = "sites/admin/inspection/panel.html"
    order = 60

    class Media:
        css: ClassVar = {"all": ["cms/desk.css", "sites/inspection.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        run = running.newest()
        if run is None:
            return {"run": None}
        today, findings = timezone.localdate(), unpack(run.findings)
        close = nearest(findings, today)
        return {
            "run": run,
            "nearest": reading.lines([close], today)[0] if close else None,
            "first": reading.first_things(findings, today)[:SHOWN],
        }
