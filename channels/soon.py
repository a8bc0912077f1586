"""Soon: a thread that writes what readers have left in memory, so that no reader waits for a write."""

from __future__ import annotations

import atexit
import threading
from typing import Protocol

SECONDS = 3.0
"""How long something waits at most, and how much of it a process that is killed loses."""


class Waiting(Protocol):
    """What lies in memory. Any thread may add to it; one at a time flushes."""

    def is_empty(self) -> bool: ...

    def flush(self) -> int:
        """Write what is there; 0 when there is nothing, or when it has to be tried again."""


class Soon:
    """Flushes by itself once `begin` was called: in the process that answers, after a server has forked."""

    def __init__(self, waiting: Waiting, *, name: str) -> None:
        self._waiting = waiting
        self._name = name
        self._is_automatic = False
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._wanted = threading.Event()
        self._ending = threading.Event()

    def begin(self) -> None:
        """The thread itself starts with the first thing to write."""
        self._is_automatic = True

    def wake(self) -> None:
        """Something waits. Microseconds; nothing where nobody has begun."""
        if not self._is_automatic:
            return
        if self._thread is None:
            self._start()
        self._wanted.set()

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._ending.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(SECONDS * 2)
        self._waiting.flush()

    def _start(self) -> None:
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def _run(self) -> None:
        from django.db import connection

        while not self._ending.is_set():
            self._wanted.wait()
            self._wanted.clear()
            self._ending.wait(SECONDS)
            while not self._ending.is_set() and not self._waiting.is_empty() and not self._waiting.flush():
                self._ending.wait(SECONDS)
            connection.close()
