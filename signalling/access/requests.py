"""A signed HTTP request: a token says who asks, and a signature over this very request proves it. A token alone is
worth nothing, and neither is a request that somebody else has seen: it holds once, within a minute.

    Authorization: Bearer <token>
    Narvaro-Proof: t=<Unix milliseconds>,n=<128 random bits, base64url>,s=<signature, base64url>

The signature covers origin, method, target, token id, `t`, `n` and the SHA-256 of the body (purpose `request`).
"""

import hashlib
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from signalling.access.identity import Identity, signature_holds
from signalling.access.origins import Origins
from signalling.access.tokens import TokenVerifier
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import request_bytes

WINDOW_SECONDS: Final = 60
"""How far the client's clock may be off, either way, and how long a request stays its own."""
REMEMBERED_AT_MOST: Final = 200_000
_BEARER: Final = re.compile(r"Bearer ([A-Za-z0-9_.-]{20,2048})")
_PROOF: Final = re.compile(r"t=([1-9][0-9]{0,14}),n=([A-Za-z0-9_-]{22}),s=([A-Za-z0-9_-]{86})")


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """Who says to ask, by a token that holds; not proven yet."""

    identity: Identity
    unix_ms: int
    nonce: str
    signature: str


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What the signature must cover."""

    method: str
    target: str
    body: bytes


class RequestCheck:
    """Takes a request: first its token, so that a stranger's body need not be read, then its proof."""

    def __init__(
        self, verifier: TokenVerifier, origins: Origins, *, remembered_at_most: int = REMEMBERED_AT_MOST
    ) -> None:
        self._verifier = verifier
        self._origins = origins
        self._salt = secrets.token_bytes(16)
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        """By keyed hash: whose requests they were is not remembered."""
        self._at_most = remembered_at_most

    def claim(self, authorization: str | None, proof: str | None, *, now: float) -> Claim:
        """Who says to ask. Raises ProtocolError `not_authenticated` or `token_expired`."""
        bearer = _BEARER.fullmatch(authorization or "")
        written = _PROOF.fullmatch(proof or "")
        if bearer is None or written is None:
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        identity = self._verifier.verify(bearer[1], now=now)
        unix_ms = int(written[1])
        if abs(now * 1000 - unix_ms) > WINDOW_SECONDS * 1000:
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        return Claim(identity, unix_ms, written[2], written[3])

    def prove(self, claim: Claim, asked: Asked, *, now: float) -> None:
        """The claim holds for this request, and came for the first time. Raises ProtocolError `not_authenticated`."""
        is_signed = any(self._signed(claim, asked, origin) for origin in self._origins.own)
        seen = f"{claim.identity.endpoint}\0{claim.nonce}".encode()
        key = hashlib.blake2b(seen, key=self._salt, digest_size=16).digest()
        self._forget(now)
        if not is_signed or key in self._seen:
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        if len(self._seen) >= self._at_most:
            raise ProtocolError(ErrorCode.UNAVAILABLE, retry_after_ms=1000)
        # A request dated a minute ahead holds for two; all are kept that long, so that they leave as they came.
        self._seen[key] = now + 2 * WINDOW_SECONDS

    def _signed(self, claim: Claim, asked: Asked, origin: str) -> bool:
        signed = request_bytes(
            origin=origin,
            method=asked.method,
            path=asked.target,
            token_id=claim.identity.token_id,
            unix_ms=claim.unix_ms,
            nonce=claim.nonce,
            body=asked.body,
        )
        return signature_holds(claim.identity.identity_key, claim.signature, signed)

    def _forget(self, now: float) -> None:
        while self._seen and next(iter(self._seen.values())) <= now:
            self._seen.popitem(last=False)

    def __len__(self) -> int:
        return len(self._seen)
