"""Nonces for `POST /v1/token`: the server remembers none that it gives out, only those that were used, until they die.

A nonce is its own death date, random bytes, and a MAC over both. The MAC key lives as long as the process.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from typing import Final

from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import base64url, from_base64url

LIFETIME_SECONDS: Final = 60
USED_AT_MOST: Final = 100_000
_RANDOM_BYTES: Final = 16
_MAC_BYTES: Final = 16
_DATE_BYTES: Final = 6


class Nonces:
    """Gives out nonces, and takes each back once."""

    def __init__(self, *, used_at_most: int = USED_AT_MOST) -> None:
        self._key = secrets.token_bytes(32)
        self._used: OrderedDict[bytes, float] = OrderedDict()
        self._used_at_most = used_at_most

    def fresh(self, *, now: float) -> str:
        """A nonce that holds for a minute: 51 characters of base64url."""
        dies = int((now + LIFETIME_SECONDS) * 1000)
        body = dies.to_bytes(_DATE_BYTES, "big") + secrets.token_bytes(_RANDOM_BYTES)
        return base64url(body + self._mac(body))

    def holds(self, nonce: str, *, now: float) -> bool:
        """Whether it is ours, alive and unused. Looking uses nothing up."""
        try:
            raw = from_base64url(nonce)
        except ValueError:
            return False
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if len(raw) != _DATE_BYTES + _RANDOM_BYTES + _MAC_BYTES or base64url(raw) != nonce:
            return False
        if not hmac.compare_digest(mac, self._mac(body)):
            return False
        return int.from_bytes(body[:_DATE_BYTES], "big") > now * 1000 and body not in self._used

    def use(self, nonce: str, *, now: float) -> None:
        """Remember a nonce that holds as used. Raises ProtocolError `unavailable` when too many are remembered.

        Only a request whose signature held uses one up, so a stranger can't fill the memory.
        """
        while self._used and next(iter(self._used.values())) <= now:
            self._used.popitem(last=False)
        if len(self._used) >= self._used_at_most:
            raise ProtocolError(ErrorCode.UNAVAILABLE, retry_after_ms=1000)
        # Kept for a whole life from now, so that they leave in the order they came.
        self._used[from_base64url(nonce)[:-_MAC_BYTES]] = now + LIFETIME_SECONDS

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:_MAC_BYTES]
