"""How an endpoint comes in: a signed request for a token, then a signed hello on its socket. Looks up nothing itself.

Every refusal of a token request is the same, and takes the same work, whatever was wrong with it.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from signalling.access.identity import Identity, signature_holds
from signalling.access.nonces import Nonces
from signalling.access.origins import Origins
from signalling.access.tokens import SigningKey, TokenIssuer, TokenVerifier
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.fields import Key128, Signature
from signalling.protocol.messages import Hello
from signalling.protocol.proof import hello_bytes, token_request_bytes
from signalling.vocabulary import EndpointId

IdentityKeys = Callable[[str], Awaitable[bytes | None]]
"""Gives the admitted identity key of the endpoint of that id, or None if there is none."""

_NOBODYS_KEY: Final = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
"""RFC 8032 §7.1, test 1: verified against when there is no endpoint, so that no answer comes sooner."""


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /v1/token`."""

    endpoint: Key128
    nonce: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
    signature: Signature

    def __repr__(self) -> str:
        return "TokenRequest(…)"


class TokenDesk:
    """Gives an endpoint its next token."""

    def __init__(self, issuer: TokenIssuer, nonces: Nonces, origins: Origins, identity_keys: IdentityKeys) -> None:
        self._issuer = issuer
        self._nonces = nonces
        self._origins = origins
        self._identity_keys = identity_keys

    async def grant(self, request: TokenRequest, *, now: float) -> str:
        """A token for whoever signed. Raises ProtocolError `not_authenticated`, one and the same for every fault."""
        key = await self._identity_keys(request.endpoint)
        signed = any(
            signature_holds(
                key if key is not None else _NOBODYS_KEY,
                request.signature,
                token_request_bytes(origin=origin, endpoint=request.endpoint, nonce=request.nonce),
            )
            for origin in self._origins.own
        )
        if key is None or not signed or not self._nonces.holds(request.nonce, now=now):
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        self._nonces.use(request.nonce, now=now)
        return self._issuer.issue(EndpointId(request.endpoint), key, now=now)


class HelloCheck:
    """Takes a hello: the token must hold, and its key must have signed this very socket's nonce."""

    def __init__(self, verifier: TokenVerifier, origins: Origins) -> None:
        self._verifier = verifier
        self._origins = origins

    def identity(self, hello: Hello, *, nonce: str, now: float) -> Identity:
        """Who says hello. Raises ProtocolError `not_authenticated` or `token_expired`."""
        identity = self._verifier.verify(hello.token, now=now)
        for origin in self._origins.own:
            signed = hello_bytes(
                origin=origin,
                endpoint=identity.endpoint,
                token_id=identity.token_id,
                nonce=nonce,
                client_nonce=hello.client_nonce,
            )
            if signature_holds(identity.identity_key, hello.proof, signed):
                return identity
        raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)


def verifier_of(*keys: SigningKey, audience: str) -> TokenVerifier:
    """A verifier that knows these keys and no others."""
    return TokenVerifier({key.name: key.public for key in keys}, audience=audience)
