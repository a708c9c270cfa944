"""The Noise Protocol Framework, revision 34, for exactly three patterns with 25519, AESGCM and SHA256.

KK seals calls, NNpsk0 pairing, K the keys of posts. Names are the specification's: §5 the three states, §7 patterns,
§9 pre-shared keys, §12 functions. A handshake never changes: each message gives the next handshake, so a message that
does not open has changed nothing. No payload ever goes out in clear, and a number is used once under a key.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
OVERHEAD_BYTES: Final = KEY_BYTES + TAG_BYTES
"""What a handshake message adds to its payload: the ephemeral key and the tag."""

_LAST_NUMBER: Final = 2**64 - 2


class NoiseError(ValueError):
    """A message does not open: damaged, forged, cut short, or made with other keys or another prologue."""


class Pattern(Enum):
    """The closed list: name, whether both static keys are known beforehand, each message's tokens (§7.4, §7.5, §9)."""

    KK = ("KK", True, (("e", "es", "ss"), ("e", "ee", "se")))
    NNPSK0 = ("NNpsk0", False, (("psk", "e"), ("e", "ee")))
    K = ("K", True, (("e", "es", "ss"),))

    def __init__(self, label: str, statics: bool, messages: tuple[tuple[str, ...], ...]) -> None:
        self.protocol_name = f"Noise_{label}_25519_AESGCM_SHA256".encode("ascii")
        self.statics = statics
        self.psk = not statics
        self.messages = messages


class CipherState:
    """One key and one direction (§5.1). It encrypts in order; it decrypts in order, or under a number given (§11.4)."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._n = 0

    @property
    def n(self) -> int:
        """The number that is used next."""
        return self._n

    def encrypt_with_ad(self, ad: bytes, plaintext: bytes) -> bytes:
        """Encrypts under the next number, which is then spent."""
        sealed = self._aead.encrypt(_nonce(self._n), plaintext, ad)
        self._n += 1
        return sealed

    def decrypt_with_ad(self, ad: bytes, ciphertext: bytes) -> bytes:
        """Decrypts under the next number, which is spent only if that worked. Raises NoiseError."""
        plaintext = self.decrypt_at(self._n, ad, ciphertext)
        self._n += 1
        return plaintext

    def decrypt_at(self, n: int, ad: bytes, ciphertext: bytes) -> bytes:
        """Decrypts what was sealed under `n` and moves nothing. Raises NoiseError."""
        try:
            return self._aead.decrypt(_nonce(n), ciphertext, ad)
        except InvalidTag:
            pass
        raise NoiseError("the message doesn't open")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SymmetricState:
    """What both ends have mixed so far (§5.2)."""

    h: bytes
    """Hash of everything said: two ends that heard different things have different ones."""
    ck: bytes
    cipher: CipherState | None = None

    def mix_key(self, input_key_material: bytes) -> "SymmetricState":
        """§5.2 MixKey."""
        ck, key = _hkdf(self.ck, input_key_material, 2)
        return replace(self, ck=ck, cipher=CipherState(key))

    def mix_hash(self, data: bytes) -> "SymmetricState":
        """§5.2 MixHash."""
        return replace(self, h=_sha256(self.h + data))

    def mix_key_and_hash(self, input_key_material: bytes) -> "SymmetricState":
        """§5.2 MixKeyAndHash, for the pre-shared key."""
        ck, h, key = _hkdf(self.ck, input_key_material, 3)
        return replace(self, ck=ck, cipher=CipherState(key)).mix_hash(h)

    def encrypt_and_hash(self, plaintext: bytes) -> tuple["SymmetricState", bytes]:
        """§5.2 EncryptAndHash. In these patterns a key is always there before the first payload."""
        ciphertext = self._keyed().encrypt_with_ad(self.h, plaintext)
        return self.mix_hash(ciphertext), ciphertext

    def decrypt_and_hash(self, ciphertext: bytes) -> tuple["SymmetricState", bytes]:
        """§5.2 DecryptAndHash. Raises NoiseError."""
        plaintext = self._keyed().decrypt_with_ad(self.h, ciphertext)
        return self.mix_hash(ciphertext), plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        """§5.2 Split: what the initiator seals with, and what the responder seals with."""
        first, second = _hkdf(self.ck, b"", 2)
        return CipherState(first), CipherState(second)

    def _keyed(self) -> CipherState:
        if self.cipher is None:
            raise RuntimeError("no payload goes out, or is taken, in clear")
        return self.cipher


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class HandshakeState:
    """A handshake as far as it has come (§5.3). `begin_handshake` makes the first."""

    pattern: Pattern
    initiator: bool
    symmetric: SymmetricState
    s: X25519PrivateKey | None
    rs: bytes | None
    psk: bytes
    generate: Callable[[], X25519PrivateKey]
    e: X25519PrivateKey | None = None
    re: bytes | None = None
    messages_done: int = 0

    @property
    def complete(self) -> bool:
        """Whether every message of the pattern went through."""
        return self.messages_done == len(self.pattern.messages)

    def write_message(self, payload: bytes) -> tuple["HandshakeState", bytes]:
        """§5.3 WriteMessage: the next handshake, and the message. Raises NoiseError where the other's key is none."""
        tokens = self._tokens(writes=True)
        e = self.generate()
        public = e.public_key().public_bytes_raw()
        after = replace(self, e=e, messages_done=self.messages_done + 1)
        symmetric, sealed = after._mixed(tokens, public).encrypt_and_hash(payload)
        return replace(after, symmetric=symmetric), public + sealed

    def read_message(self, message: bytes) -> tuple["HandshakeState", bytes]:
        """§5.3 ReadMessage: the next handshake, and the payload. Raises NoiseError."""
        tokens = self._tokens(writes=False)
        if len(message) < OVERHEAD_BYTES:
            raise NoiseError("the message is too short")
        public, sealed = message[:KEY_BYTES], message[KEY_BYTES:]
        after = replace(self, re=public, messages_done=self.messages_done + 1)
        symmetric, payload = after._mixed(tokens, public).decrypt_and_hash(sealed)
        return replace(after, symmetric=symmetric), payload

    def transport(self) -> tuple[CipherState, CipherState]:
        """After the last message: what this end seals with, and what it opens with."""
        if not self.complete:
            raise RuntimeError("the handshake is not through")
        first, second = self.symmetric.split()
        return (first, second) if self.initiator else (second, first)

    def _tokens(self, *, writes: bool) -> tuple[str, ...]:
        if self.complete or writes is not (self.initiator is (self.messages_done % 2 == 0)):
            raise RuntimeError("that message is not this end's to write or read now")
        return self.pattern.messages[self.messages_done]

    def _mixed(self, tokens: tuple[str, ...], public: bytes) -> SymmetricState:
        symmetric = self.symmetric
        for token in tokens:
            match token:
                case "psk":
                    symmetric = symmetric.mix_key_and_hash(self.psk)
                case "e":
                    symmetric = symmetric.mix_hash(public)
                    if self.pattern.psk:
                        symmetric = symmetric.mix_key(public)
                case _:
                    symmetric = symmetric.mix_key(self._agreed(token))
        return symmetric

    def _agreed(self, token: str) -> bytes:
        """`es` is the initiator's e with the responder's s, whichever end this is."""
        initiators, responders = token[0], token[1]
        mine, others = (initiators, responders) if self.initiator else (responders, initiators)
        private = self.e if mine == "e" else self.s
        public = self.re if others == "e" else self.rs
        assert private is not None, "the pattern says which keys are there"
        assert public is not None, "the pattern says which keys are there"
        return agreed(private, public)


