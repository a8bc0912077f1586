"""Resident memory of the whole embedded hub (web, worker, beat) against a bare Wagtail process, each after some pages."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.ground import report

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("/admin/login/", "/nothing-here/", "/admin/login/")
ROUNDS = 3


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        env = {**os.environ, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "cms.settings.dev"}
        for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
            env.pop(name, None)
        bare = {name: value for name, value in env.items() if name != "DJANGO_SETTINGS_MODULE"}
        for arguments in (
            ["manage.py", "migrate", "-v0"],
            ["manage.py", "collectstatic", "--noinput", "-v0"],
        ):
            subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, check=True)
        subprocess.run([sys.executable, "-m", "benchmarks.bare", "migrate"], cwd=ROOT, env=bare, check=True)
        pairs = [
            (
                _resident(["manage.py", "hub", "--port", "8731"], env, 8731),
                _resident(["-m", "benchmarks.bare", "serve", "8732"], bare, 8732),
            )
            for _ in range(ROUNDS)
        ]
    hub, other = (statistics.median(values) for values in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    report("memory of the embedded hub / bare Wagtail", hub, other, ratio, 1.25, unit="MiB")


def _resident(arguments: list[str], env: dict[str, str], port: int) -> float:
    """MiB of one process after PAGES and a few rounds of its beat."""
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for page in PAGES:
            _fetch(f"http://127.0.0.1:{port}{page}")
        time.sleep(8)
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _fetch(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=20).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"nobody answers at {url}")


if __name__ == "__main__":
    main()
