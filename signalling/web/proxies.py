"""Which network a request comes from, for counting alone. Headers are believed only from the operator's own proxies."""

import ipaddress
from collections.abc import Sequence

from aiohttp import web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The operator's own proxies."""

    def __init__(self, trusted: Sequence[Network] = ()) -> None:
        self._trusted = tuple(trusted)

    def client_address(self, request: web.Request) -> str | None:
        """The nearest address that isn't a trusted proxy's. Used at once, kept and logged nowhere."""
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        address = str(peer[0]) if isinstance(peer, tuple) else None
        if not self._trusts(address):
            return address
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        for hop in reversed([part.strip() for part in forwarded if part.strip()]):
            address = hop
            if not self._trusts(hop):
                break
        return address

    def _trusts(self, address: str | None) -> bool:
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self._trusted)
