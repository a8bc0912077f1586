"""What the hub's structure says is read once a change of it."""

from __future__ import annotations

from datetime import UTC, datetime

from channels.changes import Stamp
from sites.serving.look import RECHECK, VALUES_MAX, Look, Memory

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def look(memory: Memory, structure: int, at: datetime = NOW) -> Look:
    return Look(at, Stamp(sequence=1, structure=structure), memory)


def test_a_value_is_made_once_and_anew_after_a_change() -> None:
    memory, made = Memory(), []
    for structure in (1, 1, 2, 2):
        look(memory, structure).settled("name", lambda: made.append(len(made)) or len(made))

    assert len(made) == 2
    assert look(memory, 2).settled("name", lambda: -1) == 2


def test_who_looks_at_an_older_structure_neither_gets_nor_spoils_the_newer_value() -> None:
    memory = Memory()
    look(memory, 2).settled("name", lambda: "新")

    assert look(memory, 1).settled("name", lambda: "旧") == "旧"
    assert look(memory, 2).settled("name", lambda: "又一次") == "新"


def test_what_no_signal_told_is_seen_after_a_while() -> None:
    memory = Memory()
    look(memory, 1).settled("name", lambda: "原名")

    assert look(memory, 1, NOW + RECHECK).settled("name", lambda: "改名") == "改名"


def test_nothing_is_not_kept_and_names_without_end_do_not_fill_the_memory() -> None:
    memory = Memory()
    look(memory, 1).settled("nobody", lambda: None)
    assert look(memory, 1).settled("nobody", lambda: "现在有了") == "现在有了"

    for n in range(VALUES_MAX + 10):
        look(memory, 1).settled(n, lambda: "值")
    assert len(memory._held) <= VALUES_MAX
