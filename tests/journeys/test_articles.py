"""Five hundred articles while the worker is killed at random and every tenth answer is lost after its effect."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from channels.sandbox.config import SandboxConfig
from channels.sandbox.running import running_sandbox
from tests.journeys.killing import MANY_ACCOUNTS
from tests.journeys.test_kill import take_callbacks
from tests.ops.processes import ROOT, environment
from tests.ports import free_port

pytestmark = pytest.mark.soak
ITEMS = 500
KILLS = 25
LOST = 0.1
CALLS_UNDER_WAY = 2 * len(MANY_ACCOUNTS)
"""What one kill may interrupt: an account takes two calls at a time."""


def test_every_article_is_out_once(tmp_path, fresh_database):
    """With the platform's real quotas: a call over the budget would be a violation."""
    fresh_database(tmp_path)
    port = free_port()
    with running_sandbox(SandboxConfig(publish_seconds=0.2)) as sandbox:
        take_callbacks(sandbox, MANY_ACCOUNTS, port)
        sandbox.fault("/cgi-bin/(?!media|material)", "drop_after_commit", times=0, share=LOST, seed=3)
        env = environment(tmp_path, DELIVERY_LEASE_SECONDS="6")
        script = [sys.executable, "-m", "tests.journeys.killing", "articles"]
        done = subprocess.run(
            [*script, sandbox.url, str(ITEMS), str(KILLS), "7", str(port)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=580,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        report = json.loads(done.stdout.splitlines()[-1])
        copies = Counter((copy.outlet, copy.item) for copy in sandbox.copies())
        drafts = sum(sandbox.count(f"draft:{appid}") for appid in MANY_ACCOUNTS)
        uploaded_again = sum(sandbox.duplicate_uploads(appid) for appid in MANY_ACCOUNTS)
        violations = sandbox.violations()
    assert report["open"] == []
    assert report["kills"] >= 10
    assert report["interrupted"] > 0, "no kill struck a call: the test proves nothing"
    assert len(copies) == ITEMS
    assert set(copies.values()) == {1}
    assert drafts == 0
    assert violations == []
    # A kill in the middle of an upload is the one way to need it again: nobody was told its address.
    assert uploaded_again <= report["kills"] * CALLS_UNDER_WAY
