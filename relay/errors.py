"""What can be wrong with ICE servers, their settings and their providers. No message repeats what was given.

A `RelayError` is a rule that somebody broke and ends a start; a `ProviderError` is weather, and somebody else is asked.
"""

from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """Stable codes; programs and the reference page go by these."""

    ICE_URL_LENGTH = "ice_url_length"
    ICE_URL_SCHEME = "ice_url_scheme"
    ICE_URL_HOST = "ice_url_host"
    ICE_URL_PORT = "ice_url_port"
    ICE_URL_TRANSPORT = "ice_url_transport"
    ICE_SERVER_URLS = "ice_server_urls"
    ICE_SERVER_CREDENTIAL = "ice_server_credential"
    TURN_TAG = "turn_tag"
    TURN_LIFETIME = "turn_lifetime"
    TURN_SECRET = "turn_secret"  # noqa: S105 - the code of an error
    TURN_HOSTS = "turn_hosts"
    TURN_CLI_ADDRESS = "turn_cli_address"
    TURN_CLI_PASSWORD = "turn_cli_password"  # noqa: S105 - the code of an error
    PROVIDER_AMBIGUOUS = "provider_ambiguous"
    PROVIDER_ORDER = "provider_order"
    TWILIO_ACCOUNT = "twilio_account"
    TWILIO_LIFETIME = "twilio_lifetime"
    TWILIO_BASE_URL = "twilio_base_url"
    REGION_GLOBAL = "region_global"
    REGION_ADDRESS = "region_address"


SENTENCES: Final[dict[Fault, str]] = {
    Fault.ICE_URL_LENGTH: "an ICE URL has at most 300 characters",
    Fault.ICE_URL_SCHEME: "an ICE URL begins with stun:, turn: or turns:, in lower case and without slashes",
    Fault.ICE_URL_HOST: "the host is a DNS name, an IPv4 address or an IPv6 address in brackets",
    Fault.ICE_URL_PORT: "the port is a number from 1 to 65535",
    Fault.ICE_URL_TRANSPORT: "?transport= is udp or tcp after turn:, tcp after turns:, and absent after stun:",
    Fault.ICE_SERVER_URLS: "an ICE server has from 1 to 16 URLs",
    Fault.ICE_SERVER_CREDENTIAL: "turn: and turns: need a username and a credential of 1 to 508 bytes, stun: has none",
    Fault.TURN_TAG: "a TURN tag is 8 to 64 letters, digits, - and _, chosen at random",
    Fault.TURN_LIFETIME: "TURN credentials live from 10 to 86400 seconds",
    Fault.TURN_SECRET: "the TURN secret has 16 to 128 printable characters without spaces, as in: openssl rand -hex 32",
    Fault.TURN_HOSTS: "a turn: or turns: URL stands among TURN hosts, as in: turn:turn.example.org:3478",
    Fault.TURN_CLI_ADDRESS: "coturn's command line is reached on a loopback address, as in: 127.0.0.1:5766",
    Fault.TURN_CLI_PASSWORD: "the password of coturn's command line has 16 to 128 printable characters without spaces",
    Fault.PROVIDER_ORDER: "the order names each provider that has settings once, as in: twilio,coturn",
    Fault.TWILIO_ACCOUNT: "Twilio needs an account SID (AC, 32 hex digits) and a secret of 16 to 128 characters",
    Fault.TWILIO_LIFETIME: "Twilio's credentials live from 120 to 86400 seconds",
    Fault.TWILIO_BASE_URL: "Twilio's base address is an https: URL, or http: on loopback",
    Fault.REGION_GLOBAL: "Twilio's global region relays anywhere in the world and is refused unless it is allowed",
    Fault.REGION_ADDRESS: "a Twilio host of a region has addresses, all of them in the region's published ranges",
    Fault.PROVIDER_AMBIGUOUS: "give either TURN hosts with a secret, or fixed ICE servers, not both",
}


class RelayError(ValueError):
    """Something given to `relay` breaks a rule; `code` says which, the message says how the rule goes."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(SENTENCES[fault])
        self.code: Final = fault


class MintCause(StrEnum):
    """Why a provider gave no ICE servers; stable, for figures and the alarm."""

    REFUSED = "refused"
    """It did not accept our account, key or request: nothing changes until somebody looks."""
    RATE_LIMITED = "rate_limited"
    SERVER_FAULT = "server_fault"
    GARBAGE = "garbage"
    """An answer that is not what was agreed."""
    INCOMPLETE = "incomplete"
    """An answer of which a part is missing, or that was cut off."""
    REPEATED = "repeated"
    """A user name that was given out before: two calls could be joined by it."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    OUTSIDE_REGION = "outside_region"
    """A relay outside the region that it is pinned to, or one whose region can't be told. Nothing of it is used."""
    POOL_EMPTY = "pool_empty"
    """Nothing was fetched ahead that is left, and a call does not wait."""


MINT_SENTENCES: Final[dict[MintCause, str]] = {
    MintCause.REFUSED: "the provider refused our account, key or request",
    MintCause.RATE_LIMITED: "the provider says that we ask too often",
    MintCause.SERVER_FAULT: "the provider has a fault of its own",
    MintCause.GARBAGE: "the provider's answer is not what was agreed",
    MintCause.INCOMPLETE: "the provider's answer lacks a part",
    MintCause.REPEATED: "the provider gave a user name twice",
    MintCause.TIMEOUT: "the provider did not answer in time",
    MintCause.UNREACHABLE: "the provider can't be reached",
    MintCause.OUTSIDE_REGION: "the provider's relay is not known to be in the region it is pinned to",
    MintCause.POOL_EMPTY: "no ICE servers of this provider are at hand",
}


class ProviderError(Exception):
    """A provider gave no ICE servers. Carries the cause, and how long to leave it alone if it said so."""

    def __init__(self, cause: MintCause, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(MINT_SENTENCES[cause])
        self.cause: Final = cause
        self.retry_after_seconds: Final = retry_after_seconds
