"""What the name service says of the sites' hosts: whether they have an address of IPv6 (an AAAA record)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

AT_ONCE = 8
"""Lookups side by side. A dead name server holds each of them up for as long as the system waits, ten seconds or so."""
_NO_RECORD = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME), socket.EAI_ADDRFAMILY}

LookUp = Callable[[str, int, int], Iterable[Any]]
"""As socket.getaddrinfo(host, port, family)."""


def ipv6(hosts: Iterable[str], *, look_up: LookUp | None = None) -> dict[str, bool | None]:
    """For each name among the hosts whether it has a public AAAA record; None where nobody answered.

    What is no name in the name service is left out: an IP address, or a host of this machine.
    """
    ask = look_up or socket.getaddrinfo
    names = sorted({host for host in hosts if _is_name(host)})
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return dict(zip(names, threads.map(lambda name: _has_record(name, ask), names), strict=True))


def _is_name(host: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return False
    return "." in host.strip(".")


def _has_record(name: str, look_up: LookUp) -> bool | None:
    try:
        found = [address[0] for *_, address in look_up(name, 443, socket.AF_INET6)]
    except socket.gaierror as error:
        return False if error.errno in _NO_RECORD else None
    except (OSError, UnicodeError):
        return None
    return any(ipaddress.ip_address(text.partition("%")[0]).is_global for text in found)
