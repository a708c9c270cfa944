"""Posts: sealed content outside a call, that waits at the coordinator for readers who are away.

The content is sealed once under a key of its own, and that key once for each reader (`Noise_K_25519_AESGCM_SHA256`).
The wrap names the sealed content too, so that a reader, who knows the content's key, can't put other words under the
author's name before another reader. There is no forward secrecy: a reader keeps contents under a key of its own.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim.sealed.noise import (
    KEY_BYTES,
    CipherState,
    HandshakeState,
    NoiseError,
    Pattern,
    begin_handshake,
    length_prefixed,
)
from signalling.protocol import PROTOCOL, EndpointId

POST_BYTES: Final = 4 * 1024 * 1024
"""The largest content: a picture."""

_SMALLEST: Final = 128
_STEP: Final = 16 * 1024
_LENGTH_BYTES: Final = 4


class PostPurpose(StrEnum):
    """What a post is for. Closed: no post can be read as another kind."""

    PICTURE = "picture"
    MESSAGE = "message"
    MISSED_CALL = "missed-call"
    DEVICE_LIST = "device-list"
    VOUCHING = "vouching"
    WIFI = "wifi"


class PostError(ValueError):
    """The post does not open, or can't be made; the message names the rule."""


@dataclass(frozen=True, slots=True, repr=False)
class PostBinding:
    """What author and reader must agree on before anything opens."""

    purpose: PostPurpose
    post: str
    """128 random bits, base64url. A reader takes each once."""
    author: EndpointId
    author_key: int
    """Serial of the author's agreement key."""


@dataclass(frozen=True, slots=True, repr=False)
class Reader:
    """Somebody a post is for: the agreement key is from a statement that was verified."""

    endpoint: EndpointId
    key: bytes
    serial: int


@dataclass(frozen=True, slots=True, repr=False)
class SealedPost:
    """What the coordinator keeps: the content once, and a wrap of 112 bytes for each reader, in the readers' order."""

    box: bytes
    wraps: tuple[bytes, ...]


def seal_post(
    content: bytes,
    binding: PostBinding,
    *,
    own: X25519PrivateKey,
    readers: Sequence[Reader],
    generate: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> SealedPost:
    """`content` for `readers`, from the holder of `own`. Raises PostError. `generate` and `random` are for tests."""
    key = random(KEY_BYTES)
    box = CipherState(key).encrypt_with_ad(_content_data(binding), _padded(content))
    try:
        wraps = tuple(
            _handshake(
                binding, one.endpoint, one.serial, initiator=True, s=own, rs=one.key, generate=generate
            ).write_message(key + _digest(box))[1]
            for one in readers
        )
    except NoiseError:
        pass
    else:
        return SealedPost(box, wraps)
    raise PostError("a key of small order is nobody's")


def open_post(
    box: bytes,
    wrap: bytes,
    binding: PostBinding,
    *,
    own: X25519PrivateKey,
    reader: EndpointId,
    serial: int,
    author: bytes,
) -> bytes:
    """The content, for the holder of `own` (with that serial), from the holder of `author`. Raises PostError."""
    handshake = _handshake(binding, reader, serial, initiator=False, s=own, rs=author)
    try:
        _, secret = handshake.read_message(wrap)
        key, digest = secret[:KEY_BYTES], secret[KEY_BYTES:]
        padded = CipherState(key).decrypt_with_ad(_content_data(binding), box) if digest == _digest(box) else b""
    except (NoiseError, ValueError):
        padded = b""
    return _unpadded(padded)


def _handshake(
    binding: PostBinding,
    reader: EndpointId,
    serial: int,
    *,
    initiator: bool,
    s: X25519PrivateKey,
    rs: bytes,
    generate: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate,
) -> HandshakeState:
    prologue = length_prefixed(
        PROTOCOL,
        "post",
        binding.purpose,
        binding.author,
        reader,
        str(binding.author_key),
        str(serial),
        binding.post,
    )
    return begin_handshake(Pattern.K, initiator=initiator, prologue=prologue, s=s, rs=rs, generate=generate)


def _content_data(binding: PostBinding) -> bytes:
    return length_prefixed(PROTOCOL, "post", binding.purpose, binding.author, str(binding.author_key), binding.post)


def _digest(box: bytes) -> bytes:
    return hashlib.sha256(box).digest()


def _padded(content: bytes) -> bytes:
    """Length (4 bytes, big endian), content, zeros: to a power of two from 128, past 16 KiB to a multiple of 16 KiB."""
    if len(content) > POST_BYTES:
        raise PostError("a post holds at most 4 MiB")
    used = _LENGTH_BYTES + len(content)
    size = max(_SMALLEST, 1 << (used - 1).bit_length()) if used <= _STEP else -(-used // _STEP) * _STEP
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content + bytes(size - used)


def _unpadded(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    content = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if not padded or len(content) != length or _padded(content) != padded:
        raise PostError("the post doesn't open")
    return content
