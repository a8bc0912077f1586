"""Which outlets an item goes to, and the reason the editor reads."""

import pytest

from channels.models import Outlet
from cms import targeting
from cms.targeting import Facts, Rule, choose
from tests.factories import (
    make_column,
    make_column_page,
    make_outlet,
    make_page,
    make_rule,
    make_site,
    make_unit,
)

PORTAL, PAPER, FEED = (
    Outlet(pk=pk, slug=slug, name=slug) for pk, slug in ((1, "portal"), (2, "paper"), (3, "feed"))
)
FACTS = Facts(item_type="news", column=10, unit=20, owner=None)


def chosen(facts=FACTS, rules=(), choices=None):
    return {
        choice.outlet.slug: choice
        for choice in choose(facts, rules=rules, outlets=[PORTAL, PAPER, FEED], choices=choices or {})
    }


def rule(name="规则", outlets=(2,), **conditions):
    return Rule(name=name, outlets=frozenset(outlets), **conditions)


def test_without_a_rule_an_item_goes_nowhere():
    assert not any(choice.wanted for choice in chosen().values())


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({}, True),
        ({"columns": frozenset({10})}, True),
        ({"columns": frozenset({11})}, False),
        ({"units": frozenset({20, 21})}, True),
        ({"units": frozenset({21})}, False),
        ({"item_types": frozenset({"news"})}, True),
        ({"item_types": frozenset({"notice"})}, False),
        ({"columns": frozenset({10}), "units": frozenset({21})}, False),
        ({"columns": frozenset({10}), "units": frozenset({20}), "item_types": frozenset({"news"})}, True),
    ],
)
def test_a_rule_applies_when_all_its_conditions_hold(conditions, wanted):
    assert chosen(rules=[rule(**conditions)])["paper"].wanted is wanted


def test_the_reason_names_every_rule_that_applies():
    both = chosen(rules=[rule("要闻必转"), rule("街道动态"), rule("别的", outlets=(3,))])
    assert both["paper"].reason == "规则：要闻必转、街道动态"


def test_the_owners_own_site_gets_the_item_whatever_the_editor_ticks():
    own = chosen(
        Facts(item_type="news", column=10, unit=20, owner=1),
        choices={"portal": {"wanted": False, "reason": "不投"}},
    )
    assert own["portal"].wanted
    assert own["portal"].locked
    assert own["portal"].reason == "本站稿件"


def test_the_editor_adds_an_outlet():
    added = chosen(choices={"feed": {"wanted": True, "reason": "街道来电要求"}})["feed"]
    assert added.wanted
    assert added.reason == "编辑加投：街道来电要求"


def test_the_editor_leaves_an_outlet_out_without_a_reason():
    left_out = chosen(rules=[rule()], choices={"paper": {"wanted": False, "reason": ""}})["paper"]
    assert not left_out.wanted
    assert left_out.reason == "编辑不投：未说明（规则：规则）"


def test_a_must_carry_outlet_is_left_out_only_with_a_reason():
    rules = [rule(hours=12), rule("早些", hours=6)]
    without = chosen(rules=rules, choices={"paper": {"wanted": False, "reason": " "}})["paper"]
    assert without.wanted
    assert without.must_carry_hours == 6
    with_reason = chosen(rules=rules, choices={"paper": {"wanted": False, "reason": "版面已定"}})["paper"]
    assert not with_reason.wanted


@pytest.mark.django_db
def test_the_nearest_site_above_owns_the_item():
    portal = make_site()
    office = make_site(parent=portal)
    page = make_page(parent=make_column_page(office))
    assert [target.outlet_id for target in targeting.targets_for(page)] == [office.outlet_id]


@pytest.mark.django_db
def test_rules_are_read_by_column_unit_and_type():
    column, unit, outlet = make_column(), make_unit(), make_outlet()
    make_rule(outlet, name="三项都对", columns=[column], units=[unit], item_types=["notice"], hours=8)
    make_rule(make_outlet(), columns=[make_column()])
    make_rule(make_outlet(), enabled=False)
    parent = make_column_page(make_site(), column)
    targets = {
        target.outlet_id: target
        for target in targeting.targets_for(make_page("notice", parent=parent, unit=unit))
    }
    assert set(targets) == {outlet.pk, parent.get_parent().specific.outlet_id}
    assert (targets[outlet.pk].must_carry, targets[outlet.pk].must_carry_hours) == (True, 8)
    assert outlet.pk not in [
        t.outlet_id for t in targeting.targets_for(make_page("news", parent=parent, unit=unit))
    ]


@pytest.mark.django_db
def test_a_retired_outlet_is_not_offered():
    from django.utils import timezone

    retired = make_outlet(retired_at=timezone.now())
    make_rule(retired)
    assert retired not in [choice.outlet for choice in targeting.explain(make_page())]


@pytest.mark.django_db
def test_a_thousand_outlets_cost_the_queries_of_one(django_assert_max_num_queries):
    page = make_page()
    outlets = [Outlet(slug=f"o-{number}", name=f"终端{number}", channel="feed") for number in range(1000)]
    Outlet.objects.bulk_create(outlets)
    make_rule(*Outlet.objects.filter(channel="feed"))
    with django_assert_max_num_queries(10):
        assert len(targeting.targets_for(page)) == 1001
