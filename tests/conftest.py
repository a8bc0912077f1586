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

from tests import wordpress as real_wordpress

# CI names here what it has started, so that a missing service fails there instead of passing by.
REQUIRED = frozenset(filter(None, os.environ.get("REQUIRE_SERVICES", "").split(",")))


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


def chromium() -> str | None:
    """Path of an installed Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


SERVICES: dict[str, Callable[[], str]] = {
    "postgres": _no_postgres,
    "broker": _no_broker,
    "browser": _no_browser,
    "soak": _no_soak,
    "wordpress": real_wordpress.absent,
    "php": lambda: "" if shutil.which("php") else "needs PHP: apt install php-cli",
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
    yield
    patch.undo()


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def local_only(self: socket.socket, address: Any) -> Any:
        if not _is_local(address):
            raise NetworkRefused(f"a test may only reach loopback, not {address!r}")
        return connect(self, address)

    return local_only


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also keeps a copy of the embedded database as it is when it has just been migrated, see `fresh_database`."""
    from django.db import connection

    if connection.vendor == "sqlite":
        _MIGRATED.append(tmp_path_factory.mktemp("migrated") / "hub.sqlite3")
        with django_db_blocker.unblock(), contextlib.closing(sqlite3.connect(_MIGRATED[0])) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)


_MIGRATED: list[Path] = []


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


# Without these Chromium looks for its maker's servers, which a test machine may not reach.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
