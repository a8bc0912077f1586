"""Celery's worker and beat as threads of the web process.

The broker is Celery's in-memory transport: a wake-up that dies with the process is no loss, because the placement
table is the queue and beat wakes the engine every few seconds anyway.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

from celery import Celery, signals
from celery.beat import Service
from celery.platforms import SecurityWarning
from celery.worker import state

# One for the dispatcher, which runs as long as an outlet hangs, one for the distributor of feeds, which runs as long as
# a subscriber hangs, one for the nightly checks, and enough that a wake-up beside them, the sweep and the schedule never
# wait for them.
CONCURRENCY = 6


class EmbeddedWorkers:
    """The worker and beat threads; daemons, so that a hanging outlet cannot keep the process alive."""

    def __init__(self, app: Celery) -> None:
        # Celery warns root because of pickle; messages here are JSON and never leave the process.
        warnings.filterwarnings("ignore", category=SecurityWarning)
        self._app = app
        self._worker = app.Worker(
            pool="threads",
            concurrency=CONCURRENCY,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            redirect_stdouts=False,
            loglevel="WARNING",
            quiet=True,
        )
        # The plain scheduler keeps its schedule in memory; the default one writes a file.
        self._beat = Service(app, max_interval=1, scheduler_cls="celery.beat:Scheduler", remote_control=False)
        self._threads = (
            threading.Thread(target=self._worker.start, name="worker", daemon=True),
            threading.Thread(target=self._beat.start, name="beat", daemon=True),
        )

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, *, timeout: float) -> None:
        """Ask both to end and wait up to `timeout` seconds for each; what is cut off shows as outcome unknown."""
        self._beat.stop()
        state.should_stop = 0
        # The consumer looks at the flag between two messages, and waits seconds for one: send it one.
        self._app.send_task("cms.heartbeat.beat")
        for thread in self._threads:
            thread.join(timeout)


@signals.setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Having a receiver stops Celery from replacing the logging that the settings describe."""
