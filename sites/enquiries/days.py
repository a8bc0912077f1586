"""节假日 in the admin: the rows that stand over the package's word. Every change sets the open clocks again."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from cms.models import Holiday
from sites.enquiries import verbs


class HolidayCreateView(generic.CreateView):
    def save_instance(self) -> Any:
        saved = super().save_instance()
        verbs.reckon()
        return saved


class HolidayEditView(generic.EditView):
    def save_instance(self) -> Any:
        saved = super().save_instance()
        verbs.reckon()
        return saved


class HolidayDeleteView(generic.DeleteView):
    def delete_action(self) -> None:
        super().delete_action()
        verbs.reckon()


class HolidayViewSet(ModelViewSet):
    model = Holiday
    name = "holidays"
    icon = "calendar-alt"
    menu_label = "节假日"
    menu_order = 900
    add_to_settings_menu = True
    copy_view_enabled = False
    add_to_reference_index = False
    add_view_class = HolidayCreateView
    edit_view_class = HolidayEditView
    delete_view_class = HolidayDeleteView
    form_fields = ["date", "kind", "name"]
    list_display = ["date", "name", "kind"]
    list_filter = ["kind"]
    ordering = ["-date"]
