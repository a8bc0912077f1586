"""The web server of the one-process hub: waitress, a pure Python server with a pool of threads."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

from waitress.server import create_server


class PortTaken(Exception):
    """Somebody else listens at this port."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.port = port


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; taking it early turns a taken port into a message instead of a half-started hub.

    Raises PortTaken; OSError for an address that this machine does not have.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortTaken(port) from error
        raise
    return listening


def serve(application: Callable[..., Any], listening: socket.socket, *, threads: int) -> None:
    """Answer requests until KeyboardInterrupt or SystemExit reaches this thread; open requests are finished."""
    server = create_server(
        application,
        sockets=[listening],
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=True,
        # Requests beyond the threads wait in memory; uploads are spooled to disk above this size (bytes).
        inbuf_overflow=1_048_576,
        connection_limit=500,
    )
    server.run()
