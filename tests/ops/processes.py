"""Real processes for tests: a hub with a folder of its own, addresses that are free, waiting with an end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0
"""Seconds for anything to happen on a slow and busy machine."""


def eventually(condition: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
    """Wait until `condition` holds; fails with `what` otherwise."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        time.sleep(0.1)


def status(url: str) -> int:
    """HTTP status of a GET; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a newcomer: nothing configured but the folder."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "DEBUG"}
    }
    return {**inherited, "VAR_DIR": str(folder), **more}


def manage(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@dataclass
class HubProcess:
    """`manage.py hub` as its own process. `log` is what it wrote."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, env: Mapping[str, str], port: int, *arguments: str) -> HubProcess:
        log = Path(env["VAR_DIR"]) / "hub.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "hub", "--port", str(port), *arguments],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return cls(url=f"http://127.0.0.1:{port}", log=log, process=process)

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return status(f"{self.url}/readyz") == 200

        eventually(ready, "the hub answers")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
