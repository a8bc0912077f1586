"""The layer before a Django that only says that it was asked, without a server between."""

from __future__ import annotations

from typing import Any

from channels import changes
from sites.serving.documents import Shelf
from sites.serving.freshness import Watch
from sites.serving.wsgi_layer import DocumentLayer


class Asking:
    """Asks the database at every look: sees what the test's own transaction has done."""

    def stamp(self) -> changes.Stamp:
        return changes.stamp()

    def close(self) -> None:
        pass


class Hub:
    """Where `get` asks. `PATH` is what it asks for by default."""

    PATH = "/feeds/school.atom"

    def __init__(self, watching: Watch | None = None) -> None:
        self.shelf = Shelf()
        self.watch = watching or Asking()
        self.layer = DocumentLayer(self._django, shelf=self.shelf, watching=self.watch)

    def get(self, path: str = PATH, *, method: str = "GET", query: str = "", **headers: str) -> Answer:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "wsgi.url_scheme": "http",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        answer = Answer()
        answer.body = b"".join(self.layer(environ, answer.start))
        return answer

    def _django(self, environ: Any, start: Any) -> list[bytes]:
        start("404 Not Found", [("X-Django", "yes")])
        return [b"django"]


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
