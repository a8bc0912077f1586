"""The completeness meter in the form of a service guide: what inspectors look for and the draft does not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from wagtail.admin.panels import Panel

from channels.completeness import ELEMENTS, SERIOUS, missing
from cms import guides

if TYPE_CHECKING:
    from cms.models import ServiceGuidePage


class CompletenessPanel(Panel):
    """Tells of the draft as it was last saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/panels/completeness.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            page = cast("ServiceGuidePage", self.instance)
            lacking = missing(guides.facts(page, form_of=lambda _: None), page.title)
            total = len(ELEMENTS)
            return {
                **context,
                "lacking": lacking,
                "filled": total - len(lacking),
                "total": total,
                "is_serious": len(lacking) >= SERIOUS,
                "is_new": page.pk is None,
            }
