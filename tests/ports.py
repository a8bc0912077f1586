"""Ports for servers that a test starts later."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

LOWEST, HIGHEST = 20_000, 29_999
"""Below what Linux (from 32,768) and the others (from 49,152) give to outgoing connections: one that is given by the
system may belong to a connection of another test by the time the server asks for it."""


def free_port() -> int:
    """A port of 127.0.0.1 that is free now, and that no other test is given, in no process of this run."""
    return next(port for port in _PORTS if _is_free(port))


def _of_this_process() -> Iterator[int]:
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    # Two runs at the same time begin at different places.
    first = os.getpid() * 7919 % (HIGHEST - LOWEST)
    for number in range(HIGHEST - LOWEST):
        port = LOWEST + (first + number) % (HIGHEST - LOWEST)
        if port % workers == worker:
            yield port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_PORTS = _of_this_process()
