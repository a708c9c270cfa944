"""The providers there are, and the choice among them. Reads no environment: plain values come in."""

from collections.abc import Sequence

import msgspec

from relay.credentials import LIFETIME_SECONDS, Tokens
from relay.errors import Fault, RelayError
from relay.ice import IceServer, IceUrl
from relay.provider import Provider
from relay.providers.coturn import CoturnProvider
from relay.providers.static import StaticProvider


class RelaySettings(msgspec.Struct, frozen=True):
    """Where relays are. `turn_hosts` are `turn:`, `turns:` and `stun:` URLs of coturn, `fixed` are other servers.

    URLs that only name STUN servers need no secret; nothing at all means direct paths only.
    """

    turn_hosts: Sequence[str] = ()
    turn_secret: str | None = None
    lifetime_seconds: float = LIFETIME_SECONDS
    fixed: Sequence[IceServer] = ()

    def __repr__(self) -> str:
        return f"RelaySettings(turn_hosts={tuple(self.turn_hosts)!r}, …)"


def from_settings(settings: RelaySettings, tokens: Tokens) -> Provider:
    """The provider that the settings describe, or `RelayError`; `tokens` is `secrets.token_bytes` in earnest."""
    if settings.turn_hosts and settings.fixed:
        raise RelayError(Fault.PROVIDER_AMBIGUOUS)
    if any(IceUrl.parse(url).is_turn for url in settings.turn_hosts):
        if settings.turn_secret is None:
            raise RelayError(Fault.TURN_SECRET)
        return CoturnProvider(
            settings.turn_hosts, settings.turn_secret, tokens, lifetime_seconds=settings.lifetime_seconds
        )
    if settings.turn_hosts:
        return StaticProvider((IceServer(tuple(settings.turn_hosts)),))
    return StaticProvider(settings.fixed)
