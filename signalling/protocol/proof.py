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
    REQUEST = "request"
    REGISTER = "register"


class Ticket(StrEnum):
    """What a newcomer shows to be let in; a registration's signature says which."""

    CODE = "code"
    KEYWORD = "keyword"
    ENROL = "enrol"


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


def digest_text(data: bytes) -> str:
    """SHA-256 in lower-case hex, as it stands in what is signed."""
    return hashlib.sha256(data).hexdigest()


def request_bytes(
    *, origin: str, method: str, path: str, token_id: str, unix_ms: int, nonce: str, body: bytes
) -> bytes:
    """What the proof of an HTTP request signs. `path` is the request's target as it is sent, with its query."""
    return signed_bytes(Purpose.REQUEST, origin, method, path, token_id, str(unix_ms), nonce, digest_text(body))


def register_bytes(*, origin: str, ticket: Ticket, text: str, identity: str, nonce: str) -> bytes:
    """What a registration signs, by the very key that it registers: nobody can register somebody else's.

    `text` is the code, keyword or token; `identity` the public key in base64url; `nonce` one of `POST /v1/nonce`.
    """
    return signed_bytes(Purpose.REGISTER, origin, ticket, digest_text(text.encode()), identity, nonce)
