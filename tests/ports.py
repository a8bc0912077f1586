"""Ports for servers that a test starts later."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

PORTS = range(21_000, 30_000)
"""Below what Linux (from 32,768) and the others (from 49,152) give to outgoing connections: one that is given by the
system may belong to a connection of another test by the time the server asks for it. Above those that tests name."""


def free_port() -> int:
    """A port of 127.0.0.1 that is free now, and that no other test of this run is given."""
    return next(port for port in _OWN if _is_free(port))


def _of_this_process() -> Iterator[int]:
    """Every one once. Processes of a run have none in common; two runs at the same time begin at different places."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = PORTS[worker::workers]
    begin = os.getpid() * 7919 % len(own)
    yield from own[begin:]
    yield from own[:begin]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_OWN = _of_this_process()
