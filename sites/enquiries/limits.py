"""How much one address may send and look up. Addresses are never kept: a keyed hash with a salt of the day counts, and runs out.

An office or a street shares an address, so the limits are generous; they are there for programs.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from sites.console.limits import place_of

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` in `seconds`."""

    name: str
    most: int
    seconds: int


SENDING = (Limit("sent.hour", 10, HOUR), Limit("sent.day", 30, DAY))
LOOKING = (Limit("looked.hour", 30, HOUR),)


def take(request: HttpRequest, limits: tuple[Limit, ...], *, today: date) -> bool:
    """Counts one more; False when that is more than any of the limits lets through."""
    who = address_hash(place_of(request), today)
    taken = [_count(f"enquiries.{limit.name}.{who}", limit.seconds) for limit in limits]
    return all(count <= limit.most for count, limit in zip(taken, limits, strict=True))


def address_hash(address: str, today: date) -> str:
    """Of an IPv6 address its network of 64 bits: a household changes the rest at will."""
    key = f"enquiries.{today.isoformat()}.{settings.SECRET_KEY}".encode()
    return hmac.new(key, _network(address).encode(), hashlib.sha256).hexdigest()[:32]


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)


def _count(key: str, seconds: int) -> int:
    if cache.add(key, 1, seconds):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out in between
        cache.set(key, 1, seconds)
        return 1
