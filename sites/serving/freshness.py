"""Whether anything in the hub has changed since the last look, for a few microseconds.

SQLite: `PRAGMA data_version` on a connection of one's own moves with every commit of any other connection. PostgreSQL: a
thread listens; while it cannot, every look asks the database. A look never tells an older stamp than one before it.
"""

from __future__ import annotations

import logging
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
    """One small connection a thread: the version that it tells is relative to itself."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._mine = threading.local()

    def stamp(self) -> Stamp:
        mine = self._mine
        if not hasattr(mine, "connection"):
            mine.connection = sqlite3.connect(self._path, isolation_level=None, timeout=20)
            mine.version = None
        # The version first: a commit between the two reads is seen by the next look.
        (version,) = mine.connection.execute("PRAGMA data_version").fetchone()
        if version != mine.version:
            mine.stamp = current()
            mine.version = version
        stamp: Stamp = mine.stamp
        return stamp

    def close(self) -> None:
        """This thread's connection."""
        if hasattr(self._mine, "connection"):
            self._mine.connection.close()
            del self._mine.connection


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
