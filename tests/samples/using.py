"""How a user takes a sample: copies its files, fills in what is his own, and runs them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from bs4 import BeautifulSoup

from tests.ports import free_port

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
PATIENCE = 20.0
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def install(sample: str, folder: Path, changes: Mapping[str, str]) -> Path:
    """A copy in `folder` of the file `sample`, with every text of `changes` exchanged; each has to be there."""
    source = SAMPLES / sample
    text = source.read_text()
    for written, own in changes.items():
        assert written in text, f"{sample} has no {written}"
        text = text.replace(written, own)
    copy = folder / source.name
    copy.write_text(text)
    return copy


def run(*command: str | Path) -> str:
    """What it prints. Its exit code is its own affair: what it leaves behind is what counts."""
    environment = {**os.environ, "no_proxy": "127.0.0.1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert not done.stderr, done.stderr
    return done.stdout


def fetch(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Status and text of any answer."""
    try:
        with DIRECT.open(urllib.request.Request(url, body, dict(headers or {})), timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def titles(page: str) -> list[str]:
    """What the links of a list say."""
    return [link.get_text() for link in BeautifulSoup(page, "html.parser").select("li a")]


class PhpSite:
    """A folder as a web site of PHP's own server; any message of PHP's is an error."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / "php.log"
        strict = ["-d", "error_reporting=-1", "-d", "display_errors=1", "-d", "html_errors=0"]
        with self._log.open("wb") as log:
            command = ["php", "-n", *strict, "-S", f"127.0.0.1:{port}", "-t", str(folder)]
            self._server = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait(port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.terminate()
        self._server.wait()

    def get(self, path: str) -> tuple[int, str]:
        status, text = fetch(f"{self.url}/{path}")
        for word in ("Warning: ", "Notice: ", "Deprecated: ", "Fatal error: "):
            assert word not in text, text
        return status, text

    def _wait(self, port: int) -> None:
        end = time.monotonic() + PATIENCE
        while self._server.poll() is None and time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError(self._log.read_text())


def json_of(text: str) -> dict[str, object]:
    found = json.loads(text)
    assert isinstance(found, dict)
    return found
