"""Targeting: which outlets an item goes to, and why. The owner's own site, the rules, the editor - in this order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from django.db.models import Model, QuerySet
from wagtail.models import Page

from channels.models import Outlet
from channels.outbox import Target
from cms import tree

if TYPE_CHECKING:
    from cms.models import ContentPage

OWN_SITE = "本站稿件"
BY_EDITOR = "编辑加投"


class Place(Protocol):
    """As much of an outlet as the choice needs: signing reads a thousand of them, and no more than this."""

    pk: Any
    slug: Any


P = TypeVar("P", bound=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A routing rule as the choice needs it; an empty set matches everything. `hours` is None unless must-carry."""

    name: str
    outlets: frozenset[int]
    columns: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    item_types: frozenset[str] = frozenset()
    hours: int | None = None

    def matches(self, facts: Facts) -> bool:
        return (
            (not self.columns or facts.column in self.columns)
            and (not self.units or facts.unit in self.units)
            and (not self.item_types or facts.item_type in self.item_types)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules look at. `owner` is the outlet of the site that the item lives in (primary keys)."""

    item_type: str
    column: int | None
    unit: int | None
    owner: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Generic[P]):
    """One active outlet on the editor's screen.

    default: what rules say. wanted: what will happen. locked: cannot be unticked (the owner's own site).
    must_carry: can be unticked only with a reason. `note` is the editor's reason, `reason` why the item goes there.
    """

    outlet: P
    default: bool
    wanted: bool
    locked: bool
    must_carry: bool
    must_carry_hours: int | None
    reason: str
    note: str = ""


def targets_for(page: ContentPage) -> list[Target]:
    """What will happen at signing."""
    places = cast("Iterable[Place]", _active().values_list("pk", "slug", named=True))
    return [
        Target(
            outlet_id=choice.outlet.pk,
            reason=choice.reason,
            must_carry=choice.must_carry,
            must_carry_hours=choice.must_carry_hours,
        )
        for choice in choose(_facts(page), rules=load_rules(), outlets=places, choices=page.outlet_choices)
        if choice.wanted
    ]


def explain(page: ContentPage, *, parent: Page | None = None) -> list[Choice[Outlet]]:
    """Every active outlet with what will happen there and why, in the order of the matrix. A fixed number of queries.

    The twins of drills are not among them: channels.wanting leads to them what is aimed at the outlet being drilled.

    `parent` is the place of a page that is not saved yet.
    """
    return choose(_facts(page, parent), rules=load_rules(), outlets=_active(), choices=page.outlet_choices)


def _active() -> QuerySet[Outlet]:
    return Outlet.objects.active().real().order_by("rank", "slug")


def _facts(page: ContentPage, parent: Page | None = None) -> Facts:
    site = tree.site_of(tree.ancestors(page, parent))
    return Facts(
        item_type=page.item_type.value,
        column=page.column_id,
        unit=page.unit_id,
        owner=site.outlet_id if site else None,
    )


def choose(
    facts: Facts, *, rules: Sequence[Rule], outlets: Iterable[P], choices: Mapping[str, Any]
) -> list[Choice[P]]:
    """Pure. `choices` is ContentPage.outlet_choices."""
    matching = [rule for rule in rules if rule.matches(facts)]
    return [_choice(outlet, facts, matching, choices.get(outlet.slug)) for outlet in outlets]


def load_rules() -> list[Rule]:
    """Enabled rules in their order: four queries, which bring keys and no rows of the things they name."""
    from cms.models.routing import RoutingRule

    columns, units, outlets = (
        _named(getattr(RoutingRule, name).through, f"{name.removesuffix('s')}_id")
        for name in ("columns", "units", "outlets")
    )
    return [
        Rule(
            name=row.name,
            outlets=frozenset(outlets[row.pk]),
            columns=frozenset(columns[row.pk]),
            units=frozenset(units[row.pk]),
            item_types=frozenset(row.item_types),
            hours=row.must_carry_hours if row.must_carry else None,
        )
        for row in RoutingRule.objects.filter(enabled=True)
    ]


def _named(through: type[Model], field: str) -> dict[int, list[int]]:
    """Keys of what each rule names."""
    found: dict[int, list[int]] = defaultdict(list)
    for rule, named in through._default_manager.values_list("routingrule_id", field):
        found[rule].append(named)
    return found


def _choice(
    outlet: P, facts: Facts, matching: Sequence[Rule], explicit: Mapping[str, Any] | None
) -> Choice[P]:
    own = outlet.pk == facts.owner
    rules = [rule for rule in matching if outlet.pk in rule.outlets]
    hours = min((rule.hours for rule in rules if rule.hours is not None), default=None)
    must_carry = hours is not None
    default = own or bool(rules)
    note = str(explicit.get("reason", "")).strip() if explicit else ""
    wanted = bool(explicit["wanted"]) if explicit and "wanted" in explicit else default
    if own or (must_carry and not note):
        wanted = True
    return Choice(
        outlet=outlet,
        default=default,
        wanted=wanted,
        locked=own,
        must_carry=must_carry,
        must_carry_hours=hours,
        reason=_reason(own=own, rules=rules, wanted=wanted, default=default, note=note),
        note=note,
    )


def _reason(*, own: bool, rules: Sequence[Rule], wanted: bool, default: bool, note: str) -> str:
    if own:
        return OWN_SITE
    named = "规则：" + "、".join(rule.name for rule in rules) if rules else ""
    if wanted:
        return named if default else (f"{BY_EDITOR}：{note}" if note else BY_EDITOR)
    if default:
        return f"编辑不投：{note or '未说明'}（{named}）"
    return ""
