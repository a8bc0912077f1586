"""Ports for servers that a test starts later."""

from __future__ import annotations

import secrets
import socket

LOWEST, HIGHEST = 20_000, 29_999
"""Below what Linux (from 32,768) and the others (from 49,152) give to outgoing connections: one that is given by the
system may belong to a connection of another test by the time the server asks for it."""


def free_port() -> int:
    """A port of 127.0.0.1 that is free, and that only a server would take."""
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
