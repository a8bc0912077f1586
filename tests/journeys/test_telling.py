"""A distributor killed in the middle of its rounds: every subscriber ends with the last version, none goes back."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.ops.processes import ROOT, environment
from tests.sites.subscribers import Subscriber

SUBSCRIBERS = 60
KILLS = 5


class Slow(Subscriber):
    """Takes its time, so that kills strike calls under way."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        answer = await super().handle(request)
        await asyncio.sleep(0.1)
        return answer


def kill_and_count(folder: Path, **more: str) -> None:
    with Slow() as site:
        command = [
            sys.executable, "-m", "tests.journeys.telling", site.url, str(SUBSCRIBERS), str(KILLS), "7",
        ]  # fmt: skip
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(folder, **more),
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        check(json.loads(done.stdout.splitlines()[-1]), versions(site))


def versions(site: Subscriber) -> dict[str, list[int]]:
    """By callback: the versions that it was sent, in their order."""
    found = defaultdict(list)
    for push in site.pushes:
        found[push.path] += [
            max(int(number) for number in re.findall(r"停水通知第(\d+)版", push.body.decode()))
        ]
    return found


def check(report: dict[str, Any], sent: dict[str, list[int]]) -> None:
    assert report["behind"] == 0
    assert report["interrupted"] > 0, "no kill struck a call: the test proves nothing"
    assert len(sent) == SUBSCRIBERS
    for callback, numbers in sent.items():
        assert numbers == sorted(numbers), f"{callback} was sent an old version after a new one"
        assert numbers[-1] == KILLS + 1, f"{callback} does not have the last version"


def test_killed_in_the_embedded_default(tmp_path: Path, fresh_database: Any) -> None:
    fresh_database(tmp_path)
    kill_and_count(tmp_path)


@pytest.mark.postgres
def test_killed_on_postgresql(tmp_path: Path, scratch_database: str) -> None:
    kill_and_count(tmp_path, DATABASE_URL=scratch_database)
