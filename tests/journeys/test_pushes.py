"""Pushes while workers are killed and answers are lost, and one token for all workers of an account."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import connections

from channels.adapters.wechat_mp.api import tokens
from channels.adapters.wechat_mp.api.line import Account, Line
from channels.sandbox.config import DEMO_SECRET, SandboxConfig
from channels.sandbox.running import running_sandbox
from channels.wechat.accounts import memory_of
from tests.channels.wechat_account import new_account
from tests.journeys.pushing import appid
from tests.journeys.test_kill import take_callbacks
from tests.ops.processes import ROOT, environment
from tests.ports import free_port

PUSHES = 16
KILLS = 24
LOST = 0.1
WORKERS = 10


@pytest.mark.soak
def test_every_push_goes_out_once_or_stops_with_its_evidence(tmp_path):
    port = free_port()
    appids = [appid(number) for number in range(PUSHES)]
    with running_sandbox(SandboxConfig(publish_seconds=0.2)) as sandbox:
        take_callbacks(sandbox, appids, port)
        sandbox.fault("/cgi-bin/", "drop_after_commit", times=0, share=LOST, seed=5)
        script = [sys.executable, "-m", "tests.journeys.pushing", sandbox.url]
        done = subprocess.run(
            [*script, str(PUSHES), str(KILLS), "11", str(port)],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        report = json.loads(done.stdout.splitlines()[-1])
        sent = {one: len(sandbox.documents(f"mass:{one}")) for one in appids}
        violations = sandbox.violations()
    states = Counter(push["state"] for push in report["pushes"])
    assert report["kills"] >= 10
    assert max(sent.values()) == 1, "a push went out twice"
    assert {push["attempts"] for push in report["pushes"]} <= {0, 1}
    assert set(states) <= {"sent", "unknown", "failed"}, states
    assert states["sent"] >= PUSHES // 2, states
    for push in report["pushes"]:
        if push["state"] == "sent":
            assert sent[push["appid"]] == 1
        if push["state"] == "failed":
            assert sent[push["appid"]] == 0, "said to be certain that nothing went out"
        if push["state"] == "unknown":
            assert push["evidence"], "a person has nothing to judge by"
            assert push["outcome"]
    assert violations == []


@pytest.mark.django_db(transaction=True)
def test_ten_workers_of_an_account_share_one_token(monkeypatch):
    """Each with a client, threads and a database connection of its own, as ten processes have."""
    monkeypatch.setattr(tokens, "PATIENCE", 60.0)
    with running_sandbox(SandboxConfig()) as sandbox:
        outlet = new_account(sandbox)
        own_appid = outlet.options["appid"]
        barrier = threading.Barrier(WORKERS)

        async def look():
            line = Line(Account(sandbox.url, own_appid, DEMO_SECRET), memory_of(outlet))
            await line.call("draft/count", get=True)

        def work(_):
            barrier.wait(timeout=20)
            try:
                async_to_sync(look)()
            finally:
                connections.close_all()

        for expected in (1, 2):
            with ThreadPoolExecutor(WORKERS) as pool:
                assert len(list(pool.map(work, range(WORKERS)))) == WORKERS
            assert sandbox.calls("stable_token") == expected
            sandbox.revoke_tokens()
        assert sandbox.violations() == []
