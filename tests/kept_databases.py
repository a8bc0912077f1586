"""The migrated database of PostgreSQL that test databases are copied from: migrating takes as long as a hundred tests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import DatabaseError, connection

# duplicate_database; the unique index of pg_database for two at the same moment
_THERE_ALREADY = {"42P04", "23505"}


def version() -> str:
    """Made of all that the migrations say, and of what they came with."""
    ours = sorted(
        path for name in ("channels", "cms", "sites") for path in Path(name).rglob("migrations/*.py")
    )
    said = hashlib.sha256(b"".join(path.read_bytes() for path in (*ours, Path("requirements.txt"))))
    return said.hexdigest()[:16]


def template(kept: str) -> str:
    """What a new database is copied from: the one that is kept by this name, or none but the server's own."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept])
        return kept if cursor.fetchone() else "template1"


def keep(kept: str) -> None:
    """Keep the test database, which has just been migrated, by this name, and drop what older migrations left."""
    source = connection.settings_dict["NAME"]
    connection.close()
    quote = connection.ops.quote_name
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname ~ %s",
            [f"^{kept.replace(version(), '[0-9a-f]{16}')}$"],
        )
        found = {row[0] for row in cursor.fetchall()}
        for older in found - {kept}:
            cursor.execute(f"DROP DATABASE IF EXISTS {quote(older)}")
        if kept in found:
            return
        try:
            cursor.execute(f"CREATE DATABASE {quote(kept)} TEMPLATE {quote(source)}")
        except DatabaseError as error:
            # Another process of this run was quicker.
            if getattr(error.__cause__, "sqlstate", "") not in _THERE_ALREADY:
                raise
