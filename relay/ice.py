"""ICE servers in W3C's words: a URL, an `RTCIceServer`, and which of them an endpoint tries first.

Checked when made; a credential is never printed. Order is policy: aiortc uses the first STUN and the first TURN URL
only. Without knowledge of the network UDP goes first, then TCP, then TLS; an endpoint that has learnt what passes puts
that first. Browsers use every URL, so ordering drops none.

Sources: RFC 7064 (stun), RFC 7065 (turn, turns), W3C webrtc §4.2.4.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import msgspec

from relay.errors import Fault, RelayError

__all__ = ["IceServer", "IceUrl", "RelayError", "Transport", "first_usable", "ordered", "preferring"]

URL_CHARACTERS: Final = 300
URLS: Final = 16
CREDENTIAL_BYTES: Final = 508
"""RFC 8489 §14.3: a username is shorter than 509 bytes."""

_URL: Final = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:?\[\]]*)(:(?P<port>[^?]*))?(\?(?P<query>.*))?", re.DOTALL)
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{1,5}", re.ASCII)
_DEFAULT_PORTS: Final = {"stun": 3478, "turn": 3478, "turns": 5349}


class Transport(StrEnum):
    """How packets reach the server; each passes stricter networks than the one before, and costs more."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class IceUrl(msgspec.Struct, frozen=True):
    """One address of a STUN or TURN server. `host` has no brackets; made by `parse`, not by hand."""

    scheme: str
    host: str
    port: int
    transport: Transport

    @staticmethod
    @lru_cache(maxsize=256)
    def parse(text: str) -> "IceUrl":
        """Read a URL, or raise `RelayError`. Remembered, as the same few are read for each call.

        Stricter than the RFCs where no endpoint could use the URL: schemes in lower case (aiortc compares
        them so), no `stuns:`, no `turns:` over UDP (DTLS), and host names as DNS writes them.
        """
        if len(text) > URL_CHARACTERS:
            raise RelayError(Fault.ICE_URL_LENGTH)
        scheme, _, rest = text.partition(":")
        if scheme not in _DEFAULT_PORTS or rest.startswith("//"):
            raise RelayError(Fault.ICE_URL_SCHEME)
        match = _URL.fullmatch(rest)
        if match is None or not _is_host(match["host"]):
            raise RelayError(Fault.ICE_URL_HOST)
        return IceUrl(
            scheme=scheme,
            host=match["host"].strip("[]").lower(),
            port=_DEFAULT_PORTS[scheme] if match["port"] is None else _port(match["port"]),
            transport=_transport(scheme, match["query"]),
        )

    @property
    def is_turn(self) -> bool:
        """Whether this URL relays; a `stun:` URL only tells an end its own address."""
        return self.scheme != "stun"

    @property
    def is_ipv6_literal(self) -> bool:
        """Whether the host is an IPv6 address. aiortc 1.16 refuses a whole configuration that holds one."""
        return ":" in self.host

    def __str__(self) -> str:
        host = f"[{self.host}]" if self.is_ipv6_literal else self.host
        protocol = "udp" if self.transport is Transport.UDP else "tcp"
        return f"{self.scheme}:{host}:{self.port}" + (f"?transport={protocol}" if self.is_turn else "")


