"""The region that a relay is pinned to: its host names, and its addresses held against the published ranges.

Personal data stay in the EU (P-40 to P-42), so media may not be relayed elsewhere: what can't be shown to be in the
region is not used at all. It never opens a connection; whoever resolves names is given to it.

Source of the ranges: Twilio, "STUN-TURN IP Addresses & Ports", as of March 2026; their STUN servers use the same ones.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Final

import msgspec

from relay.errors import Fault, MintCause, ProviderError, RelayError
from relay.ice import IceUrl

Resolve = Callable[[str], Awaitable[Iterable[str]]]
"""All addresses of a host name, as text. Raises OSError."""

TWILIO_SUFFIXES: Final = (".turn.twilio.com", ".stun.twilio.com")


class Region(StrEnum):
    """Where Twilio relays. Two are in the EU; `global` is whichever is near, anywhere in the world."""

    IE1 = "ie1"
    DE1 = "de1"
    GLOBAL = "global"


RANGES: Final[Mapping[Region, tuple[IPv4Network, ...]]] = {
    Region.IE1: tuple(
        map(IPv4Network, ("52.215.253.0/26", "54.171.127.192/26", "52.215.127.0/24", "3.249.63.128/25")),
    ),
    Region.DE1: tuple(map(IPv4Network, ("52.59.186.0/27", "18.195.48.224/27", "18.156.18.128/25"))),
}


class RegionPin:
    """Holds ICE servers to one region. With `global`, which has to be allowed, it lets everything pass."""

    def __init__(self, region: Region, resolve: Resolve, *, allow_global: bool = False) -> None:
        if region is Region.GLOBAL and not allow_global:
            raise RelayError(Fault.REGION_GLOBAL)
        self.region: Final = region
        self._resolve = resolve

    def rewritten(self, url: IceUrl) -> IceUrl:
        """The same service in the region. Raises ProviderError for a host that no region is known of."""
        if self.region is Region.GLOBAL:
            return url
        _, dot, service = url.host.partition(".")
        if dot + service not in TWILIO_SUFFIXES:
            raise ProviderError(MintCause.OUTSIDE_REGION)
        return msgspec.structs.replace(url, host=f"{self.region}.{service}")

    def expected_hosts(self) -> tuple[str, ...]:
        """The hosts that this region has."""
        return () if self.region is Region.GLOBAL else tuple(f"{self.region}{suffix}" for suffix in TWILIO_SUFFIXES)

    async def check(self, hosts: Iterable[str]) -> None:
        """Resolve each host now and hold every address against the ranges.

        Raises ProviderError `outside_region` for an address beyond them, a host without addresses, or an answer that is
        no address; `unreachable` where nothing could be resolved. In both cases nothing of the provider may be used.
        """
        if self.region is Region.GLOBAL:
            return
        for host in dict.fromkeys(hosts):
            addresses: list[str] | None = None
            with contextlib.suppress(OSError):
                addresses = list(await self._resolve(host))
            if addresses is None:
                raise ProviderError(MintCause.UNREACHABLE)
            if not addresses or not all(self._holds(address) for address in addresses):
                raise ProviderError(MintCause.OUTSIDE_REGION)

    def _holds(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        # No range of IPv6 is published, so no IPv6 address is known to be there.
        return isinstance(address, IPv4Address) and any(address in network for network in RANGES[self.region])


async def resolve_by_system(host: str) -> list[str]:
    """All addresses that this machine's resolver gives for a host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]
