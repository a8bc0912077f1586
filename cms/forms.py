"""The forms behind the editor's screens: strict when an item is submitted or signed, patient with drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm
from wagtail.models import Page

from cms import outlet_choices, proofing, targeting, tree
from cms.models.topic import Topic

if TYPE_CHECKING:
    from cms.models import ContentPage


class ItemForm(WagtailAdminPageForm):
    """An item. Not deferred means that somebody submits or signs it: then it has to be complete."""

    outlet_choices = outlet_choices.OutletChoicesField(label="投放去向", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self._item()
        if page._state.adding and not self.is_bound:
            self._suggest(page)
        if "topics" in self.fields:
            cast("forms.ModelMultipleChoiceField[Any]", self.fields["topics"]).queryset = _topics(page)
        if "outlet_choices" in self.fields:
            field = cast("outlet_choices.OutletChoicesField", self.fields["outlet_choices"])
            field.show(targeting.explain(page, parent=self._place()))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "doc_number" in cleaned:
            cleaned["doc_number"] = proofing.normal_doc_number(cleaned["doc_number"] or "")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if "outlet_choices" in self.fields:
            self._settle_outlets()
        if not self.is_deferred_validation and not self.errors:
            for name, problem in proofing.problems(self._item()).items():
                self.add_error(name if name in self.fields else None, problem)

    def _settle_outlets(self) -> None:
        """What the editor ticked, measured against the rules for the column, unit and type now in the form."""
        page = self._item()
        ticked = self.cleaned_data.get("outlet_choices")
        if not ticked:
            return  # not on this screen: what is stored stands
        page.outlet_choices = {}
        by_rule = targeting.explain(page, parent=self._place())
        page.outlet_choices = outlet_choices.decisions(ticked, by_rule)
        self.cleaned_data["outlet_choices"] = page.outlet_choices
        if not self.is_deferred_validation:
            for problem in outlet_choices.problems(page.outlet_choices, by_rule):
                self.add_error("outlet_choices", problem)

    def _suggest(self, page: ContentPage) -> None:
        """A new item starts with the column of its page and the unit of its site."""
        chain = tree.ancestors(page, self._place())
        column_page, site = tree.column_page_of(chain), tree.site_of(chain)
        column = column_page.columns.first() if column_page else None
        if column:
            page.column = self.initial["column"] = column
        if site and site.unit_id:
            page.unit_id = self.initial["unit"] = site.unit_id

    def _item(self) -> ContentPage:
        return cast("ContentPage", self.instance)

    def _place(self) -> Page | None:
        return self.parent_page if self._item()._state.adding else None


def _topics(page: ContentPage) -> QuerySet[Topic]:
    """Topics that still take items, and those that the item has already."""
    is_open = Q(closed_on=None) | Q(closed_on__gte=timezone.localdate())
    return Topic.objects.filter(is_open | Q(pk__in=[topic.pk for topic in page.topics.all()]))


class ItemCopyForm(CopyForm):
    """A copy is a new item: its address is made for it, and an alias is never offered (sharing is a placement)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        slug = self.fields["new_slug"]
        slug.widget = forms.HiddenInput()
        slug.required = False

    def clean_new_slug(self) -> str:
        """Any free text does: saving gives the copy the slug of its own identity."""
        return f"copy-{uuid4().hex[:12]}"