def begin_handshake(
    pattern: Pattern,
    *,
    initiator: bool,
    prologue: bytes,
    s: X25519PrivateKey | None = None,
    rs: bytes | None = None,
    psk: bytes = b"",
    generate: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate,
) -> HandshakeState:
    """§5.3 Initialize. KK and K take this end's static key `s` and the other end's public `rs`, NNpsk0 a 32-byte `psk`.

    `generate` makes the ephemeral keys; only tests give another.
    """
    if (s is not None, rs is not None) != (pattern.statics, pattern.statics):
        raise TypeError("the pattern takes other static keys")
    if len(psk) != (KEY_BYTES if pattern.psk else 0):
        raise TypeError("NNpsk0 takes a key of 32 bytes, the other patterns none")
    h = pattern.protocol_name.ljust(KEY_BYTES, b"\0")
    symmetric = SymmetricState(h, h).mix_hash(prologue)
    if s is not None and rs is not None:
        own = s.public_key().public_bytes_raw()
        for public in (own, rs) if initiator else (rs, own):
            symmetric = symmetric.mix_hash(public)
    return HandshakeState(pattern, initiator, symmetric, s, rs, psk, generate)


def agreed(private: X25519PrivateKey, public: bytes) -> bytes:
    """§12.1 DH. Raises NoiseError for a key whose agreement is all zero: it would agree with everybody."""
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        shared = bytes(KEY_BYTES)
    if not any(shared):
        raise NoiseError("a key of small order is nobody's")
    return shared


def length_prefixed(*fields: str) -> bytes:
    """Each field as UTF-8 behind its length (four bytes, big endian): text that reads one way only."""
    encoded = [field.encode() for field in fields]
    return b"".join(len(field).to_bytes(4, "big") + field for field in encoded)


def _nonce(n: int) -> bytes:
    """§12.3: four zero bytes, then the number in eight bytes, big endian. 2**64 - 1 is reserved."""
    if not 0 <= n <= _LAST_NUMBER:
        raise NoiseError("no number is left under this key")
    return n.to_bytes(12, "big")


def _hkdf(ck: bytes, input_key_material: bytes, outputs: int) -> tuple[bytes, ...]:
    """§4.3, which is RFC 5869 with the chaining key as salt and no info."""
    okm = HKDF(SHA256(), KEY_BYTES * outputs, salt=ck, info=b"").derive(input_key_material)
    return tuple(okm[at : at + KEY_BYTES] for at in range(0, len(okm), KEY_BYTES))


def _sha256(data: bytes) -> bytes:
    digest = Hash(SHA256())
    digest.update(data)
    return digest.finalize()
