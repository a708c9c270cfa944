"""The providers there are, and the order in which they are asked. Reads no environment: plain values come in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from relay.coturn_cli import CoturnCli
from relay.credentials import LIFETIME_SECONDS, Tokens
from relay.errors import Fault, RelayError
from relay.ice import IceServer, IceUrl
from relay.provider import Provider
from relay.providers.coturn import CoturnProvider
from relay.providers.static import StaticProvider
from relay.region import Region, RegionPin, Resolve, resolve_by_system

if TYPE_CHECKING:
    from relay.providers.twilio import TwilioProvider

ORDER = ("twilio", "coturn")


class TwilioSettings(msgspec.Struct, frozen=True):
    """Twilio's account, and the region its relays are pinned to. `base_url` is None for Twilio itself."""

    account_sid: str
    secret: str
    key_sid: str | None = None
    region: Region = Region.IE1
    allow_global: bool = False
    lifetime_seconds: float = 600
    base_url: str | None = None

    def __repr__(self) -> str:
        return f"TwilioSettings(region={self.region.value!r}, …)"


class RelaySettings(msgspec.Struct, frozen=True):
    """Where relays are. `turn_hosts` are `turn:`, `turns:` and `stun:` URLs of coturn, `fixed` are other servers.

    URLs that only name STUN servers need no secret; nothing at all means direct paths only. `order` says who is asked
    first where there are several.
    """

    turn_hosts: Sequence[str] = ()
    turn_secret: str | None = None
    lifetime_seconds: float = LIFETIME_SECONDS
    fixed: Sequence[IceServer] = ()
    turn_clis: Sequence[str] = ()
    """Where the command lines of those coturn servers are that stand on this machine."""
    turn_cli_password: str | None = None
    twilio: TwilioSettings | None = None
    order: Sequence[str] = ORDER

    def __repr__(self) -> str:
        return f"RelaySettings(turn_hosts={tuple(self.turn_hosts)!r}, …)"


def from_settings(
    settings: RelaySettings, tokens: Tokens, *, resolve: Resolve = resolve_by_system
) -> tuple[Provider, ...]:
    """The providers that the settings describe, the first to be asked first; one at least. Raises RelayError.

    `tokens` is `secrets.token_bytes` in earnest.
    """
    if settings.turn_hosts and settings.fixed:
        raise RelayError(Fault.PROVIDER_AMBIGUOUS)
    if len(set(settings.order)) != len(settings.order) or not set(settings.order) <= set(ORDER):
        raise RelayError(Fault.PROVIDER_ORDER)
    own = _own(settings, tokens)
    named: dict[str, Provider] = {"coturn": own}
    if settings.twilio is not None:
        named["twilio"] = _twilio(settings.twilio, resolve)
        if not settings.turn_hosts and not settings.fixed:
            del named["coturn"]
    if not named.keys() <= set(settings.order):
        raise RelayError(Fault.PROVIDER_ORDER)
    return tuple(named[name] for name in settings.order if name in named)


def _own(settings: RelaySettings, tokens: Tokens) -> Provider:
    """What the operator runs or was given; it takes coturn's place in the order."""
    if any(IceUrl.parse(url).is_turn for url in settings.turn_hosts):
        if settings.turn_secret is None:
            raise RelayError(Fault.TURN_SECRET)
        password = settings.turn_cli_password or ""
        return CoturnProvider(
            settings.turn_hosts,
            settings.turn_secret,
            tokens,
            lifetime_seconds=settings.lifetime_seconds,
            clis=[CoturnCli(address, password) for address in settings.turn_clis],
        )
    if settings.turn_hosts:
        return StaticProvider((IceServer(tuple(settings.turn_hosts)),))
    return StaticProvider(settings.fixed)


def _twilio(settings: TwilioSettings, resolve: Resolve) -> "TwilioProvider":
    from relay.providers.twilio import (  # noqa: PLC0415 - the SDK takes a third of a second and 40 MB; most have no use
        BASE_URL,
        TwilioAccount,
        TwilioProvider,
    )

    return TwilioProvider(
        TwilioAccount(settings.account_sid, settings.secret, settings.key_sid),
        RegionPin(settings.region, resolve, allow_global=settings.allow_global),
        lifetime_seconds=settings.lifetime_seconds,
        base_url=settings.base_url or BASE_URL,
    )
