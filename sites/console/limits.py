"""Rate limits of the console, counted in the cache: for what people do by hand, a window of minutes is exact enough."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

WINDOW = 600
"""Seconds."""
SIGN_IN = {"pair": 5, "name": 30, "place": 30}
"""Failed attempts in a window: under one name from one address, under one name at all, from one address at all.

An office shares an address, and a stranger must not be able to shut a webmaster out by five wrong guesses.
"""
LOOPBACK = frozenset({"", "127.0.0.1", "::1"})
TRIALS, REPLAYS = 10, 10
"""Test sends, and replays that programs ask for, of one outlet in a window."""


def is_over(what: str, whom: str, limit: int) -> bool:
    return int(cache.get(_key(what, whom), 0)) >= limit


def count(what: str, whom: str) -> None:
    key = _key(what, whom)
    if not cache.add(key, 1, WINDOW):
        try:
            cache.incr(key)
        except ValueError:  # it ran out in between
            cache.set(key, 1, WINDOW)


def forget(what: str, whom: str) -> None:
    cache.delete(_key(what, whom))


def place_of(request: HttpRequest) -> str:
    """Where a request comes from, by our own proxy's word if there is one; only ever hashed, and for minutes."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if address in LOOPBACK:
        return request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    return address


def _key(what: str, whom: str) -> str:
    return f"console.{what}.{hashlib.sha256(whom.encode()).hexdigest()[:32]}"