class IceServer(msgspec.Struct, frozen=True):
    """W3C `RTCIceServer`: URLs that share one username and credential. `repr` shows neither of the two."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.urls) <= URLS:
            raise RelayError(Fault.ICE_SERVER_URLS)
        needs_credential = any(url.is_turn for url in self.parsed())
        given = (self.username, self.credential)
        if needs_credential:
            if not all(part is not None and 1 <= len(part.encode()) <= CREDENTIAL_BYTES for part in given):
                raise RelayError(Fault.ICE_SERVER_CREDENTIAL)
        elif given != (None, None):
            raise RelayError(Fault.ICE_SERVER_CREDENTIAL)

    def parsed(self) -> tuple[IceUrl, ...]:
        """The URLs taken apart, in the order given."""
        return tuple(IceUrl.parse(url) for url in self.urls)

    def to_wire(self) -> dict[str, object]:
        """W3C's dictionary, as `RTCPeerConnection` takes it; without the fields that are not there."""
        wire: dict[str, object] = {"urls": list(self.urls)}
        if self.username is not None:
            wire |= {"username": self.username, "credential": self.credential}
        return wire

    def __repr__(self) -> str:
        return f"IceServer(urls={self.urls!r}, …)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("urls", self.urls)]


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_address(host[1:-1], ipaddress.IPv6Address) and "%" not in host
    labels = host.removesuffix(".").split(".")
    if labels[-1].isdecimal():  # RFC 3986 §3.2.2: what looks like IPv4 is IPv4
        return _is_address(host, ipaddress.IPv4Address)
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def _is_address(text: str, family: type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address]) -> bool:
    try:
        family(text)
    except ValueError:
        return False
    return True


def _port(digits: str) -> int:
    if _DIGITS.fullmatch(digits) is None or not 1 <= int(digits) <= 65535:
        raise RelayError(Fault.ICE_URL_PORT)
    return int(digits)


def _transport(scheme: str, query: str | None) -> Transport:
    match scheme, query:
        case ("stun", None) | ("turn", None | "transport=udp"):
            return Transport.UDP
        case "turn", "transport=tcp":
            return Transport.TCP
        case "turns", None | "transport=tcp":
            return Transport.TLS
        case _:
            raise RelayError(Fault.ICE_URL_TRANSPORT)


UDP_FIRST: Final = (Transport.UDP, Transport.TCP, Transport.TLS)


def ordered(servers: Iterable[IceServer], *, transports: Sequence[Transport] = UDP_FIRST) -> tuple[IceServer, ...]:
    """The same servers and URLs, best transport first; equals keep their order, so the first host stays first.

    A transport that is not named goes last.
    """

    def rank(url: IceUrl) -> int:
        return transports.index(url.transport) if url.transport in transports else len(transports)

    def best(server: IceServer) -> int:
        return min(rank(url) for url in server.parsed())

    def sorted_urls(server: IceServer) -> tuple[str, ...]:
        ranked = sorted(zip(server.parsed(), server.urls, strict=True), key=lambda pair: rank(pair[0]))
        return tuple(text for _, text in ranked)

    return tuple(msgspec.structs.replace(one, urls=sorted_urls(one)) for one in sorted(servers, key=best))


def preferring(servers: Iterable[IceServer], best: IceUrl) -> tuple[IceServer, ...]:
    """The same servers and URLs with `best`, and STUN of the same host, before everything else; otherwise as `ordered`.

    A STUN server that went down with its relay would hold gathering up, so it goes behind.
    """
    known = ordered(servers)
    first = [msgspec.structs.replace(one, urls=_first(one, best)) for one in known if best in one.parsed()]
    rest = [one for one in known if best not in one.parsed()]
    same_host = [one for one in rest if all(url.host == best.host and not url.is_turn for url in one.parsed())]
    return (*same_host, *first, *(one for one in rest if one not in same_host))


def _first(server: IceServer, best: IceUrl) -> tuple[str, ...]:
    return tuple(
        text for _, text in sorted(zip(server.parsed(), server.urls, strict=True), key=lambda pair: pair[0] != best)
    )


def first_usable(servers: Iterable[IceServer]) -> tuple[IceServer, ...]:
    """At most one STUN and one TURN server of one URL each: all that aiortc would use, as it can read it.

    aiortc 1.16 raises on an IPv6 literal anywhere in its configuration, so those are passed over.
    """
    stun: IceServer | None = None
    turn: IceServer | None = None
    for server in servers:
        for url in server.parsed():
            if url.is_ipv6_literal:
                continue
            if url.is_turn:
                turn = turn or IceServer((str(url),), server.username, server.credential)
            else:
                stun = stun or IceServer((str(url),))
    return tuple(server for server in (stun, turn) if server is not None)
