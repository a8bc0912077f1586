"""The field of outlets (投放去向): every active outlet with a tick box, why it gets the item, and room for a reason.

Only what differs from the rules is stored, so a rule that changes later takes effect on items that nobody touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, cast

from django import forms

from cms.targeting import Choice

Decisions = dict[str, dict[str, Any]]
"""`{outlet slug: {"wanted": bool, "reason": str}}` - ContentPage.outlet_choices."""

REASON_MAX = 200


class OutletChoicesInput(forms.Widget):
    """Tick boxes grouped as in the matrix; plain HTML, no script.

    Beside each box travels what the rules said when the page was shown: ticked differently from that means that the
    editor decided.
    """

    template_name = "cms/widgets/outlet_choices.html"

    class Media:
        css = {"all": ["cms/outlet-choices.css"]}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices: Sequence[Choice] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        groups = groupby(self.choices, key=lambda choice: choice.outlet.group)
        given = value if isinstance(value, Mapping) else {}
        context["widget"]["groups"] = [
            (group or "其他", [_row(name, choice, given.get(choice.outlet.slug)) for choice in members])
            for group, members in groups
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Decisions:  # noqa: ARG002
        """`{slug: {wanted, reason, default}}` of every outlet that was on the screen."""
        slugs = data.getlist(f"{name}-shown") if hasattr(data, "getlist") else data.get(f"{name}-shown", [])
        return {
            slug: {
                "wanted": f"{name}-{slug}-wanted" in data,
                "reason": str(data.get(f"{name}-{slug}-reason", "")).strip()[:REASON_MAX],
                "default": data.get(f"{name}-{slug}-default") == "1",
            }
            for slug in slugs
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002
        return f"{name}-shown" not in data

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002
        return False

    def id_for_label(self, id_: str) -> str:  # noqa: ARG002
        return ""


class OutletChoicesField(forms.Field):
    widget = OutletChoicesInput

    def show(self, choices: Sequence[Choice]) -> None:
        """What the boxes stand for: the outlets as they are decided now."""
        cast("OutletChoicesInput", self.widget).choices = choices

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ARG002
        before = {choice.outlet.slug: (choice.wanted, choice.note) for choice in self._choices()}
        after = {slug: (row["wanted"], row["reason"]) for slug, row in (data or {}).items()}
        return before != after

    def _choices(self) -> Sequence[Choice]:
        return cast("OutletChoicesInput", self.widget).choices


def decisions(ticked: Mapping[str, Mapping[str, Any]], by_rule: Iterable[Choice]) -> Decisions:
    """The editor's own decisions among `ticked`. `by_rule` is what the rules say for the item as it is now.

    A box that agrees with what the rules said on the screen was not decided by anybody; a decision that agrees with
    what the rules say now needs no memory.
    """
    kept: Decisions = {}
    for choice in by_rule:
        row = ticked.get(choice.outlet.slug)
        if row is None or choice.locked or row["wanted"] == row.get("default", choice.default):
            continue
        if row["wanted"] != choice.default:
            kept[choice.outlet.slug] = {"wanted": row["wanted"], "reason": row["reason"]}
    return kept


def problems(chosen: Decisions, by_rule: Iterable[Choice]) -> list[str]:
    """Why the decisions cannot stand, in Chinese."""
    return [
        f"“{choice.outlet.name}”为必转终端，取消投放须填写理由"
        for choice in by_rule
        if choice.must_carry
        and (row := chosen.get(choice.outlet.slug))
        and not row["wanted"]
        and not row["reason"]
    ]


def _row(name: str, choice: Choice, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """One outlet on the screen; what was just posted (`given`) goes before what is stored."""
    return {
        "slug": choice.outlet.slug,
        "field": f"{name}-{choice.outlet.slug}",
        "choice": choice,
        "wanted": given["wanted"] if given and "default" in given else choice.wanted,
        "note": given["reason"] if given and "default" in given else choice.note,
    }
