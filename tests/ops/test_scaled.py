"""The same code with a broker: a worker of its own hears what another process sends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from cms import heartbeat
from cms.celery import app
from tests.ops.processes import PATIENCE, ROOT, eventually


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`celery worker` on the queue of the schedule, as docs/operating.md starts it."""
    if "redis" not in settings.CACHES["default"]["BACKEND"].lower():
        pytest.skip("needs a cache that processes share: set CACHE_URL")
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.test", "VAR_DIR": str(tmp_path)}
    command = [
        "-m",
        "celery",
        "-A",
        "cms.celery",
        "worker",
        "-Q",
        "upkeep",
        "--concurrency",
        "1",
        "-l",
        "WARNING",
    ]
    process = subprocess.Popen([sys.executable, "-W", "ignore", *command], cwd=ROOT, env=env)
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)


@pytest.mark.broker
def test_a_worker_of_its_own_hears_the_heartbeat(worker: subprocess.Popen[bytes]) -> None:
    cache.delete(heartbeat.KEY)

    app.send_task("cms.heartbeat.beat", expires=PATIENCE)

    eventually(lambda: heartbeat.age(time.time()) is not None, "the worker has heard it")
    assert worker.poll() is None


def test_beat_sends_each_task_to_a_queue_that_a_worker_takes() -> None:
    app.loader.import_default_modules()
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}

    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        route = app.amqp.router.route({}, str(entry["task"]))
        assert route["queue"].name in queues
        assert entry["task"] in app.tasks
