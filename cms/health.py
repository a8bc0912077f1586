"""/healthz and /readyz, answered before ALLOWED_HOSTS, the TLS redirect and Wagtail's catch-all can get in the way."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from cms import heartbeat

# Beat sends one every 5 seconds; twelve missed ones are no coincidence.
HEARTBEAT_MAX_AGE = 60.0
# A process that has just started has not heard its first heartbeat yet.
GRACE = 60.0


class HealthMiddleware:
    """Placed first. `/healthz`: the process answers. `/readyz`: it can do its work; 503 names what is missing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.started = time.monotonic()
        self.migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return self._ready()
        return self.get_response(request)

    def _ready(self) -> HttpResponse:
        checks = {"database": self._database(), "cache": _cache()}
        age = heartbeat.age(time.time()) if checks["cache"] == "ok" else None
        checks["heartbeat"] = self._heartbeat(age)
        healthy = all(text == "ok" for text in checks.values())
        body = {"status": "ok" if healthy else "unavailable", "checks": checks, "heartbeat_age": age}
        return JsonResponse(body, status=200 if healthy else 503)

    def _database(self) -> str:
        try:
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            # Once migrated, always migrated: reading all migrations is worth one look a process.
            self.migrated = self.migrated or not _pending_migrations()
        except DatabaseError:
            return "unreachable"
        return "ok" if self.migrated else "migrations pending"

    def _heartbeat(self, age: float | None) -> str:
        """`age` in seconds."""
        if age is None:
            return "ok" if time.monotonic() - self.started < GRACE else "never seen"
        return "ok" if age <= HEARTBEAT_MAX_AGE else f"last seen {age:.0f} s ago"


def _pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _cache() -> str:
    """Only a shared cache can be out of reach; its client is imported where it is in use and nowhere else."""
    if "redis" not in settings.CACHES["default"]["BACKEND"].lower():
        return "ok"
    from redis.exceptions import RedisError

    try:
        cache.set("cms.health", 1, timeout=10)
        return "ok" if cache.get("cms.health") == 1 else "forgetful"
    except (RedisError, OSError):
        return "unreachable"
