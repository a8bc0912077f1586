"""Reading a feed through the whole hub against a bare WSGI app that answers the same bytes: 200 (gzip) and 304.

Both are served by the same server with one process and one thread, in turn; the server's processor time per request is
what is compared, because it moves least on a busy machine.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.ground import database, report

if TYPE_CHECKING:
    from channels.edition import Edition
    from channels.models import Outlet

ROOT = Path(__file__).resolve().parent.parent
PATH = "/feeds/bench.atom"
ENTRIES = 50
REQUESTS = 6000
ROUNDS = 7
TICKS = os.sysconf("SC_CLK_TCK")

BARE = """
import json, pathlib, sys
answers = {}
for path, stored, both, whole in json.loads(pathlib.Path(sys.argv[2]).read_text()):
    body = pathlib.Path(stored).read_bytes()
    answers[path] = dict(both)["Etag"], [tuple(pair) for pair in both], [tuple(pair) for pair in whole], body
def app(environ, start_response):
    tag, both, whole, body = answers[environ["PATH_INFO"]]
    if environ.get("HTTP_IF_NONE_MATCH") == tag:
        start_response("304 Not Modified", both)
        return ()
    start_response("200 OK", whole)
    return (body,)
import logging, waitress
logging.disable()
waitress.serve(app, listen=f"127.0.0.1:{sys.argv[1]}", threads=1)
"""
HUB = """
import logging, sys, waitress
logging.disable()
from django.conf import settings  # pages name static files that nobody has collected here
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from cms.wsgi import application
waitress.serve(application, listen=f"127.0.0.1:{sys.argv[1]}", threads=1)
"""


def main(kind: str) -> None:
    with database(kind) as ground, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        fill(ENTRIES)
        env = {**os.environ, "DATABASE_URL": ground.url("only"), "ALLOWED_HOSTS": "127.0.0.1"}
        with server(HUB, env, ["8741"]) as hub:
            against_bare({"a feed": PATH}, hub, env, Path(folder), kind, goal=0.90)


def against_bare(
    paths: dict[str, str], hub: int, env: dict[str, str], folder: Path, kind: str, *, goal: float
) -> None:
    """200 and 304 of every path: the hub's process on port 8741 against a bare one with the same bytes and headers."""
    known = {path: _read(8741, path) for path in paths.values()}
    for number, (body, _, _) in enumerate(known.values()):
        (folder / str(number)).write_bytes(body)
    said = [
        (path, str(folder / str(number)), both, whole)
        for number, (path, (_, both, whole)) in enumerate(known.items())
    ]
    (folder / "bare.json").write_text(json.dumps(said))
    with server(BARE, env, ["8742", str(folder / "bare.json")]) as bare:
        for name, path in paths.items():
            body, both, _ = known[path]
            for status, headers in (("200", {}), ("304", {"If-None-Match": dict(both)["Etag"]})):
                title = f"{status} of {name}, {len(body) / 1000:.0f} KB gzip, {kind} / bare"
                _compare(title, path, hub, bare, headers, goal)


def _compare(name: str, path: str, hub: int, bare: int, headers: dict[str, str], goal: float) -> None:
    """Processor time of bare over that of the hub: 1 is as fast as bare."""
    pairs = [(_cost(bare, 8742, path, headers), _cost(hub, 8741, path, headers)) for _ in range(ROUNDS + 1)][
        1:
    ]
    ratio = statistics.median(other / own for other, own in pairs)
    own, other = (statistics.median(values) for values in zip(*((h, b) for b, h in pairs), strict=True))
    report(f"{name}: throughput per processor time", other, own, ratio, goal, at_least=True)


def _cost(pid: int, port: int, path: str, headers: dict[str, str]) -> float:
    """Seconds of the server's processor that REQUESTS of one connection cost."""
    before = _ticks(pid)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(REQUESTS):
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
        connection.getresponse().read()
    connection.close()
    return (_ticks(pid) - before) / TICKS


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return int(fields[11]) + int(fields[12])


Headers = list[tuple[str, str]]


def _read(port: int, path: str) -> tuple[bytes, Headers, Headers]:
    """(body, headers of a 304, headers of a 200), without those that the server adds; names as it writes them."""
    body, whole = _answer(port, path, {}, 200)
    _, both = _answer(port, path, {"If-None-Match": dict(whole)["Etag"]}, 304)
    return body, both, whole


def _answer(port: int, path: str, headers: dict[str, str], status: int) -> tuple[bytes, Headers]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == status, (answer.status, body[:300])
    return body, [(name, value) for name, value in answer.getheaders() if name not in {"Date", "Server"}]


@contextmanager
def server(program: str, env: dict[str, str], arguments: list[str]) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=ROOT, env=env)
    try:
        for _ in range(300):
            try:
                http.client.HTTPConnection("127.0.0.1", int(arguments[0]), timeout=5).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def prose(seed: int, characters: int = 130) -> str:
    """Chinese characters that compress about as badly as prose."""
    dice = random.Random(seed)
    return "".join(chr(0x4E00 + int(dice.triangular(0, 2500, 200))) for _ in range(characters))


def fill(entries: int) -> tuple[Outlet, list[Edition]]:
    """A feed outlet with so many items of 130 characters each: 50 make some 60 KB of XML; returns it and them."""
    from datetime import UTC, datetime

    from channels import outbox
    from channels.edition import Paragraph
    from channels.models import Outlet
    from tests.channels.builders import edition

    outlet = Outlet.objects.create(slug="bench", name="基准", channel="feed", url="http://bench.example/")
    signed = []
    for number in range(entries):
        text = prose(number)
        item = edition(
            headline=f"第{number}条通知", body=(Paragraph(html=text),), first_created=datetime.now(UTC)
        )
        outbox.plan(item, [outbox.Target(outlet_id=outlet.pk, reason="基准")], now=datetime.now(UTC))
        signed.append(item)
    return outlet, signed


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
