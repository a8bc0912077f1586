"""Fetches by key in a real hub: in the database within seconds, so that a kill loses seconds and no more."""

from __future__ import annotations

import signal
import sqlite3
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ops.processes import HubProcess, environment, eventually, manage
from tests.ports import free_port

MAKE = """
from django.utils import timezone
from channels.models import Outlet
from channels.pulling import keys
outlet = Outlet.objects.create(slug="office", name="街道网站", channel="feed")
keys.make(outlet, name="测试", by="测试", now=timezone.now(), text="ts_office_test")
"""


@pytest.fixture
def hub(tmp_path: Path, fresh_database: Callable[[Path], None]) -> HubProcess:
    fresh_database(tmp_path)
    port = free_port()
    env = environment(tmp_path, PUBLIC_URL=f"http://127.0.0.1:{port}")
    for arguments in (["migrate", "--verbosity", "0"], ["shell", "--no-imports", "-c", MAKE]):
        done = manage(*arguments, env=env)
        assert done.returncode == 0, done.stderr
    return HubProcess.start(env, port, "--web-only")


def counted(folder: Path) -> int:
    with sqlite3.connect(folder / "hub.sqlite3", timeout=20) as connection:
        return int(connection.execute("SELECT coalesce(sum(times), 0) FROM pulling_pull").fetchone()[0])


def fetch(hub: HubProcess) -> None:
    with urllib.request.urlopen(f"{hub.url}/feeds/office.atom?key=ts_office_test", timeout=30) as answer:
        assert answer.status == 200


def test_fetches_are_written_within_seconds_and_an_orderly_end_loses_none(
    hub: HubProcess, tmp_path: Path
) -> None:
    try:
        hub.wait_until_ready()
        fetch(hub)
        fetch(hub)
        eventually(lambda: counted(tmp_path) == 2, "the fetches are written")
        fetch(hub)
        hub.stop(signal.SIGTERM)
        assert counted(tmp_path) == 3, "an end writes what is left"
    finally:
        hub.stop(signal.SIGKILL)
