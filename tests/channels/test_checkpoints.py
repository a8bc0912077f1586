"""The checkpoint in the database: sealed entries change by compare-and-swap, counts stop at the limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from channels.checkpoints import DatabaseCheckpoint, forget_sealed, learn_quota
from channels.models import CallCount, CheckpointEntry
from tests.channels.builders import outlet

pytestmark = pytest.mark.django_db
T = TypeVar("T")
DAY, NEXT_DAY = "2026-11-26", "2026-11-27"


async def at_once(work: Callable[[], T]) -> T:
    return work()


@pytest.fixture
def memory() -> DatabaseCheckpoint:
    return DatabaseCheckpoint(outlet().pk, "scope", lambda work: at_once(work))


def run(work: Awaitable[T]) -> T:
    """Everything here answers at once: no event loop is needed, and the database stays in this thread."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")


def test_a_sealed_entry_is_unreadable_in_the_database(memory: DatabaseCheckpoint) -> None:
    assert run(memory.swap("token", "geheim", before=None))
    assert run(memory.sealed("token")) == "geheim"
    assert "geheim" not in CheckpointEntry.objects.get().value


def test_only_who_knows_the_entry_may_change_it(memory: DatabaseCheckpoint) -> None:
    assert run(memory.swap("token", "one", before=None))
    assert not run(memory.swap("token", "two", before=None))
    assert not run(memory.swap("token", "two", before="zero"))
    assert run(memory.swap("token", "two", before="one"))
    assert run(memory.sealed("token")) == "two"


def test_an_entry_that_no_key_opens_counts_for_none(memory: DatabaseCheckpoint, settings) -> None:
    run(memory.swap("token", "one", before=None))
    settings.OUTLET_KEYS = ["another key"]
    assert run(memory.sealed("token")) is None
    assert run(memory.swap("token", "two", before=None))
    assert run(memory.sealed("token")) == "two"


def test_sealed_entries_can_be_forgotten(memory: DatabaseCheckpoint) -> None:
    run(memory.swap("token", "one", before=None))
    run(memory.put("picture", "url", shared=True))
    forget_sealed(CheckpointEntry.objects.first().outlet_id)
    assert run(memory.sealed("token")) is None
    assert run(memory.get("picture", shared=True)) == "url"


def test_calls_are_counted_up_to_the_limit(memory: DatabaseCheckpoint) -> None:
    assert [run(memory.spend("submit", day=DAY, limit=2)) for _ in range(3)] == [True, True, False]
    assert run(memory.left("submit", day=DAY, limit=5)) == 3
    assert run(memory.spend("submit", day=NEXT_DAY, limit=2))


def test_a_call_that_never_left_is_given_back(memory: DatabaseCheckpoint) -> None:
    assert run(memory.spend("delete", day=DAY, limit=1))
    run(memory.give_back("delete", day=DAY))
    run(memory.give_back("delete", day=DAY))
    assert run(memory.left("delete", day=DAY, limit=1)) == 1
    assert run(memory.spend("delete", day=DAY, limit=1))


def test_what_is_kept_for_others_is_not_spent(memory: DatabaseCheckpoint) -> None:
    assert [run(memory.spend("get", day=DAY, limit=3, keep=2)) for _ in range(2)] == [True, False]
    assert run(memory.spend("get", day=DAY, limit=3))


def test_a_limit_that_the_outlet_stated_goes_first_and_holds_on_the_next_day(
    memory: DatabaseCheckpoint,
) -> None:
    run(memory.spend("get", day=DAY, limit=1))
    CallCount.objects.update(limit=3)
    assert [run(memory.spend("get", day=DAY, limit=1)) for _ in range(3)] == [True, True, False]
    assert [run(memory.spend("get", day=NEXT_DAY, limit=1)) for _ in range(2)] == [True, True]


def test_a_day_that_the_outlet_calls_spent_is_spent(memory: DatabaseCheckpoint) -> None:
    run(memory.exhaust("get", day=DAY, limit=100))
    assert not run(memory.spend("get", day=DAY, limit=100))
    assert run(memory.spend("get", day=NEXT_DAY, limit=100))


def test_what_is_left_follows_the_stated_limit(memory: DatabaseCheckpoint) -> None:
    assert run(memory.left("get", day=DAY, limit=3)) == 3
    run(memory.spend("get", day=DAY, limit=3))
    assert run(memory.left("get", day=DAY, limit=3)) == 2
    learn_quota(CallCount.objects.get().outlet_id, "get", day=DAY, limit=2, used=5)
    assert run(memory.left("get", day=DAY, limit=3)) == 0
    assert run(memory.left("get", day=NEXT_DAY, limit=3)) == 2
    assert not run(memory.spend("get", day=DAY, limit=3))


def test_a_plain_entry_belongs_to_its_scope(memory: DatabaseCheckpoint) -> None:
    run(memory.put("step", "one"))
    other = DatabaseCheckpoint(CheckpointEntry.objects.get().outlet_id, "other", lambda work: at_once(work))
    assert run(other.get("step")) is None
