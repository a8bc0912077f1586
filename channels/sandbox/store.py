"""What the sandbox remembers: JSON documents by kind and id, and files by content, in one SQLite database."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

Document = dict[str, Any]

VERSION = 2
"""Of the documents' shapes; a file of another version starts empty."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, id TEXT, document TEXT, UNIQUE (kind, id)
);
CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, content_type TEXT, data BLOB);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER);
"""


class Store:
    """Used from one thread. `path` None keeps everything in memory; every write is committed."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)
        if self._db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            self.clear()
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        self._db.close()

    def put(self, kind: str, key: str, document: Document) -> None:
        """Insert or replace; a replaced document keeps its place in `all`."""
        self._db.execute(
            "INSERT INTO record (kind, id, document) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
            (kind, key, json.dumps(document, ensure_ascii=False)),
        )

    def get(self, kind: str, key: str) -> Document | None:
        row = self._db.execute(
            "SELECT document FROM record WHERE kind = ? AND id = ?", (kind, key)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def delete(self, kind: str, key: str) -> bool:
        """Whether there was one."""
        return self._db.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, key)).rowcount > 0

    def drop(self, kind: str) -> None:
        """Delete everything of a kind."""
        self._db.execute("DELETE FROM record WHERE kind = ?", (kind,))

    def all(self, kind: str, *, offset: int = 0, limit: int = -1) -> list[Document]:
        """Newest first."""
        rows = self._db.execute(
            "SELECT document FROM record WHERE kind = ? ORDER BY seq DESC LIMIT ? OFFSET ?",
            (kind, limit, offset),
        )
        return [json.loads(row[0]) for row in rows]

    def kinds(self, prefix: str) -> list[str]:
        rows = self._db.execute(
            "SELECT DISTINCT kind FROM record WHERE kind LIKE ? ORDER BY kind", (f"{prefix}%",)
        )
        return [row[0] for row in rows]

    def count(self, kind: str) -> int:
        number: int = self._db.execute("SELECT count(*) FROM record WHERE kind = ?", (kind,)).fetchone()[0]
        return number

    def next(self, name: str, by: int = 1) -> int:
        """The next number of a counter, from 1."""
        row = self._db.execute(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ? RETURNING value",
            (name, by, by),
        ).fetchone()
        number: int = row[0]
        return number

    def number(self, name: str) -> int:
        """A counter as it stands, 0 when it was never used."""
        row = self._db.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def forget_counters(self, prefix: str) -> None:
        self._db.execute("DELETE FROM counter WHERE substr(name, 1, length(?)) = ?", (prefix, prefix))

    def keep_file(self, data: bytes, content_type: str, extension: str) -> str:
        """Its name: the SHA-256 of its bytes and the extension."""
        name = f"{hashlib.sha256(data).hexdigest()}.{extension}"
        self._db.execute("INSERT OR IGNORE INTO file VALUES (?, ?, ?)", (name, content_type, data))
        return name

    def file(self, name: str) -> tuple[str, bytes] | None:
        """(content type, bytes)."""
        row = self._db.execute("SELECT content_type, data FROM file WHERE name = ?", (name,)).fetchone()
        return (row[0], row[1]) if row else None

    def clear(self) -> None:
        for table in ("record", "file", "counter"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608
