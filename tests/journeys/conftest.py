"""What journeys with processes of their own stand on."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest


@pytest.fixture
def scratch_database() -> Iterator[str]:
    """A database of its own beside the tests' one; yields its URL."""
    import psycopg

    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"kill_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
