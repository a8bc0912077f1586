"""A demo district of its own, run as a newcomer runs it, and a browser to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.ops.processes import HubProcess, environment, free_port, manage


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Addresses of a running hub with the demo district, and of its sandbox."""
    port, sandbox = free_port(), free_port()
    hub_url, sandbox_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox}"
    env = environment(tmp_path_factory.mktemp("var"), PUBLIC_URL=hub_url, SANDBOX_URL=sandbox_url)
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["seed_demo"]):
        done = manage(*command, env=env)
        assert done.returncode == 0, done.stderr
    hub = HubProcess.start(env, port, "--sandbox", "--sandbox-port", str(sandbox))
    try:
        hub.wait_until_ready()
        yield hub_url, sandbox_url
    finally:
        hub.stop()


@pytest.fixture(scope="session")
def district(running: tuple[str, str]) -> str:
    return running[0]


@pytest.fixture(scope="session")
def sandbox(running: tuple[str, str]) -> str:
    return running[1]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture that is large enough for every channel."""
    image = Image.new("RGB", (1200, 800), (40, 110, 90))
    ImageDraw.Draw(image).rectangle((200, 200, 900, 600), fill=(230, 220, 180))
    path = tmp_path / "停水区域.jpg"
    image.save(path)
    return path
