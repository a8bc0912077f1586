"""The documents that a process has in memory, bounded by bytes: what has not been read since it was put goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    was_read: bool
    """Set by whoever answers with it: such a document is passed over once when room is made."""

    @property
    def size(self) -> int:
        """Bytes that it costs."""


Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept", bound=Sized)


class Bounded(Generic[Key, Kept]):
    """Reading takes no lock. Addresses that nobody asks for twice cannot push out what everybody reads."""

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self._held: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()
        self._making: dict[Key, threading.Lock] = {}

    def __contains__(self, key: Key) -> bool:
        return key in self._held

    def __len__(self) -> int:
        return len(self._held)

    @property
    def bytes(self) -> int:
        return self._bytes

    def get(self, key: Key) -> Kept | None:
        return self._held.get(key)

    def put(self, key: Key, document: Kept) -> None:
        with self._guard:
            self._take(key)
            self._held[key] = document
            self._bytes += document.size
            while self._bytes > self.bytes_max and len(self._held) > 1:
                oldest, found = next(iter(self._held.items()))
                if found.was_read:
                    found.was_read = False
                    self._held.move_to_end(oldest)
                else:
                    self._take(oldest)

    def grow(self, key: Key, document: Kept, more: int) -> None:
        """A document has become larger by so many bytes; it counts if it is held still."""
        with self._guard:
            self._bytes += more if self._held.get(key) is document else 0

    def drop(self, key: Key) -> None:
        with self._guard:
            self._take(key)

    def forget(self) -> None:
        """Empty the memory."""
        with self._guard:
            self._held.clear()
            self._bytes = 0

    @contextmanager
    def making(self, key: Key) -> Iterator[None]:
        """One thread at a time makes the document of a key; whoever waited looks whether it is there now."""
        with self._guard:
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            try:
                yield
            finally:
                with self._guard:
                    self._making.pop(key, None)

    def _take(self, key: Key) -> None:
        gone = self._held.pop(key, None)
        self._bytes -= gone.size if gone is not None else 0
