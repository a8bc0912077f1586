"""Writing down what has been rendered, for other processes and the next start. Derived data: none of it has to arrive.

Beside Django's tests and commands a thread does it: whoever reads does not wait for a commit or for a locked database.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Sequence
from typing import Protocol

from django.db import DatabaseError, connection, transaction

from sites.models import StoredDocument, StoredFragment

logger = logging.getLogger(__name__)

Row = StoredDocument | StoredFragment
WAITING_MAX = 2_000
"""Rows that wait for the thread; what is beyond is rendered once more elsewhere."""


class Keeper(Protocol):
    def keep(self, rows: Sequence[Row]) -> None:
        """Write the rows down, now or soon."""


class AtOnce:
    """In the caller's own thread and transaction."""

    def keep(self, rows: Sequence[Row]) -> None:
        try:
            _write(rows)
        except DatabaseError as error:
            logger.info("%d rendered rows not kept: %s", len(rows), error)


class Behind:
    """In a thread of its own, whatever waits in one transaction."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Row] = queue.Queue(maxsize=WAITING_MAX)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def keep(self, rows: Sequence[Row]) -> None:
        with contextlib.suppress(queue.Full):
            for row in rows:
                self._waiting.put_nowait(row)
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            rows = [self._waiting.get()]
            with contextlib.suppress(queue.Empty):
                while True:
                    rows.append(self._waiting.get_nowait())
            AtOnce().keep(rows)
            connection.close_if_unusable_or_obsolete()


keeper: Keeper = AtOnce()
"""This process's; `keep_behind` changes it."""


def keep(rows: Sequence[Row]) -> None:
    keeper.keep(rows)


def keep_behind() -> None:
    """From now on in a thread: for a process that answers readers."""
    global keeper
    keeper = Behind()


def _write(rows: Sequence[Row]) -> None:
    documents = {row.path: row for row in rows if isinstance(row, StoredDocument)}
    fragments = {row.key: row for row in rows if isinstance(row, StoredFragment)}
    with transaction.atomic():
        if fragments:
            StoredFragment.objects.bulk_create(fragments.values(), ignore_conflicts=True, batch_size=100)
        if documents:
            StoredDocument.objects.bulk_create(
                documents.values(),
                update_conflicts=True,
                unique_fields=["path"],
                update_fields=["etag", "body", "made_at"],
                batch_size=20,
            )
