"""The sites' media libraries: files as the body of a request, each under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from channels.sandbox.store import Document, Store
from channels.sandbox.wordpress.rules import EXTENSIONS, RestError, demand

_NAME = re.compile(r'^attachment;\s*filename="?([\w.-]+\.(\w+))"?$', re.ASCII)


class WordPressMedia:
    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, site: str) -> list[Document]:
        """Newest first."""
        return self._store.all(f"wpmedia:{site}")

    def found(self, site: str, query: Mapping[str, str]) -> list[Document]:
        """By `slug`, or by numbers in `include`."""
        numbers = query["include"].split(",") if "include" in query else None
        return [
            entry
            for entry in self.all(site)
            if (numbers is None or str(entry["id"]) in numbers)
            and query.get("slug", entry["slug"]) == entry["slug"]
        ]

    def upload(
        self,
        site: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        data: bytes,
        may: frozenset[str],
    ) -> Document:
        message = "Sorry, you are not allowed to create posts as this user."
        demand(may, "upload_files", "rest_cannot_create", message)
        if not data:
            raise RestError(400, "rest_upload_no_data", "No data supplied.")
        named = _NAME.match(headers.get("Content-Disposition", ""))
        if named is None:
            raise RestError(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
        name, extension = named[1], named[2].lower()
        if extension not in EXTENSIONS:
            message = "Sorry, you are not allowed to upload this file type."
            raise RestError(500, "rest_upload_sideload_error", message)
        number = self._store.next(f"wp:{site}")
        kept = self._store.keep_file(data, headers.get("Content-Type", ""), extension)
        entry = {
            "id": number,
            "slug": query.get("slug") or name.rpartition(".")[0],
            "file": f"{number}-{name}",
            "stored": kept,
            **{field: query.get(field, "") for field in ("alt_text", "caption", "title")},
        }
        self._store.put(f"wpmedia:{site}", str(number), entry)
        return entry

    def file(self, site: str, name: str) -> tuple[str, bytes] | None:
        """(content type, bytes)."""
        stored = (entry["stored"] for entry in self.all(site) if entry["file"] == name)
        return next((self._store.file(kept) for kept in stored), None)

    def drop(self, site: str) -> None:
        """As if the webmaster had emptied the library."""
        self._store.drop(f"wpmedia:{site}")
