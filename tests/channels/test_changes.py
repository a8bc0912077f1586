"""The log of changes: one order, no gaps, nothing twice, whoever signs beside whom."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest
from django.db import connection, transaction

from channels import changes, outbox
from channels.models import Change, Outlet, WithdrawalKind
from tests.channels.builders import edition

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def target(slug: str = "school") -> outbox.Target:
    outlet, _ = Outlet.objects.get_or_create(slug=slug, defaults={"name": slug, "channel": "feed"})
    return outbox.Target(outlet_id=outlet.pk, reason="测试")


def log() -> list[tuple[int | None, int | None]]:
    """(sequence, number of the edition or None) in the log's order."""
    changes.number()
    return list(Change.objects.order_by("sequence").values_list("sequence", "edition__number"))


@pytest.mark.django_db
def test_what_happens_to_an_item_is_logged_in_its_order() -> None:
    item = edition()
    outbox.plan(item, [target()], now=NOW)
    outbox.plan(replace(item, headline="更正后的标题"), [target()], now=NOW)
    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="有误", now=NOW)
    assert log() == [(1, 1), (2, 2), (3, None)]


@pytest.mark.django_db
def test_what_changes_nothing_is_not_logged() -> None:
    item = edition()
    outbox.plan(item, [target()], now=NOW)
    outbox.plan(item, [target()], now=NOW)
    outbox.recall(item.content_id, kind=WithdrawalKind.GONE, reason="有误", now=NOW)
    outbox.recall(item.content_id, kind=WithdrawalKind.NOTICE, reason="另一原因", now=NOW)
    assert log() == [(1, 1), (2, None)]


@pytest.mark.django_db
def test_an_outlet_that_joins_leaves_or_refuses_is_a_change_of_the_item() -> None:
    item = edition()
    outbox.plan(item, [target()], now=NOW)
    outbox.add(item.content_id, target("office"), now=NOW)
    outbox.plan(item, [target("office")], now=NOW)
    outbox.add(item.content_id, target(), now=NOW)
    placement = Outlet.objects.get(slug="school").placements.get()
    outbox.refuse(placement, reason="与本校无关", by="校办", now=NOW)
    outbox.clear(Outlet.objects.get(slug="office"), reason="停用", now=NOW)
    assert [number for _, number in log()] == [1] * 6


@pytest.mark.django_db
def test_a_change_that_falls_with_its_transaction_leaves_no_gap() -> None:
    def signed_in_vain() -> None:
        with transaction.atomic():
            outbox.plan(edition(), [target()], now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        signed_in_vain()
    outbox.plan(edition(), [target()], now=NOW)
    assert log() == [(1, 1)]


@pytest.mark.django_db(transaction=True)
def test_changes_are_numbered_at_commit() -> None:
    outbox.plan(edition(), [target()], now=NOW)
    assert list(Change.objects.values_list("sequence", flat=True)) == [1]


@pytest.mark.django_db
def test_whoever_reads_numbers_what_a_killed_process_left() -> None:
    outbox.plan(edition(), [target()], now=NOW)
    assert Change.objects.filter(sequence=None).exists(), "the commit hook does not run inside a test"
    assert changes.stamp().sequence == 1
    assert log() == [(1, 1)]


@pytest.mark.django_db
def test_a_change_of_sites_moves_the_stamp_and_not_the_log() -> None:
    before = changes.stamp()
    changes.touch()
    after = changes.stamp()
    assert (after.sequence, after.structure) == (before.sequence, before.structure + 1)


@pytest.mark.django_db(transaction=True)
def test_signing_side_by_side_gives_every_number_once() -> None:
    """All in one second and with ids that want one place in the index of searches: nobody is refused for it."""
    place = target()
    start = threading.Barrier(6)
    ids = count(1)

    def sign() -> None:
        try:
            start.wait()
            for _ in range(5):
                outbox.plan(edition(UUID(int=next(ids) << 96)), [place], now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sequence for sequence, _ in log()] == list(range(1, 31))


@pytest.mark.django_db
def test_an_outlet_that_is_retired_is_a_change_of_each_of_its_items() -> None:
    for _ in range(2):
        outbox.plan(edition(), [target()], now=NOW)
    elsewhere = edition()
    outbox.plan(elsewhere, [target("office")], now=NOW)
    before = changes.stamp()
    outlet = Outlet.objects.get(slug="school")
    outbox.retire(outlet, now=NOW)
    after = changes.stamp()
    assert (after.sequence, after.structure) == (before.sequence + 2, before.structure + 1)
    assert not Change.objects.filter(sequence__gt=before.sequence, item=elsewhere.content_id).exists()
    outlet.refresh_from_db()
    assert outlet.retired_at == NOW


@pytest.mark.django_db
def test_after_a_restart_the_log_differs_from_what_it_was_and_keeps_its_numbers() -> None:
    outbox.plan(edition(), [target()], now=NOW)
    before = changes.extent()
    changes.restart(now=NOW)
    after = changes.extent()
    assert (after.last, after.restarted) == (before.last, int(NOW.timestamp()))
    assert before.restarted == 0
