"""A demo district of its own, run as a newcomer runs it; and the addresses of its chief pages."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ops.processes import HubProcess, environment, manage
from tests.ports import free_port


@contextmanager
def running_district(folder: Path) -> Iterator[tuple[str, str]]:
    """Addresses of the hub and of its sandbox. All that they keep lies in the folder."""
    port, sandbox = free_port(), free_port()
    hub_url, sandbox_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox}"
    env = environment(folder, PUBLIC_URL=hub_url, SANDBOX_URL=sandbox_url)
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["seed_demo"]):
        done = manage(*command, env=env)
        assert done.returncode == 0, done.stderr
    hub = HubProcess.start(env, port, "--sandbox", "--sandbox-port", str(sandbox))
    try:
        hub.wait_until_ready()
        yield hub_url, sandbox_url
    finally:
        hub.stop()


def chief_pages(district: str) -> dict[str, str]:
    """Addresses by kind: home, a list, an item, a guide, the search."""
    return {
        "home": f"{district}/",
        "list": f"{district}/yaowen/",
        "item": district + _first_item(district, "/yaowen/"),
        "guide": district + _first_item(district, "/banshi/"),
        "search": f"{district}/find/",
    }


def _first_item(district: str, column: str) -> str:
    with urllib.request.urlopen(district + column, timeout=30) as answer:
        text = answer.read().decode()
    found = re.search(rf'href="({column}\d{{8}}-[^"]+)"', text)
    assert found, column
    return found[1]
