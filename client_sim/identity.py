"""Who an endpoint is: an Ed25519 key, the name made from it, and what it signs.

The private key stays in this object. It must never be printed, logged or sent; a link file holds its seed.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.protocol import EndpointId
from signalling.protocol.proof import (
    Ticket,
    base64url,
    endpoint_id,
    hello_bytes,
    register_bytes,
    request_bytes,
    token_request_bytes,
)


class Identity:
    """An endpoint's identity key (RFC 8032) and what it proves with it."""

    def __init__(self, seed: bytes | None = None) -> None:
        """`seed` is the 32 bytes of a stored key; without it a new endpoint comes to be. Raises ValueError."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed) if seed else Ed25519PrivateKey.generate()
        self.public: bytes = self._key.public_key().public_bytes_raw()
        self.endpoint: EndpointId = endpoint_id(self.public)

    def __repr__(self) -> str:
        return "Identity(…)"

    @property
    def key(self) -> Ed25519PrivateKey:
        """What signs its key statements."""
        return self._key

    @property
    def seed(self) -> bytes:
        """The 32 bytes to store; whoever has them is this endpoint."""
        return self._key.private_bytes_raw()

    @property
    def public_text(self) -> str:
        """The public key as it stands in seed files and link files."""
        return base64url(self.public)

    def sign_token_request(self, *, origin: str, nonce: str) -> str:
        """The signature of `POST /v1/token`."""
        return self._sign(token_request_bytes(origin=origin, endpoint=self.endpoint, nonce=nonce))

    def sign_hello(self, *, origin: str, token_id: str, nonce: str, client_nonce: str) -> str:
        """The proof in `hello`."""
        return self._sign(
            hello_bytes(
                origin=origin,
                endpoint=self.endpoint,
                token_id=token_id,
                nonce=nonce,
                client_nonce=client_nonce,
            )
        )

    def sign_registration(self, *, origin: str, ticket: Ticket, text: str, nonce: str) -> str:
        """The signature of a registration with that code, keyword or token."""
        return self._sign(
            register_bytes(origin=origin, ticket=ticket, text=text, identity=self.public_text, nonce=nonce)
        )

    def sign_request(
        self, *, origin: str, method: str, path: str, token_id: str, unix_ms: int, nonce: str, body: bytes
    ) -> str:
        """The signature in `Narvaro-Proof`."""
        return self._sign(
            request_bytes(
                origin=origin, method=method, path=path, token_id=token_id, unix_ms=unix_ms, nonce=nonce, body=body
            )
        )

    def _sign(self, data: bytes) -> str:
        return base64url(self._key.sign(data))
