"""The hub as one real process, as `make run` starts it."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ops.processes import HubProcess, environment, eventually, manage, status
from tests.ports import free_port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[Path], None]) -> Path:
    """A folder with a migrated database and no static files."""
    folder = tmp_path_factory.mktemp("var")
    fresh_database(folder)
    done = manage("migrate", "--verbosity", "0", env=environment(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def hub(folder: Path) -> Iterator[HubProcess]:
    port = free_port()
    env = environment(folder, PUBLIC_URL=f"http://127.0.0.1:{port}")
    hub = HubProcess.start(env, port, "--sandbox", "--sandbox-port", str(free_port()))
    yield hub
    hub.stop()


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def alive(pid: int) -> bool:
    """A zombie is not alive."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_sandbox_outlives_the_hub(hub: HubProcess, how: signal.Signals) -> None:
    hub.wait_until_ready()
    sandbox = descendants(hub.process.pid)
    assert len(sandbox) == 1

    code = hub.stop(how)

    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    eventually(lambda: not alive(sandbox[0]), "the sandbox is gone")


def test_beat_and_worker_live_in_the_same_process(hub: HubProcess) -> None:
    hub.wait_until_ready()

    def heard() -> bool:
        with urllib.request.urlopen(f"{hub.url}/readyz", timeout=10) as answer:
            return json.load(answer)["heartbeat_age"] is not None

    eventually(heard, "a heartbeat is heard")


def test_a_second_hub_on_the_same_folder_is_refused(hub: HubProcess, folder: Path) -> None:
    hub.wait_until_ready()

    second = manage("hub", "--port", str(free_port()), env=environment(folder))

    assert second.returncode == 1
    assert f"进程号 {hub.process.pid}" in second.stderr
    assert status(f"{hub.url}/healthz") == 200


def test_a_taken_port_is_said_in_chinese_with_a_way_out(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = manage("hub", "--port", str(port), env=environment(folder))

    assert refused.returncode == 1
    assert f"端口 {port}" in refused.stderr
    assert f"PORT={port + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr
