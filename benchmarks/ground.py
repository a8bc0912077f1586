"""The ground of every benchmark: a database of its own, interleaved rounds, a ratio and its goal."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

POSTGRES = os.environ.get("BENCH_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/test")


class Ground:
    """Fresh databases of one kind; `switch` chooses the one that Django speaks to."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind = kind
        self._folder = folder
        self._names: dict[str, str] = {}

    def add(self, label: str, *, like: str = "") -> str:
        """A new database, empty or a copy that nobody is connected to; returns its URL."""
        name = f"bench_{label}_{os.getpid()}"
        self._names[label] = str(self._folder / f"{name}.sqlite3") if self._kind == "sqlite" else name
        if self._kind == "postgres":
            _administer(f"CREATE DATABASE {name}" + (f" TEMPLATE {self._names[like]}" if like else ""))
        elif like:
            shutil.copyfile(self._names[like], self._names[label])
        return self.url(label)

    def url(self, label: str) -> str:
        """For another process."""
        name = self._names[label]
        return f"sqlite:///{name}" if self._kind == "sqlite" else f"{POSTGRES.rpartition('/')[0]}/{name}"

    def switch(self, label: str) -> None:
        from django.db import connection

        if connection.settings_dict["NAME"] != self._names[label]:
            connection.close()
            connection.settings_dict["NAME"] = self._names[label]

    def drop(self) -> None:
        if self._kind == "postgres":
            for name in self._names.values():
                _administer(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def database(kind: str, *labels: str) -> Iterator[Ground]:
    """Django set up on fresh databases of `kind` (sqlite or postgres), removed afterwards. Once per process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ground = Ground(kind, Path(folder))
        first, *others = labels or ("only",)
        url = ground.add(first)
        os.environ.update(
            VAR_DIR=folder,
            DJANGO_SETTINGS_MODULE="cms.settings.dev",
            PUBLIC_URL="http://hub.example",
            DATABASE_URL=url,
        )
        Path(folder, "media").mkdir()
        import django
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connections

        # Pages name static files that nobody has collected here.
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        django.setup()
        try:
            ground.switch(first)
            call_command("migrate", verbosity=0)
            connections.close_all()
            for label in others:
                ground.add(label, like=first)
            yield ground
        finally:
            connections.close_all()
            ground.drop()


def reachable(kind: str) -> bool:
    """Whether this machine has a database of `kind`."""
    if kind == "sqlite":
        return True
    try:
        _administer("SELECT 1")
    except OSError:
        return False
    return True


def _administer(statement: str) -> None:
    import psycopg

    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as connection:
            connection.execute(statement.encode())
    except psycopg.OperationalError as error:
        raise OSError(f"no PostgreSQL at {urlsplit(POSTGRES).hostname}") from error


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = perf_counter()
    work()
    return perf_counter() - start


def paired(
    subject: Callable[[], float], other: Callable[[], float], *, rounds: int
) -> tuple[float, float, float]:
    """Run both in turn, after one round that does not count. Returns the medians and the median of the ratios."""
    subject(), other()
    pairs = [(subject(), other()) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio


def report(
    name: str,
    subject: float,
    other: float,
    ratio: float,
    goal: float,
    unit: str = "ms",
    *,
    at_least: bool = False,
) -> None:
    """One line: what, both medians, the ratio, the goal (not to be exceeded, or with `at_least` to be reached)."""
    factor = 1000 if unit == "ms" else 1
    reached = ratio >= goal if at_least else ratio <= goal
    print(
        f"{name:58} {subject * factor:9.1f} / {other * factor:9.1f} {unit}   ratio {ratio:5.2f}   "
        f"goal {'>=' if at_least else '<='} {goal:.2f}   {'ok' if reached else 'GOAL MISSED'}",
        flush=True,
    )
