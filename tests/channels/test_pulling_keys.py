"""Keys: shown once, told from each other in memory, replaced with an overlap, revoked at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels import changes
from channels.models import Outlet
from channels.pulling import keys
from channels.pulling.keys import OVERLAP, Ring, Standing
from channels.pulling.models import PullKey, Scope
from tests.channels.builders import NOW, outlet

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Outlet:
    return outlet("jinglan", "feed")


def make(office: Outlet, **values: object) -> tuple[PullKey, str]:
    return keys.make(office, name="织梦后台", by="站长", now=NOW, **values)  # type: ignore[arg-type]


def standing(
    text: str, *, ring: Ring | None = None, scope: str = Scope.PULL, later: timedelta = timedelta()
) -> Standing:
    known = (ring or Ring()).find(text, changes.stamp().structure)
    return keys.check(known, scope, NOW + later)


def test_a_key_says_whose_it_is_and_is_stored_as_a_digest(office: Outlet) -> None:
    key, text = make(office)
    assert text.startswith("ts_jinglan_")
    assert text.startswith(key.prefix)
    assert len(text) - len(key.prefix) >= 24, "what stays visible must not help a guesser"
    assert text not in str(PullKey.objects.values().get())
    assert standing(text) is Standing.GOOD


def test_a_key_that_nobody_made_is_unknown_and_costs_no_query(
    office: Outlet, django_assert_num_queries: object
) -> None:
    make(office)
    ring, structure = Ring(), changes.stamp().structure
    ring.find("ts_jinglan_x", structure)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert ring.find("ts_jinglan_y", structure) is None


def test_a_replaced_key_works_on_for_the_overlap_and_no_longer(office: Outlet) -> None:
    old, before = make(office, scopes=[Scope.PULL, Scope.REPLAY])
    new, after = keys.rotate(old, by="站长", now=NOW)
    assert new.replaces_id == old.pk
    assert new.scopes == old.scopes
    assert standing(before, later=OVERLAP - timedelta(seconds=1)) is Standing.GOOD
    assert standing(before, later=OVERLAP) is Standing.EXPIRED
    assert standing(after, later=OVERLAP) is Standing.GOOD


def test_a_key_is_replaced_once(office: Outlet) -> None:
    old, _ = make(office)
    keys.rotate(old, by="站长", now=NOW)
    with pytest.raises(ValueError, match="刷新"):
        keys.rotate(old, by="站长", now=NOW)


def test_a_memory_of_keys_notices_that_one_is_revoked(office: Outlet) -> None:
    key, text = make(office)
    ring = Ring()
    assert standing(text, ring=ring) is Standing.GOOD
    assert keys.revoke(key, by="值班编辑", now=NOW)
    assert standing(text, ring=ring) is Standing.REVOKED
    assert not keys.revoke(key, by="值班编辑", now=NOW)


def test_a_revoked_key_works_no_more_although_its_overlap_runs(office: Outlet) -> None:
    old, text = make(office)
    keys.rotate(old, by="站长", now=NOW)
    keys.revoke(old, by="站长", now=NOW)
    assert standing(text) is Standing.REVOKED


def test_a_key_opens_what_it_was_made_for(office: Outlet) -> None:
    _, text = make(office, scopes=[Scope.PULL])
    assert standing(text, scope=Scope.REPLAY) is Standing.NARROW


def test_the_keys_of_an_outlet_out_of_service_are_as_good_as_revoked(office: Outlet) -> None:
    _, text = make(office)
    office.retired_at = NOW
    office.save()
    assert standing(text) is Standing.REVOKED


def test_an_outlet_has_no_more_keys_than_anybody_can_remember(office: Outlet) -> None:
    made = [make(office)[0] for _ in range(keys.KEYS_MAX)]
    with pytest.raises(keys.TooMany, match="吊销"):
        make(office)
    keys.rotate(made[0], by="站长", now=NOW)
    keys.revoke(made[1], by="站长", now=NOW)
    make(office)


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.GOOD])
def test_every_refusal_says_what_to_do(standing: Standing) -> None:
    status, sentence = keys.REFUSALS[standing]
    assert status in {401, 403}
    assert "请" in sentence
