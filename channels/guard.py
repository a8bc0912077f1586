"""Which network addresses the hub may call: public ones, and the private networks that the operator has named.

The check is made on the address that a connection really goes to, so a name that changes its answer between the
check and the call (DNS rebinding) gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

# RFC 6052: an IPv4 address in the last four bytes.
NAT64 = ip_network("64:ff9b::/96")


class ForbiddenAddress(OSError):
    """A name leads to an address that the hub may not call. An OSError, because resolvers may raise nothing else."""


class Guard:
    """Decides about addresses. `allowed` are networks in CIDR form, e.g. "10.1.0.0/16"; ValueError for others."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = tuple(ip_network(network) for network in allowed)
        self.permits_host = lru_cache(maxsize=4096)(self._permits_host)

    def permits(self, address: IPv4Address | IPv6Address) -> bool:
        """True for an address that is public or inside an allowed network."""
        real = _embedded(address)
        if any(_inside(real, network) for network in self._allowed):
            return True
        return real.is_global and not real.is_multicast

    def _permits_host(self, host: str) -> bool:
        """True for a name (its addresses are checked when they are known) and for a permitted literal address."""
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return True
        return self.permits(address)


@lru_cache(maxsize=16)
def guard_for(allowed: tuple[str, ...]) -> Guard:
    """The guard of these networks, shared with what it has found out about literal addresses."""
    return Guard(allowed)


class GuardedResolver(AbstractResolver):
    """Resolves names, and raises ForbiddenAddress as soon as one of the addresses is not permitted."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family=family)  # type: ignore[arg-type]
        for result in found:
            if not self._guard.permits(ip_address(result["host"].partition("%")[0])):
                raise ForbiddenAddress(host)
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _inside(address: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network) -> bool:
    return address.version == network.version and address in network
