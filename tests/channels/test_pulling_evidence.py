"""What fetches prove: item by item, exact, never for an edition that was not fetched, and told to the adapter at once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from channels import outbox
from channels.adapters.feed.evidence import NOTHING, Taken, entry_name
from channels.models import CheckpointEntry, Outlet, Placement, WithdrawalKind
from channels.pulling import flushing, holdings, keys
from channels.pulling.counting import Fetch, Line
from channels.pulling.holdings import Held, Stage
from channels.pulling.models import Holding, Pull, PullDay, PullKey, TakenItem
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db

FEED = "/feeds/jinglan.rss"


@pytest.fixture
def office() -> Outlet:
    return outlet("jinglan", "feed")


@pytest.fixture
def key(office: Outlet) -> PullKey:
    return keys.make(office, name="网站", by="站长", now=NOW)[0]


def sign(
    office: Outlet, content_id: UUID | None = None, *, at: datetime = NOW, **changes: object
) -> Placement:
    item = edition(content_id or uuid4(), **changes)
    outbox.plan(item, targets(office), now=at)
    return Placement.objects.select_related("outlet", "desired").get(item=item.content_id, outlet=office)


def waits(placement: Placement) -> None:
    """The engine has offered it, and waits."""
    Placement.objects.filter(pk=placement.pk).update(pending="deliver", state="accepted", due_at=None)


def fetch(
    key: PullKey, *contents: tuple[UUID, int | None], minutes: float = 1, etag: str = "", **more: object
) -> Fetch:
    values: dict[str, object] = {
        "key_id": key.pk,
        "outlet_id": key.outlet_id,
        "document": FEED,
        "status": 200,
        "etag": etag or str(hash(contents)),
        "sequence": 7,
        "contents": contents,
        "at": NOW + timedelta(minutes=minutes),
    }
    return Fetch(**{**values, **more})  # type: ignore[arg-type]


def write(*fetches: Fetch, times: int = 1) -> None:
    flushing.write([Line(one, times) for one in fetches])


def told(placement: Placement) -> Taken | None:
    entries = CheckpointEntry.objects.filter(scope="shared", name=entry_name(placement.item_id))
    return Taken.read(entries.values_list("value", flat=True).first())


def held(office: Outlet) -> Held:
    [one] = holdings.of([office])
    return one


def test_a_fetch_leaves_its_traces_and_no_address_of_a_person(key: PullKey) -> None:
    write(fetch(key, status=304), times=3)
    holding = Holding.objects.get()
    assert (holding.document, holding.status, holding.sequence) == (FEED, 304, 7)
    assert (PullDay.objects.get().times, Pull.objects.get().times) == (3, 3)
    key.refresh_from_db()
    assert key.last_used_at == NOW + timedelta(minutes=1)
    assert not {f.name for model in (Holding, Pull, PullDay) for f in model._meta.fields} & {"ip", "address"}


def test_days_add_up_and_the_holding_keeps_its_first_time(key: PullKey) -> None:
    write(fetch(key, minutes=1, etag="a"))
    write(fetch(key, minutes=2, etag="b"), times=2)
    holding = Holding.objects.get()
    assert (holding.first_at, holding.last_at) == (NOW + timedelta(minutes=1), NOW + timedelta(minutes=2))
    assert PullDay.objects.get().times == 3


def test_a_batch_that_comes_late_takes_nothing_back(office: Outlet, key: PullKey) -> None:
    placement = sign(office)
    write(fetch(key, (placement.item_id, placement.desired_id), minutes=5))
    write(fetch(key, (placement.item_id, None), minutes=2))
    assert Holding.objects.get().last_at == NOW + timedelta(minutes=5)
    assert TakenItem.objects.get().edition_id == placement.desired_id


def test_a_placement_is_looked_at_once_its_edition_has_been_fetched(office: Outlet, key: PullKey) -> None:
    placement = sign(office)
    waits(placement)
    write(fetch(key, (placement.item_id, placement.desired_id)))
    placement.refresh_from_db()
    assert placement.due_at is not None
    assert placement.due_at <= timezone.now()
    assert told(placement) == Taken(1, (NOW + timedelta(minutes=1)).isoformat())


def test_a_document_without_the_item_proves_nothing_of_it(office: Outlet, key: PullKey) -> None:
    placement, other = sign(office), sign(office)
    waits(placement)
    write(fetch(key, (other.item_id, other.desired_id)))
    placement.refresh_from_db()
    assert placement.due_at is None
    assert told(placement) is None


def test_an_edition_that_is_overtaken_proves_nothing_of_the_newest(office: Outlet, key: PullKey) -> None:
    first = sign(office)
    corrected = sign(office, first.item_id, headline="停水通知（更正）")
    waits(corrected)
    write(fetch(key, (first.item_id, first.desired_id)))
    assert told(corrected) is None
    assert TakenItem.objects.get().edition_id == first.desired_id
    assert [one.number for one in held(office).overdue] == [2]


def test_another_outlets_key_proves_nothing(office: Outlet) -> None:
    placement = sign(office)
    stranger = keys.make(outlet("hedong", "feed"), name="网站", by="站长", now=NOW)[0]
    write(fetch(stranger, (placement.item_id, placement.desired_id)))
    assert told(placement) is None
    assert not TakenItem.objects.exists()


def test_a_withdrawal_is_fetched_with_the_tombstone(office: Outlet, key: PullKey) -> None:
    placement = sign(office)
    write(fetch(key, (placement.item_id, placement.desired_id)))
    outbox.recall(
        placement.item_id, kind=WithdrawalKind.GONE, reason="内容有误", now=NOW + timedelta(minutes=2)
    )
    [overdue] = held(office).overdue
    assert (overdue.is_withdrawal, overdue.held) == (True, 1)
    write(fetch(key, (placement.item_id, None), minutes=3))
    assert held(office).overdue == ()
    taken = told(placement)
    assert taken is not None
    assert taken.version == NOTHING


def test_a_withdrawal_of_what_was_never_taken_is_nobodys_debt(office: Outlet, key: PullKey) -> None:
    placement = sign(office)
    outbox.recall(placement.item_id, kind=WithdrawalKind.GONE, reason="内容有误", now=NOW)
    assert held(office).overdue == ()


def test_new_items_are_waited_for_from_the_first_fetch_on(office: Outlet, key: PullKey) -> None:
    sign(office, at=NOW)
    write(fetch(key, minutes=1))
    sign(office, at=NOW + timedelta(minutes=2))
    assert held(office).waiting == 1


def test_what_outlets_hold_costs_the_same_whatever_their_number(
    office: Outlet, key: PullKey, django_assert_num_queries: object
) -> None:
    others = [outlet(f"o-{number}", "feed") for number in range(5)]
    placement = sign(office)
    write(fetch(key, (placement.item_id, placement.desired_id)))
    for few in ([office], [office, *others]):
        with django_assert_num_queries(4):  # type: ignore[operator]
            holdings.of(few)


def test_the_worst_come_first(office: Outlet, key: PullKey) -> None:
    names = ("silent", "correct", "withdraw", "fresh")
    outlets = {name: outlet(name, "feed") for name in names}
    mine = {name: keys.make(outlets[name], name="网站", by="站长", now=NOW)[0] for name in names[1:]}
    for name in ("correct", "withdraw"):
        placement = sign(outlets[name])
        write(fetch(mine[name], (placement.item_id, placement.desired_id)))
        if name == "correct":
            sign(outlets[name], placement.item_id, at=NOW + timedelta(minutes=2), headline="更正")
        else:
            outbox.recall(
                placement.item_id, kind=WithdrawalKind.GONE, reason="误", now=NOW + timedelta(hours=2)
            )
    write(fetch(mine["fresh"]))
    sorted_ = holdings.worst_first(holdings.of(list(outlets.values())))
    assert [one.outlet.slug for one in sorted_] == ["withdraw", "correct", "fresh", "silent"]


def test_the_stage_of_a_placement_is_what_is_proven(office: Outlet, key: PullKey) -> None:
    offered, fetched, hosted = sign(office), sign(office), sign(outlet("menhu", "hosted"))
    write(fetch(key, (fetched.item_id, fetched.desired_id)))
    found = holdings.stages([offered, fetched, hosted], [office, hosted.outlet])
    assert found == {offered.pk: Stage.OFFERED, fetched.pk: Stage.FETCHED}
    office.options = {"proof": "page"}
    fetched.state = "settled"
    assert holdings.stages([fetched], [office]) == {fetched.pk: Stage.SEEN}


def test_the_log_is_forgotten_and_what_is_held_is_not(office: Outlet, key: PullKey) -> None:
    placement = sign(office)
    write(fetch(key, (placement.item_id, placement.desired_id)))
    assert flushing.prune(before=NOW + timedelta(days=2)) == 2
    assert (Pull.objects.count(), PullDay.objects.count()) == (0, 0)
    assert (Holding.objects.count(), TakenItem.objects.count()) == (1, 1)


def test_a_batch_costs_little_whatever_the_number_of_items(
    office: Outlet, key: PullKey, django_assert_max_num_queries: object
) -> None:
    rows = [sign(office) for _ in range(30)]
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        write(fetch(key, *((row.item_id, row.desired_id) for row in rows)))
    assert json.loads(CheckpointEntry.objects.first().value)["version"] == 1  # type: ignore[union-attr]
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        write(fetch(key, *((row.item_id, row.desired_id) for row in rows), minutes=2, status=304))
