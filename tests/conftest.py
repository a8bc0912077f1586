"""What every test stands on: no network but loopback, and a clear word when a service is not there."""

from __future__ import annotations

import contextlib
import importlib.util
import ipaddress
import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache as django_cache
from hypothesis import settings as hypothesis_settings

from tests import kept_databases, lighthouse
from tests import wordpress as real_wordpress
from tests.chromium import QUIET, chromium

# CI names here what it has started, so that a missing service fails there instead of passing by.
REQUIRED = frozenset(filter(None, os.environ.get("REQUIRE_SERVICES", "").split(",")))

# A busy machine is no fault of an example's.
hypothesis_settings.register_profile("unhurried", hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("unhurried")

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server", "scratch_database"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """ONLY_DATABASE=1: what reads no database, or starts the embedded hub, need not pass once more on another one."""
    if not os.environ.get("ONLY_DATABASE"):
        return
    chosen = [item for item in items if _reads_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _reads_the_database(item)])
    items[:] = chosen


def _reads_the_database(item: pytest.Item) -> bool:
    return any(
        item.get_closest_marker(name) for name in ("django_db", "postgres", "wordpress")
    ) or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, missing in SERVICES.items():
        if item.get_closest_marker(name) is None:
            continue
        reason = missing()
        if reason and name in REQUIRED:
            pytest.fail(reason, pytrace=False)
        if reason:
            pytest.skip(reason)


@cache
def _no_postgres() -> str:
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return ""
    return "needs PostgreSQL: set DATABASE_URL"


@cache
def _no_broker() -> str:
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        return "needs RabbitMQ or Redis: set BROKER_URL"
    return ""


@cache
def _no_browser() -> str:
    if "browser" not in REQUIRED:
        return "takes minutes and needs Chromium: make test-browser"
    if importlib.util.find_spec("playwright") is None:
        return "needs playwright: pip install -r .ci/requirements.txt"
    return "" if chromium() else "needs Chromium: apt install chromium"


@cache
def _no_soak() -> str:
    return "" if "soak" in REQUIRED else "takes minutes: make test-soak"


SERVICES: dict[str, Callable[[], str]] = {
    "postgres": _no_postgres,
    "broker": _no_broker,
    "browser": _no_browser,
    "soak": _no_soak,
    "wordpress": real_wordpress.absent,
    "php": lambda: "" if shutil.which("php") else "needs PHP: apt install php-cli",
    "lighthouse": lighthouse.absent,
    "node": lambda: "" if shutil.which("node") else "needs Node 18 or later: apt install nodejs",
}


class NetworkRefused(AssertionError):
    """A test tried to leave this machine."""


def _is_local(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else ""
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Refuses connections beyond loopback: a test that needs one is a mistake."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _local_names(socket.getaddrinfo))
    yield
    patch.undo()


def _local_names(look_up: Callable[..., Any]) -> Callable[..., Any]:
    """As on a machine without a name server: foreign hosts are found by their numbers only."""

    def local_only(
        host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return look_up(
            host, port, family, type, proto, flags | (0 if _is_local((name,)) else socket.AI_NUMERICHOST)
        )

    return local_only


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def local_only(self: socket.socket, address: Any) -> Any:
        if not _is_local(address):
            raise NetworkRefused(f"a test may only reach loopback, not {address!r}")
        return connect(self, address)

    return local_only


@pytest.fixture(scope="session")
def kept_on_server() -> str:
    """The name of the migrated database that is kept where the tests run on PostgreSQL."""
    return f"kept_{kept_databases.version()}_{settings.DATABASES['default']['NAME']}"


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_keepdb: bool, django_db_modify_db_settings: None, django_db_blocker: Any, kept_on_server: str
) -> bool:
    """Starts from the copy that an earlier run with the same migrations left, if there is one."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = kept_databases.template(kept_on_server)
        return django_db_keepdb
    if not (kept := _kept_file()).exists():
        return django_db_keepdb
    shutil.copy(kept, connection.creation._get_test_db_name())
    return True


def _kept_file() -> Path:
    return settings.VAR_DIR / "test-database" / f"{kept_databases.version()}.sqlite3"


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    kept_on_server: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Also keeps a copy of the database as it is when it has just been migrated, see `fresh_database`."""
    from django.db import connection

    if connection.vendor == "sqlite":
        _MIGRATED.append(tmp_path_factory.mktemp("migrated") / "hub.sqlite3")
        with django_db_blocker.unblock(), contextlib.closing(sqlite3.connect(_MIGRATED[0])) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
        _keep(_MIGRATED[0])
    elif not django_db_keepdb:
        with django_db_blocker.unblock():
            kept_databases.keep(kept_on_server)


def _keep(database: Path) -> None:
    """For the next run: migrating takes as long as a hundred tests."""
    kept = _kept_file()
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        making = kept.with_suffix(f".{os.getpid()}")
        shutil.copy(database, making)
        making.replace(kept)
        for older in kept.parent.glob("*.sqlite3"):
            if older != kept:
                older.unlink(missing_ok=True)


_MIGRATED: list[Path] = []


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    """After a test with real transactions only what has rows is emptied.

    Django truncates every table and then makes all content types and permissions anew: on PostgreSQL that takes longer
    than most of those tests. Here content types and permissions stay, as they are the same after every test.
    """
    from django.test import TransactionTestCase

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
    yield
    patch.undo()


LASTING = ("django_migrations", "django_content_type", "auth_permission")


def _empty(test: Any) -> None:
    from django.db import connections, transaction

    for alias in test._databases_names(include_mirrors=False):
        connection = connections[alias]
        names = [
            connection.ops.quote_name(name) for name in connection.introspection.django_table_names(True)
        ]
        tables = [name for name in names if name.strip('"') not in LASTING]
        # Every foreign key is checked at the end of the transaction: the order does not matter.
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in tables))
            for name, has_rows in zip(tables, cursor.fetchone(), strict=True):
                if has_rows:
                    cursor.execute(f"DELETE FROM {name}")


@pytest.fixture(scope="session")
def fresh_database(django_db_setup: None) -> Callable[[Path], None]:
    """Puts a migrated embedded database into a folder: a process that starts there finds nothing left to migrate.

    Migrating takes as long as a hundred tests. Where the tests run on PostgreSQL there is no copy, and nothing is put.
    """

    def put(folder: Path) -> None:
        for copy in _MIGRATED:
            shutil.copy(copy, folder / "hub.sqlite3")

    return put


@pytest.fixture(scope="session")
def wordpress() -> Iterator[real_wordpress.WordPress]:
    """A real WordPress, for tests with the mark of this name."""
    with real_wordpress.WordPress() as running:
        yield running


@pytest.fixture(autouse=True)
def _empty_memories() -> Iterator[None]:
    """What outlives the transaction of a test: Wagtail keeps the addresses of sites in the cache, and the memory of
    fragments names editions by row ids, which the next test's editions have again."""
    from sites.serving import fragments

    django_cache.clear()
    fragments.forget()
    yield
    django_cache.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, the only one of the run: a thread can drive one at a time."""
    from playwright.sync_api import sync_playwright

    # The driver runs a loop in this thread; Django would take the tests for an asynchronous program.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()
