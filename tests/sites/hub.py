"""The layer before a Django that only says that it was asked, without a server between."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels import changes
from sites.serving.documents import Shelf
from sites.serving.freshness import Watch
from sites.serving.pages import Pages
from sites.serving.wsgi_layer import Application, DocumentLayer
from tests.ops.processes import eventually


def heard(condition: Callable[[], bool], what: str) -> None:
    """For a hub with the watch of the database: SQLite shows a commit to the next look, PostgreSQL tells it a moment later."""
    if connection.vendor == "postgresql":
        eventually(condition, what)
    else:
        assert condition(), what


class Asking:
    """Asks the database at every look: sees what the test's own transaction has done."""

    def stamp(self) -> changes.Stamp:
        return changes.stamp()

    def close(self) -> None:
        pass


class Hub:
    """Where `get` asks. `PATH` is what it asks for by default."""

    PATH = "/feeds/school.atom"

    def __init__(self, watching: Watch | None = None, application: Application | None = None) -> None:
        self.shelf, self.pages = Shelf(), Pages()
        self.watch = watching or Asking()
        self.layer = DocumentLayer(
            application or self._django, shelf=self.shelf, pages=self.pages, watching=self.watch
        )

    def get(self, path: str = PATH, *, method: str = "GET", query: str = "", **headers: str) -> Answer:
        environ = environ_of(path, method=method, query=query, **headers)
        answer = Answer()
        answer.body = b"".join(self.layer(environ, answer.start))
        return answer

    def asks_nothing(self, *paths: str) -> bool:
        """Whether these are answered without the database."""
        with CaptureQueriesContext(connection) as asked:
            assert {self.get(path).status for path in paths or (self.PATH,)} == {200}
        return not asked.captured_queries

    def _django(self, environ: Any, start: Any) -> list[bytes]:
        start("404 Not Found", [("X-Django", "yes")])
        return [b"django"]


def environ_of(path: str, *, method: str = "GET", query: str = "", **headers: str) -> dict[str, Any]:
    """What a server would say of a request; headers with `_` for the hyphen."""
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "hub.example",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }


class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status = int(status[:3])
        self.headers = dict(headers)
        assert len(self.headers) == len(headers), "a header is sent twice"

    @property
    def is_django(self) -> bool:
        return "X-Django" in self.headers
