"""Twilio Network Traversal: relays that somebody else runs, pinned to the EU, asked for through Twilio's own SDK.

A token is asked for ahead of any call and says nothing about anybody: the request's body is `Ttl` and no more. Tokens
can be had from US1 alone, which is why that matters; the relays named in them are held to the region. Twilio can't
revoke a token nor delete an allocation, so what is minted here ends by its own life.
"""

import asyncio
import logging
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import msgspec
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from relay.errors import Fault, MintCause, ProviderError, RelayError
from relay.ice import IceServer, IceUrl, Transport, ordered
from relay.provider import Minted, ProviderName
from relay.providers.twilio_http import TokenHttp
from relay.region import RegionPin

BASE_URL: Final = "https://api.twilio.com"
LIFETIME_SECONDS: Final = 600
TIMEOUT_SECONDS: Final = 5.0
TLS_PORT: Final = 443
_SID: Final = re.compile(r"AC[0-9a-fA-F]{32}", re.ASCII)
_KEY_SID: Final = re.compile(r"SK[0-9a-fA-F]{32}", re.ASCII)
_LOOPBACK: Final = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1", re.ASCII)
_NO_ENVIRONMENT: Final = {"TWILIO_REGION": ""}
"""The SDK reads the process's environment unless it is given one that is not empty."""


class TwilioAccount(msgspec.Struct, frozen=True):
    """Who asks. With `key_sid` (SK…) the secret is that API key's, otherwise the account's own token. Never printed."""

    sid: str
    secret: str
    key_sid: str | None = None

    def __post_init__(self) -> None:
        is_key = self.key_sid is None or _KEY_SID.fullmatch(self.key_sid) is not None
        if not is_key or _SID.fullmatch(self.sid) is None or not 16 <= len(self.secret) <= 128:
            raise RelayError(Fault.TWILIO_ACCOUNT)

    def __repr__(self) -> str:
        return "TwilioAccount(…)"


class _Entry(msgspec.Struct):
    """One of a token's `ice_servers`; older answers say `url`, newer ones `urls`, some both."""

    url: str | None = None
    urls: str | list[str] | None = None
    username: str | None = None
    credential: str | None = None

    def every_url(self) -> list[str]:
        match self.urls:
            case None:
                return [self.url] if self.url is not None else []
            case str():
                return [self.urls]
            case _:
                return self.urls


class TwilioProvider:
    """Asks Twilio for one token a mint; each has a user name of its own."""

    name: Final = ProviderName.TWILIO
    ends_allocations: Final = False
    is_remote: Final = True

    def __init__(
        self,
        account: TwilioAccount,
        pin: RegionPin,
        *,
        lifetime_seconds: float = LIFETIME_SECONDS,
        timeout_seconds: float = TIMEOUT_SECONDS,
        base_url: str = BASE_URL,
    ) -> None:
        if not 120 <= lifetime_seconds <= 86_400:
            raise RelayError(Fault.TWILIO_LIFETIME)
        self.lifetime_seconds: Final = float(int(lifetime_seconds))
        self._account = account
        self._pin = pin
        self._timeout_seconds = timeout_seconds
        self._base_url = _checked(base_url)
        self._client: Client | None = None
        self._http: TokenHttp | None = None

    async def start(self) -> None:
        """Look where the region's hosts are. Raises RelayError if that is outside it.

        A resolver that gives no answer does not stop the start: each mint looks again, and until it can, fails.
        """
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._pin.check(self._pin.expected_hosts())
        except ProviderError as failure:
            cause = failure.cause
        except TimeoutError:
            return
        else:
            return
        if cause is MintCause.OUTSIDE_REGION:
            raise RelayError(Fault.REGION_ADDRESS)

    async def ice_servers(self, *, now: float) -> Minted:
        """One token, and the relays that it opens, held to the region. Raises ProviderError."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                token = await self._asked().tokens.create_async(ttl=int(self.lifetime_seconds))
                servers = self._servers(token.ice_servers)
                await self._pin.check(url.host for server in servers for url in server.parsed())
            return Minted(servers, now + _lifetime(token.ttl, self.lifetime_seconds))
        except TimeoutError:
            cause = MintCause.TIMEOUT
        except (TwilioException, TypeError, ValueError, AttributeError):
            cause = MintCause.GARBAGE  # what the SDK itself could not read; it quotes, so it is not passed on
        raise ProviderError(cause)

    async def end(self, usernames: Iterable[str]) -> bool:  # noqa: ARG002 - nothing of theirs can be ended
        """Can't: Twilio has no way to end an allocation."""
        return False

    async def close(self) -> None:
        """Close the connection to Twilio. A later mint opens another."""
        http, self._http, self._client = self._http, None, None
        if http is not None:
            await http.close()

    def _asked(self) -> Client:
        if self._client is None:
            _quieten("twilio", "twilio.http_client", "twilio.async_http_client")
            self._http = TokenHttp()
            self._client = Client(
                self._account.key_sid or self._account.sid,
                self._account.secret,
                self._account.sid,
                http_client=self._http,
                environment=_NO_ENVIRONMENT,
            )
            self._client.api.base_url = self._base_url
        return self._client

    def _servers(self, entries: object) -> tuple[IceServer, ...]:
        credentials: tuple[str, str] | None = None
        stun: dict[str, None] = {}
        turn: dict[str, None] = {}
        for entry in msgspec.convert(entries, list[_Entry]):
            for text in entry.every_url():
                url = self._pin.rewritten(_url(text))
                if not url.is_turn:
                    stun[str(url)] = None
                    continue
                if not entry.username or not entry.credential:
                    raise ProviderError(MintCause.INCOMPLETE)
                credentials = (entry.username, entry.credential)
                turn[str(url)] = None
                # Twilio does not list TLS on 443, and it is the one that passes a school's firewall.
                turn[str(IceUrl("turns", url.host, TLS_PORT, Transport.TLS))] = None
        if credentials is None:
            raise ProviderError(MintCause.INCOMPLETE)
        relays = IceServer(tuple(turn), *credentials)
        return ordered([IceServer(tuple(stun)), relays] if stun else [relays])

    def __repr__(self) -> str:
        return f"TwilioProvider(region={self._pin.region.value!r}, …)"


def _quieten(*names: str) -> None:
    """At INFO the SDK logs URLs, headers and parameters."""
    for logger in map(logging.getLogger, names):
        if logger.getEffectiveLevel() < logging.WARNING:
            logger.setLevel(logging.WARNING)


def _url(text: str) -> IceUrl:
    """An ICE URL as Twilio writes it: their STUN URLs sometimes name a transport, which RFC 7064 does not have."""
    return IceUrl.parse(text.partition("?")[0] if text.startswith("stun:") else text)


def _lifetime(ttl: object, asked_for: float) -> float:
    """How long a token lives: what Twilio says (as text), never more than was asked for."""
    seconds = float(int(str(ttl)))
    if seconds <= 0:
        raise ValueError("a token lives for some time")
    return min(seconds, asked_for)


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    is_private = parts.scheme == "http" and _LOOPBACK.fullmatch(parts.hostname or "") is not None
    if not (is_private or (parts.scheme == "https" and parts.hostname)) or parts.query or parts.username:
        raise RelayError(Fault.TWILIO_BASE_URL)
    return base_url.rstrip("/")
