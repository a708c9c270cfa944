"""What a relay provider is. A new one is one file beside the others that passes `tests/contract/test_providers.py`."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

import msgspec

from relay.ice import IceServer


class ProviderName(StrEnum):
    """Which kinds there are: fixed words, for figures and for an operator."""

    TWILIO = "twilio"
    COTURN = "coturn"
    STATIC = "static"


class Minted(msgspec.Struct, frozen=True):
    """ICE servers for one endpoint and one call, and the Unix second from which they allocate no more."""

    servers: tuple[IceServer, ...]
    expires_at: float


class Provider(Protocol):
    """Hands out ICE servers. Minted user names differ each time, so no two calls can be joined by them."""

    @property
    def name(self) -> ProviderName:
        """Which kind it is."""

    @property
    def ends_allocations(self) -> bool:
        """Whether it can delete a live allocation when a call ends; where it can't, the receipt says so."""

    @property
    def is_remote(self) -> bool:
        """Whether minting asks somebody over the network, and so may take long or fail."""

    @property
    def lifetime_seconds(self) -> float:
        """How long what it mints can open an allocation; infinite for fixed servers."""

    async def start(self) -> None:
        """Look at what can be known before the first call. Raises RelayError for what no waiting would mend."""

    async def ice_servers(self, *, now: float) -> Minted:
        """Mint for one endpoint and one call; `now` is Unix time, which a TURN server compares with its own clock.

        Raises ProviderError, and nothing else, where the provider does not give any.
        """

    async def end(self, usernames: Iterable[str]) -> bool:
        """Delete what was allocated under these names; True if nothing is open under them now. Never raises."""

    async def close(self) -> None:
        """Let go of what is held. Nothing is minted afterwards."""
