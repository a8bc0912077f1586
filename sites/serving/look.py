"""Look: the moment for which a document is outlined, how far the hub is then, and what may be known from looks before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from channels.changes import Stamp

Value = TypeVar("Value")

NEVER = Stamp(sequence=-1, structure=-1)
RECHECK = timedelta(seconds=60)
"""After this time everything is read anew even if nothing seems to have changed: what no signal told is seen then."""
VALUES_MAX = 5_000


class Memory:
    """Values that hold as long as no site, column, unit or outlet changes. One a shelf; may be used by several threads."""

    def __init__(self) -> None:
        self._structure = NEVER.structure
        self._held: dict[Hashable, tuple[datetime, Any]] = {}
        self._guard = threading.Lock()

    def get(self, key: Hashable, structure: int, now: datetime, make: Callable[[], Value]) -> Value:
        """The value under `key` as of `structure`. None is never kept: names that nobody has are without end."""
        if structure == self._structure:
            held: tuple[datetime, Value] | None = self._held.get(key)
            if held is not None and now < held[0] + RECHECK:
                return held[1]
        value = make()
        with self._guard:
            if structure > self._structure or len(self._held) >= VALUES_MAX:
                self._held.clear()
                self._structure = max(structure, self._structure)
            if value is not None and structure == self._structure:
                self._held[key] = (now, value)
        return value

    def clear(self) -> None:
        with self._guard:
            self._held.clear()


@dataclass(frozen=True, slots=True)
class Look:
    """`stamp` is NEVER and `memory` None for a look that knows of no other: then all is read."""

    now: datetime
    stamp: Stamp = NEVER
    memory: Memory | None = None

    def settled(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What `make` reads of the hub's structure, read once a change of it."""
        if self.memory is None:
            return make()
        return self.memory.get(key, self.stamp.structure, self.now, make)
