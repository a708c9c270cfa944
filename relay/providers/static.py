"""Fixed ICE servers from the operator, or none. Their credentials, if any, are the same for every call."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from relay.ice import IceServer, ordered
from relay.provider import Minted, ProviderName


class StaticProvider:
    """Always the same servers; none means direct paths only, and no library's default server either."""

    name: Final = ProviderName.STATIC
    ends_allocations: Final = False
    is_remote: Final = False
    lifetime_seconds: Final = math.inf

    def __init__(self, servers: Sequence[IceServer] = ()) -> None:
        self._servers = ordered(servers)

    async def start(self) -> None:
        """Nothing to look at."""

    async def ice_servers(self, *, now: float) -> Minted:  # noqa: ARG002 - fixed servers have no clock
        return Minted(self._servers, math.inf)

    async def end(self, usernames: Iterable[str]) -> bool:  # noqa: ARG002 - nothing of theirs can be ended
        """Can't: these servers belong to somebody else, and every call has the same name."""
        return False

    async def close(self) -> None:
        """Nothing is held."""
