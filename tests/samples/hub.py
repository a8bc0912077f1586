"""The hub on loopback, put together as cms/wsgi.py does, and what its editors do."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Self
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone

from channels import outbox
from channels.edition import Correction, Edition
from channels.models import Outlet, WithdrawalKind
from sites.serving.documents import Shelf
from sites.serving.wsgi_layer import DocumentLayer
from tests.sites import build
from tests.sites.hub import Asking

NAME = "jinglan"
"""The feed in the samples' text."""
WRITTEN = "https://hub.example.gov.cn"
"""The hub's address there."""


class Hub:
    """Until `stop`, it answers at `url`; `answers` counts (path, status)."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        # A layer of this test's own: what another one remembers is of a database that has been emptied since. It asks
        # the database each time: that a change is heard of a moment later is not what the samples are about.
        self._layer = DocumentLayer(get_wsgi_application(), shelf=Shelf(), watching=Asking())
        self._server = make_server("127.0.0.1", 0, self._answer, handler_class=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._serve, name="hub", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Nobody answers at `url` any more. May be called twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def feed(self, end: str, name: str = NAME) -> str:
        return f"{self.url}/feeds/{name}.{end}"

    def _serve(self) -> None:
        """One request after the other: the connections to be closed at the end are this thread's."""
        try:
            self._server.serve_forever(poll_interval=0.01)
        finally:
            connections.close_all()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, *rest: Any) -> Any:
            self.answers[environ["PATH_INFO"], int(status[:3])] += 1
            return start_response(status, *rest)

        return self._layer(environ, start)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


class Desk:
    """Signs, corrects, withdraws and restores items for some outlets."""

    def __init__(self, hub: Hub, *outlets: Outlet) -> None:
        self._hub = hub
        self._targets = [outbox.Target(outlet_id=outlet.pk, reason="规则：测试") for outlet in outlets]

    def sign(self, headline: str, **fields: object) -> Edition:
        content_id = uuid4()
        page = f"{self._hub.url}/i/{content_id}/"
        return self._plan(
            build.edition(
                uri=f"urn:uuid:{content_id}",
                headline=headline,
                permalink=page,
                canonical_url=page,
                first_created=timezone.now(),
                **fields,
            )
        )

    def correct(self, edition: Edition, headline: str) -> Edition:
        note = Correction(note="标题有误", major=True, at=timezone.now())
        return self._plan(replace(edition, headline=headline, correction=note))

    def withdraw(self, edition: Edition) -> None:
        now = timezone.now()
        outbox.recall(edition.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=now)

    def restore(self, edition: Edition) -> Edition:
        return self._plan(edition)

    def _plan(self, edition: Edition) -> Edition:
        return outbox.plan(edition, self._targets, now=timezone.now()).edition()
