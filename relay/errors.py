"""What can be wrong with ICE servers and their settings. A message never repeats what was given."""

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
    PROVIDER_AMBIGUOUS = "provider_ambiguous"


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
    Fault.PROVIDER_AMBIGUOUS: "give either TURN hosts with a secret, or fixed ICE servers, not both",
}


class RelayError(ValueError):
    """Something given to `relay` breaks a rule; `code` says which, the message says how the rule goes."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(SENTENCES[fault])
        self.code: Final = fault
