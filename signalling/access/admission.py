"""How often one network may knock, or one endpoint ask: token buckets by keyed hash, in memory, for a minute.

No address is kept, and no endpoint's name.
"""

import hashlib
import ipaddress
import secrets
from collections import OrderedDict
from enum import StrEnum
from typing import Final

from signalling.protocol.errors import ErrorCode, ProtocolError

PREFIXES_AT_MOST: Final = 16_384
REMEMBERED_SECONDS: Final = 60.0
"""After so long without a knock a bucket is full again, and tells nothing more."""
_IPV4_PREFIX: Final = 24
_IPV6_PREFIX: Final = 56


class Door(StrEnum):
    """What is knocked at; each has buckets of its own."""

    NONCE = "nonce"
    TOKEN = "token"  # noqa: S105 - a door, not a token
    SOCKET = "socket"
    REQUEST = "request"
    """A signed request; counted before it is looked at."""
    CODE = "code"
    """A one-time code by SMS."""
    NEWCOMER = "newcomer"
    """A registration with a code, a keyword or a token."""
    MY_DATA = "my_data"
    """A request about one's own data by an e-mail address alone."""
    RECEIPT = "receipt"
    """A head or a proof of the tree of receipts."""
    LIST = "list"
    """Onto the waiting list or the newsletter's."""
    SUPPORT = "support"
    """A question, or one more message."""
    THREAD = "thread"
    """A look at a support thread, its end, a withdrawal, the wordings of consents."""


class Admission:
    """Lets each in so often a minute, all of it at once if it likes, and tells the others when to come back."""

    def __init__(self, *, per_minute: int, prefixes_at_most: int = PREFIXES_AT_MOST) -> None:
        self._burst = float(per_minute)
        self._per_second = per_minute / 60
        self._at_most = prefixes_at_most
        self._salt = secrets.token_bytes(16)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def knock(self, door: Door, address: str | None, *, now: float) -> None:
        """Count one knock. Raises ProtocolError `too_many` with the time until there is room."""
        self._count(self._name(door, _prefix(address)), now=now)

    def ask(self, endpoint: str, *, now: float) -> None:
        """Count one request of an endpoint that has proved itself. Raises ProtocolError `too_many`."""
        self._count(self._name("endpoint", endpoint), now=now)

    def _count(self, name: bytes, *, now: float) -> None:
        left, filled_at = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - filled_at) * self._per_second)
        admitted = left >= 1
        self._buckets[name] = (left - 1 if admitted else left, now)
        while len(self._buckets) > self._at_most or self._is_full_again(now):
            self._buckets.popitem(last=False)  # the network that knocked longest ago
        if not admitted:
            raise ProtocolError(ErrorCode.TOO_MANY, retry_after_ms=int((1 - left) / self._per_second * 1000) + 1)

    def _is_full_again(self, now: float) -> bool:
        """Whether the one that was knocked at longest ago is."""
        _, (_, knocked_at) = next(iter(self._buckets.items()))
        return now - knocked_at > REMEMBERED_SECONDS

    def _name(self, kind: str, text: str) -> bytes:
        return hashlib.blake2b(f"{kind}\0{text}".encode(), key=self._salt, digest_size=12).digest()

    def __len__(self) -> int:
        return len(self._buckets)


def _prefix(address: str | None) -> str:
    """The network that an address is in, as far as one household or school goes; a malformed one is nobody's."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    bits = _IPV4_PREFIX if parsed.version == 4 else _IPV6_PREFIX
    return str(ipaddress.ip_network((parsed, bits), strict=False))
