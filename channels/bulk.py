"""Many rows in one statement, the same on PostgreSQL and SQLite: the rows travel as one JSON array.

At a thousand outlets the ORM's own work, or one statement a row, would cost more than the calls that are recorded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

Columns = Mapping[str, str]
"""Column name -> PostgreSQL type, in any order. A value of type jsonb is nested; SQLite takes it out as text."""

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def encode(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as `run` takes them; encoded once for several statements."""
    return _ENCODER.encode(rows)


def run(sql: str, columns: Columns, rows: str, *, shared: Sequence[Any] = ()) -> int:
    """Execute `sql`, in which `{rows}` stands for a table named r with these columns. Returns the rows touched.

    `rows` come from `encode`; columns that a statement does not name are passed over. `shared` are the values of the
    `%s` in front of `{rows}`, the same for every row. `sql` and `columns` are constants of the program; every value
    travels as a parameter.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{rows}", _table(columns)), [*shared, rows])
        return int(cursor.rowcount)


def returned(sql: str, columns: Columns, rows: str, *, shared: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Like `run`, for a statement that ends in RETURNING."""
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{rows}", _table(columns)), [*shared, rows])
        return list(cursor.fetchall())


def moment(value: datetime | None) -> str | None:
    """A time as `run` takes it: the text that this database stores or reads."""
    if value is None:
        return None
    if connection.vendor == "postgresql":
        return value.isoformat()
    # As Django's own code for SQLite, which takes several times as long: UTC, and no zone in the text.
    return str(value.astimezone(UTC).replace(tzinfo=None))


def read_moment(value: datetime | None) -> datetime | None:
    """A time as `returned` brings it: SQLite's are in UTC without saying so."""
    return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def read_key(value: UUID | str) -> UUID:
    """A UUID as `returned` brings it."""
    return UUID(value) if isinstance(value, str) else value


def read_document(value: str | None) -> Any:
    """A JSON column as `returned` brings it: Django keeps it as text on both databases."""
    return None if value is None else json.loads(value)


def key(value: UUID) -> Any:
    """A UUID as this database stores it."""
    return value if connection.features.has_native_uuid_field else value.hex


def shared(types: Sequence[str]) -> str:
    """Placeholders for `run`'s shared values; PostgreSQL has to be told the type of a bare parameter."""
    if connection.vendor == "postgresql":
        return ", ".join(f"%s::{kind}" for kind in types)
    return ", ".join("%s" for _ in types)


def members(column: str) -> str:
    """A table named m, for a FROM after the rows: each `value` is one of the keys in the row's JSON array `column`."""
    if connection.vendor == "postgresql":
        return f"jsonb_array_elements_text(r.{column}) AS m(value)"
    return f"json_each(r.{column}) AS m"


def _table(columns: Columns) -> str:
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"jsonb_to_recordset(%s::jsonb) AS r({typed})"
    picked = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"(SELECT {picked} FROM json_each(%s)) AS r"  # noqa: S608  constants only
