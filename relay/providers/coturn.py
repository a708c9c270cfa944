"""coturn with TURN REST credentials: no round trip, a fresh random user name for each endpoint and call.

coturn reads the death date of a credential at Allocate only: a live allocation can be refreshed after it. So the end
of a call deletes it through coturn's command line, where that is within reach. Where it isn't, the shipped profile
(`max-allocate-lifetime`, quotas) bounds what is left.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from relay.coturn_cli import CoturnCli
from relay.credentials import (
    LIFETIME_SECONDS,
    Tokens,
    check_lifetime,
    check_secret,
    turn_credential,
    turn_tag,
    turn_username,
)
from relay.errors import Fault, RelayError
from relay.ice import UDP_FIRST, IceServer, IceUrl, Transport
from relay.provider import Minted, ProviderName


class CoturnProvider:
    """One or several coturn hosts that share a secret, over UDP, TCP or TLS as their `turn:` and `turns:` URLs say.

    `stun:` URLs among them, of whatever server, are handed out as they are.
    """

    name: Final = ProviderName.COTURN
    is_remote: Final = False

    def __init__(
        self,
        hosts: Sequence[str],
        secret: str,
        tokens: Tokens,
        *,
        lifetime_seconds: float = LIFETIME_SECONDS,
        clis: Sequence[CoturnCli] = (),
    ) -> None:
        parsed = tuple(IceUrl.parse(host) for host in hosts)
        if not any(url.is_turn for url in parsed):
            raise RelayError(Fault.TURN_HOSTS)
        self.lifetime_seconds: Final = check_lifetime(lifetime_seconds)
        self.ends_allocations: Final = bool(clis)
        self._clis = tuple(clis)
        self._secret = check_secret(secret)
        self._tokens = tokens
        self._stun = _stun_servers(parsed)
        by_transport = sorted((url for url in parsed if url.is_turn), key=lambda url: UDP_FIRST.index(url.transport))
        self._turn_urls = tuple(dict.fromkeys(str(url) for url in by_transport))

    async def start(self) -> None:
        """Nothing to look at: what is minted here is reckoned here."""

    async def ice_servers(self, *, now: float) -> Minted:
        username = turn_username(turn_tag(self._tokens), now=now, lifetime_seconds=self.lifetime_seconds)
        turn = IceServer(self._turn_urls, username, turn_credential(self._secret, username))
        return Minted((*self._stun, turn), float(int(now + self.lifetime_seconds)))

    async def end(self, usernames: Iterable[str]) -> bool:
        """Delete their allocations on every server whose command line is known."""
        names = tuple(usernames)
        done = await asyncio.gather(*(cli.end(names) for cli in self._clis), return_exceptions=True)
        return bool(done) and all(isinstance(one, int) for one in done)

    async def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return f"CoturnProvider(hosts={self._turn_urls!r}, …)"


def _stun_servers(hosts: Sequence[IceUrl]) -> tuple[IceServer, ...]:
    """coturn answers STUN on its plain UDP port: an end learns its own address there, and nobody else need be asked."""
    named = sorted((url for url in hosts if url.transport is Transport.UDP), key=lambda url: url.is_turn)
    urls = dict.fromkeys(str(IceUrl("stun", url.host, url.port, Transport.UDP)) for url in named)
    return (IceServer(tuple(urls)),) if urls else ()
