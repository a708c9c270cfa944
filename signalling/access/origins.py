"""Origins: under which names this coordinator is dialled, and whose pages may speak to it. Exact, never by suffix."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from signalling.protocol.errors import ErrorCode, ProtocolError

_ORIGIN: Final = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[1-9][0-9]{0,4})?")
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


def check_origin(text: str) -> str:
    """The origin itself, if it is written as a browser writes it: scheme, host in lower case, no default port, no path.

    Raises ValueError. Source: RFC 6454 §6.2.
    """
    if not _ORIGIN.fullmatch(text) or text.endswith(_DEFAULT_PORTS[urlsplit(text).scheme]):
        raise ValueError("an origin is scheme://host, and the port where it isn't the usual one; nothing after it")
    return text


class Origins:
    """The coordinator's public origin, and the foreign ones whose pages may use it."""

    def __init__(self, public: str, allowed: Iterable[str] = ()) -> None:
        self.public: Final = public
        """In every token's `aud`."""
        self.own: Final = _names(public)
        """The names under which clients may have dialled it. A loopback address has three."""
        self._allowed = frozenset(self.own) | frozenset(allowed)

    def check(self, origin: str | None) -> None:
        """Refuse pages of other origins; a request without an origin comes from a device. Raises `origin_refused`."""
        if origin is not None and origin not in self._allowed:
            raise ProtocolError(ErrorCode.ORIGIN_REFUSED)

    def is_foreign_friend(self, origin: str | None) -> bool:
        """Whether answers to it need CORS headers: another origin that is allowed."""
        return origin is not None and origin in self._allowed and origin not in self.own


def _names(public: str) -> tuple[str, ...]:
    """On one machine, `localhost` and its addresses are the same place."""
    parts = urlsplit(public)
    host, _, port = parts.netloc.rpartition(":") if parts.port is not None else (parts.netloc, "", "")
    if host not in _LOOPBACK:
        return (public,)
    suffix = f":{port}" if port else ""
    names = dict.fromkeys([public, *(f"{parts.scheme}://{name}{suffix}" for name in _LOOPBACK)])
    return tuple(names)
