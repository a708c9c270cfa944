"""What a relay provider is. A new one is one file beside the others that passes `tests/contract/test_providers.py`."""

from typing import Protocol

import msgspec

from relay.ice import IceServer


class Minted(msgspec.Struct, frozen=True):
    """ICE servers for one endpoint and one call, and the Unix second from which they allocate no more."""

    servers: tuple[IceServer, ...]
    expires_at: float


class Provider(Protocol):
    """Hands out ICE servers. Minted user names differ each time, so no two calls can be joined by them."""

    @property
    def name(self) -> str:
        """Which kind it is, for figures and for an operator; a fixed word."""

    @property
    def ends_allocations(self) -> bool:
        """Whether it can delete a live allocation when a call ends; where it can't, the receipt says so."""

    @property
    def lifetime_seconds(self) -> float:
        """How long what it mints can open an allocation; infinite for fixed servers."""

    async def ice_servers(self, *, now: float) -> Minted:
        """Mint for one endpoint and one call; `now` is Unix time, which a TURN server compares with its own clock."""
