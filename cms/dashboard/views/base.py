"""What the desk's pages share: Wagtail's page furniture, the desk's stylesheet and script."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


class DeskView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the desk. `trail` is its parent in the breadcrumbs, as (label, URL name)."""

    header_icon = "grid"
    trail: tuple[tuple[str, str], ...] = ()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        parents = [{"url": reverse(name), "label": label} for label, name in self.trail]
        return [*super().get_breadcrumbs_items(), *parents, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(now=timezone.now(), **kwargs)
