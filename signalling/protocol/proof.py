"""What is signed, and how an endpoint gets its name. Both sides of the wire use these bytes; keys live elsewhere."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from itertools import chain

from signalling.vocabulary import EndpointId


class Purpose(StrEnum):
    """What a signature is for. Closed: no signature can be used for another purpose."""

    HELLO = "hello"
    TOKEN_REQUEST = "token-request"  # noqa: S105 - a purpose, not a token
    AGREEMENT_KEY = "agreement-key"
    DEVICE_LIST = "device-list"


def base64url(data: bytes) -> str:
    """RFC 4648 §5 without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The bytes of base64url text without padding. Raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def endpoint_id(identity_key: bytes) -> EndpointId:
    """The name of an endpoint: the first 128 bits of SHA-256 of its raw Ed25519 public key (32 bytes)."""
    return EndpointId(base64url(hashlib.sha256(identity_key).digest()[:16]))


def signed_bytes(purpose: Purpose, *fields: str) -> bytes:
    """`narvaro/v1/<purpose>\\0`, then each field as UTF-8 behind its length (four bytes, big endian)."""
    encoded = [field.encode() for field in fields]
    return b"".join(
        chain(
            [f"narvaro/v1/{purpose}".encode() + b"\0"],
            chain.from_iterable((len(field).to_bytes(4, "big"), field) for field in encoded),
        )
    )


def hello_bytes(*, origin: str, endpoint: str, token_id: str, nonce: str, client_nonce: str) -> bytes:
    """What `hello.proof` signs. `origin` is the coordinator's, as the client dialled it: `https://calls.example`."""
    return signed_bytes(Purpose.HELLO, origin, endpoint, token_id, nonce, client_nonce)


def token_request_bytes(*, origin: str, endpoint: str, nonce: str) -> bytes:
    """What the signature of `POST /v1/token` covers."""
    return signed_bytes(Purpose.TOKEN_REQUEST, origin, endpoint, nonce)


def agreement_key_bytes(*, endpoint: str, key: str, serial: int, not_after: int) -> bytes:
    """What the signature of a key statement covers; numbers as decimal text."""
    return signed_bytes(Purpose.AGREEMENT_KEY, endpoint, key, str(serial), str(not_after))
