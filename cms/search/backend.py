"""WAGTAILSEARCH_BACKENDS names this module: the backend of the database that there is."""

from __future__ import annotations

from typing import Any

from django.db import connection


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  modelsearch asks a backend module for this name
    """Imported here: modelsearch's modules know one database each."""
    if connection.vendor == "postgresql":
        from cms.search.postgres import PostgresBackend

        return PostgresBackend(params)
    from cms.search.sqlite import SQLiteBackend

    return SQLiteBackend(params)
