"""What journeys with processes of their own stand on."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests import kept_databases


@pytest.fixture
def scratch_database(django_db_setup: None, django_db_blocker: Any, kept_on_server: str) -> Iterator[str]:
    """A database of its own beside the tests' one; yields its URL."""
    import psycopg

    with django_db_blocker.unblock():
        template = kept_databases.template(kept_on_server)

    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"kill_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
