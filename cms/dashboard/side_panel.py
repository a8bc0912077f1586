"""发布终端 beside the editor: where the item is, what is wrong there, and what the channels would say to this draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from channels.models import Item
from cms.dashboard import charts, dossier
from cms.dashboard.looks import Tone
from cms.models import ContentPage


class OutletsSidePanel(BaseSidePanel):
    """Reads the placements once for the panel and its counter. The pre-flight is fetched when the panel opens."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = "发布终端"
        icon_name = "globe"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
            troubled = [line for line in self.panel.lines if line.look.tone is Tone.BAD]
            return {**super().get_context_data(parent_context), "count": len(troubled)}

    name = "outlets"
    title = "发布终端"
    order = 150
    template_name = "cms/desk/side_panel.html"

    class Media:
        css: ClassVar = {"all": ["cms/desk.css"]}
        js: ClassVar = ["cms/desk.js"]

    def __init__(self, page: ContentPage, request: Any) -> None:
        super().__init__(page, request)
        self.item = Item.objects.filter(content_id=page.content_id).first()
        self.lines = dossier.of_item(page.content_id) if self.item else []

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        readings = charts.readings(self.item.content_id) if self.item else []
        return {**context, "item": self.item, "lines": self.lines, "readings": readings}


class ItemEditView(EditView):
    """Wagtail's editor with one more panel; answers to autosave do without it."""

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()
        if not self.expects_json_response and not self.hydrate_create_view:
            panels.append(OutletsSidePanel(self.page, self.request))
        return panels


class ItemViewSet(PageViewSet):
    """Wagtail's page views for items. Lists keep Wagtail's own view: a column of ours would cost a query a row."""

    model = ContentPage
    edit_view_class = ItemEditView
