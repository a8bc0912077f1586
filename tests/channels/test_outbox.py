"""Desire: what planning writes, what it leaves alone, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels import outbox
from channels.assets import freeze
from channels.edition import Image
from channels.models import Delivery, EditionRecord, Item, Placement, State, WithdrawalKind
from tests.channels.builders import NOW, Clock, edition, outlet, targets

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    return Clock()


def places(count):
    return [outlet(f"o-{number}") for number in range(count)]


def statements(work):
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_planning_costs_the_same_number_of_statements_whatever_the_number_of_outlets(clock):
    few, many = edition(), edition()
    outlets = places(60)

    first = statements(lambda: outbox.plan(few, targets(*outlets[:2]), now=clock()))
    assert statements(lambda: outbox.plan(many, targets(*outlets), now=clock())) == first
    corrected = edition(few.content_id, headline="更正"), edition(many.content_id, headline="更正")
    second = statements(lambda: outbox.plan(corrected[0], targets(*outlets[:2]), now=clock()))
    assert statements(lambda: outbox.plan(corrected[1], targets(*outlets), now=clock())) == second


def test_a_placement_carries_the_reason_and_the_deadline(clock):
    place = outlet()
    outbox.plan(edition(), targets(place, must_carry=True, must_carry_hours=8), now=clock())

    placement = Placement.objects.get()
    assert (placement.reason, placement.must_carry) == ("规则：测试", True)
    assert (placement.must_carry_by - clock()).total_seconds() == 8 * 3600
    assert (placement.state, placement.due_at, placement.generation) == (State.DUE, clock(), 1)
    assert (placement.column_code, placement.slug) == ("tzgg", Item.objects.get().slug)


def test_a_later_edition_keeps_the_deadline_and_raises_the_generation(clock):
    item, place = edition(), outlet()
    outbox.plan(item, targets(place, must_carry=True, must_carry_hours=8), now=clock())
    deadline = Placement.objects.get().must_carry_by
    clock.forward(hours=1)

    outbox.plan(edition(item.content_id, headline="二"), targets(place, must_carry=True), now=clock())

    placement = Placement.objects.get()
    assert (placement.must_carry_by, placement.generation) == (deadline, 2)


def test_no_change_makes_no_edition_and_moves_nothing(clock):
    item, place = edition(), outlet()
    first = outbox.plan(item, targets(place), now=clock())
    before = Placement.objects.values().get()

    again = outbox.plan(item, targets(place), now=clock.forward(hours=1))

    assert again == first
    assert EditionRecord.objects.count() == 1
    assert Placement.objects.values().get() == before


def test_a_new_outlet_gets_the_edition_there_is(clock):
    item, first, second = edition(), outlet("a"), outlet("b")
    record = outbox.plan(item, targets(first), now=clock())

    outbox.plan(item, targets(first, second), now=clock.forward(hours=1))

    assert set(Placement.objects.values_list("outlet__slug", "desired", "generation")) == {
        ("a", record.pk, 1),
        ("b", record.pk, 1),
    }


def test_an_outlet_ticked_off_and_on_again_wants_the_edition_once_more(clock):
    item, place = edition(), outlet()
    outbox.plan(item, targets(place), now=clock())
    outbox.plan(item, [], now=clock())
    assert Placement.objects.get().desired is None
    assert Placement.objects.get().lane == Placement.WITHDRAWAL_LANE

    outbox.plan(item, targets(place), now=clock())

    placement = Placement.objects.get()
    assert (placement.desired.number, placement.generation) == (1, 3)


def test_the_edition_that_is_stored_is_the_one_that_was_signed(clock):
    item = edition(ed_note="内部备注")
    record = outbox.plan(item, [], now=clock(), signed_by="shenhe", source_revision=7)

    stored = record.edition()
    assert stored == item.with_version(1, at=clock())
    assert (record.signed_by, record.source_revision, record.checksum) == ("shenhe", 7, item.checksum)


def test_an_edition_holds_its_files(clock):
    picture = freeze(b"\x89PNG bytes", content_type="image/png", name="a.png")
    record = outbox.plan(edition(body=(Image(asset=picture, alt="图"),)), [], now=clock())

    assert [file.sha256 for file in record.assets.all()] == [picture.sha256]


def test_a_slug_of_another_item_is_refused_with_a_next_step(clock):
    outbox.plan(edition(slug="20261123-abc"), [], now=clock())

    with pytest.raises(outbox.SlugTaken, match="请修改网址标识"):
        outbox.plan(edition(slug="20261123-abc"), [], now=clock())


def test_a_withdrawn_item_comes_back_as_a_new_edition(clock):
    item, place = edition(), outlet()
    outbox.plan(item, targets(place), now=clock())
    outbox.recall(item.content_id, kind=WithdrawalKind.NOTICE, reason="内容有误", by="shenhe", now=clock())
    register = Item.objects.get()
    assert (register.withdrawal_kind, register.withdrawn_by) == ("notice", "shenhe")

    record = outbox.plan(item, targets(place), now=clock())

    register.refresh_from_db()
    assert record.number == 2
    assert (register.withdrawn_at, register.withdrawal_reason) == (None, "")


def test_what_a_person_says_is_kept_beside_the_machines_attempts(clock):
    outbox.plan(edition(), targets(outlet()), now=clock())
    placement = Placement.objects.get()

    outbox.confirm(placement, url="http://neikan.example/1", by="bianji", now=clock())
    outbox.sign_off(placement, by="bianji", note="电话确认", now=clock())

    said = list(Delivery.objects.order_by("pk").values_list("by", "message"))
    assert said == [("bianji", "已发布：http://neikan.example/1"), ("bianji", "人工确认：电话确认")]
    placement.refresh_from_db()
    assert (placement.state, placement.actual_id) == (State.SETTLED, placement.desired_id)
    assert placement.remote_url == "http://neikan.example/1"


def test_one_wake_up_leaves_after_commit(clock, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr("channels.tasks.wake_soon", lambda: sent.append(NOW))
    outlets = places(5)

    with django_capture_on_commit_callbacks(execute=True):
        outbox.plan(edition(), targets(*outlets), now=clock())
        assert sent == []

    assert len(sent) == 1
