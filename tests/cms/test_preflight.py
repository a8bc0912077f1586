"""Pre-flight tells what a channel has against an item, and stops nothing."""

import pytest

from channels.models import Placement
from cms.preflight import preflight
from tests.factories import make_outlet, make_page, make_rule, sign

pytestmark = pytest.mark.django_db

OPTIONS = {"appid": "wxdemo000000000001"}


@pytest.fixture
def account():
    outlet = make_outlet("wechat_mp", options=OPTIONS, secrets={"secret": "x"}, name="品质城中")
    make_rule(outlet)
    return outlet


def test_a_title_over_the_limit_of_one_outlet_is_told_for_that_outlet(account):
    page = make_page(title="关" * 65)
    found = preflight(page)
    assert {outlet for outlet, _ in found} == {account}
    assert any("标题" in finding.place and "65" in finding.problem for _, finding in found)


def test_a_finding_does_not_stand_in_the_way_of_signing(account):
    page = make_page(title="关" * 65)
    record = sign(page)
    assert Placement.objects.filter(desired=record).count() == 2


def test_an_outlet_that_does_not_get_the_item_has_nothing_to_say(account):
    page = make_page(title="关" * 65, outlet_choices={account.slug: {"wanted": False, "reason": ""}})
    assert preflight(page) == []


def test_before_a_correction_the_editor_is_told_what_it_does_at_the_account(account):
    page = make_page()
    sign(page)
    assert [finding for _, finding in preflight(page) if finding.place == "更正"] == []
    placement = Placement.objects.get(outlet=account)
    Placement.objects.filter(pk=placement.pk).update(actual=placement.desired)
    (told,) = [finding for _, finding in preflight(page) if finding.place == "更正"]
    assert "删除旧文" in told.problem
    assert told.severity == "warn"
