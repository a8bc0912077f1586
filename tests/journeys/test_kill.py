"""A worker killed at random points over more than 200 deliveries: everything settles, and no outlet has two copies."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings

from channels.sandbox.config import SandboxConfig
from channels.sandbox.running import running_sandbox
from tests.journeys.killing import ACCOUNTS, ARTICLES, CALLBACK, RECEIVERS
from tests.ops.processes import ROOT, environment
from tests.ports import free_port

ITEMS = 50
KILLS = 14


def take_callbacks(sandbox, appids, port):
    """The platform's call-backs go to the worker that lives at `port`."""
    for appid in appids:
        sandbox.set_callback(
            appid,
            url=f"http://127.0.0.1:{port}/wechat/{appid}/",
            token=CALLBACK["callback_token"],
            aes_key=CALLBACK["callback_key"],
            mode="safe",
        )


def kill_and_count(tmp_path, **more):
    """What the killing left: the script's own account, and the copies that readers of the sandbox see."""
    config = SandboxConfig(publish_seconds=0.2, quota_factor=None)
    port = free_port()
    with running_sandbox(config) as sandbox:
        take_callbacks(sandbox, ACCOUNTS, port)
        env = environment(tmp_path, DELIVERY_LEASE_SECONDS="6", **more)
        command = [
            sys.executable,
            "-m",
            "tests.journeys.killing",
            "posts",
            sandbox.url,
            str(ITEMS),
            str(KILLS),
            "7",
            str(port),
        ]
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=580, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1]), Counter((c.outlet, c.item) for c in sandbox.copies())


def check(report, copies):
    assert report["open"] == []
    assert report["placements"] == ITEMS * RECEIVERS + ARTICLES * len(ACCOUNTS)
    assert report["kills"] >= 5
    assert report["interrupted"] > 0, "no kill struck a call: the test proves nothing"
    assert len(copies) == report["placements"]
    assert set(copies.values()) == {1}


def test_killed_in_the_embedded_default(tmp_path, fresh_database):
    fresh_database(tmp_path)
    check(*kill_and_count(tmp_path))


@pytest.mark.postgres
@pytest.mark.broker
def test_killed_on_postgresql_with_a_broker(tmp_path, scratch_database):
    check(*kill_and_count(tmp_path, DATABASE_URL=scratch_database, BROKER_URL=settings.CELERY_BROKER_URL))
