"""Whether anything in the hub has changed since the last look, for a few microseconds.

SQLite: the index of its write-ahead log moves with every commit of any connection. PostgreSQL: a thread listens; while
it cannot, every look asks the database. A look never tells an older stamp than one before it.
"""

from __future__ import annotations

import logging
import mmap
import sqlite3
import threading
from typing import Any, Protocol

from django.db import connection

from channels import changes
from channels.changes import Stamp

logger = logging.getLogger(__name__)

RECONNECT_SECONDS = 1.0
LISTEN_SECONDS = 0.5
"""How soon the thread notices that it is to end; what is told comes at once."""


class Watch(Protocol):
    def stamp(self) -> Stamp:
        """How far the hub is now."""

    def close(self) -> None:
        """Give back what it holds of the database."""


def watch() -> Watch:
    """The watch for the configured database; it starts with its first look."""
    if connection.vendor == "postgresql":
        return PostgresWatch(dict(connection.get_connection_params()))
    return SqliteWatch(str(connection.settings_dict["NAME"]))


def current() -> Stamp:
    """How far the hub is, asked of the database on this thread's connection."""
    renew_connection()
    return changes.stamp()


def renew_connection() -> None:
    """Before Django there is no request whose start and end would close a connection that is broken or too old."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


class SqliteWatch:
    """Compares the header of the WAL index, which every commit rewrites and all processes share.

    `PRAGMA data_version` compares the same header (https://sqlite.org/walformat.html, 2.3.1), but lets go of the
    interpreter each time: beside the server's other threads that cost ten times the answer.
    """

    HEADER = slice(0, 48)

    def __init__(self, path: str) -> None:
        self._path = path
        self._opening = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._index: mmap.mmap | None = None
        self._known: tuple[bytes, Stamp] | None = None

    def stamp(self) -> Stamp:
        index = self._index or self._opened()
        # The header first: a commit between the two reads is seen by the next look.
        header = index[self.HEADER]
        known = self._known
        if known is not None and known[0] == header:
            return known[1]
        stamp = current()
        self._known = (header, stamp)
        return stamp

    def close(self) -> None:
        if self._index is not None and self._connection is not None:
            self._index.close()
            self._connection.close()
        self._index = self._connection = None

    def _opened(self) -> mmap.mmap:
        """The connection does nothing but keep the index in being: its file goes with the last connection."""
        with self._opening:
            if self._index is None:
                self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
                (mode,) = self._connection.execute("PRAGMA journal_mode=WAL").fetchone()
                self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                if mode != "wal":
                    raise RuntimeError(f"SQLite keeps no WAL here (journal mode {mode})")
                with open(f"{self._path}-shm", "rb") as file:
                    self._index = mmap.mmap(file.fileno(), 48, access=mmap.ACCESS_READ)
            return self._index


class PostgresWatch:
    """One thread a process listens; `_heard` counts what it heard."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        for unfit in ("cursor_factory", "context", "prepare_threshold"):
            parameters.pop(unfit, None)
        self._parameters = parameters
        self._heard = 0
        self._listening = False
        self._known: tuple[int, Stamp] | None = None
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    def stamp(self) -> Stamp:
        if self._thread is None:
            self._start()
        heard, listening = self._heard, self._listening
        known = self._known
        if listening and known is not None and known[0] == heard:
            return known[1]
        stamp = current()
        if listening:
            self._known = (heard, stamp)
        return stamp

    def close(self) -> None:
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="freshness", daemon=True)
                self._thread.start()

    def _listen(self) -> None:
        import psycopg  # only here: an embedded hub does without

        pause = threading.Event()
        while not self._ending.is_set():
            try:
                with psycopg.connect(**self._parameters, autocommit=True) as listener:  # type: ignore[arg-type]
                    listener.execute(f"LISTEN {changes.NOTICE}")
                    self._heard += 1
                    self._listening = True
                    while not self._ending.is_set():
                        for _ in listener.notifies(timeout=LISTEN_SECONDS):
                            self._heard += 1
            except psycopg.Error as error:
                logger.warning(
                    "freshness: the database does not tell of changes, asking it instead: %s", error
                )
            self._listening = False
            pause.wait(RECONNECT_SECONDS)
