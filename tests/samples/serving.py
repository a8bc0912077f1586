"""The hub on a loopback port, with the layer before Django, in a thread that gives its connection back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from sites.serving.documents import Shelf
from sites.serving.freshness import watch
from sites.serving.wsgi_layer import DocumentLayer


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """Its address."""
    watching = watch()
    application = DocumentLayer(WSGIHandler(), shelf=Shelf(), watching=watching)

    with make_server("127.0.0.1", 0, application, handler_class=_Quiet) as server:  # type: ignore[type-var]

        def run() -> None:
            try:
                server.serve_forever(poll_interval=0.05)
            finally:
                watching.close()
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
