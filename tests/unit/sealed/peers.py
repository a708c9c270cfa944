"""Two implementations of Noise by other people, behind the same few methods as ours, with fixed keys."""

import warnings
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from dissononce.cipher.aesgcm import AESGCMCipher
from dissononce.dh.x25519.private import PrivateKey
from dissononce.dh.x25519.public import PublicKey
from dissononce.dh.x25519.x25519 import X25519DH
from dissononce.extras.dh.dangerous.dh_nogen import NoGenDH
from dissononce.hash.sha256 import SHA256Hash
from dissononce.processing.handshakepatterns.interactive.KK import KKHandshakePattern
from dissononce.processing.handshakepatterns.interactive.NN import NNHandshakePattern
from dissononce.processing.handshakepatterns.oneway.K import KHandshakePattern
from dissononce.processing.impl.cipherstate import CipherState as DissononceCipher
from dissononce.processing.impl.handshakestate import (
    HandshakeState as DissononceHandshake,
)
from dissononce.processing.impl.symmetricstate import (
    SymmetricState as DissononceSymmetric,
)
from dissononce.processing.modifiers.psk import PSKPatternModifier
from noise.connection import Keypair, NoiseConnection

from client_sim.sealed.noise import CipherState, HandshakeState, Pattern, begin_handshake
from tests.unit.sealed.scene import always


class End(Protocol):
    """One end of a handshake, in whatever implementation."""

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        prologue: bytes,
        s: X25519PrivateKey,
        rs: bytes,
        e: X25519PrivateKey,
        psk: bytes,
    ) -> None: ...

    def write(self, payload: bytes) -> bytes: ...

    def read(self, message: bytes) -> bytes: ...

    def encrypt(self, ad: bytes, plaintext: bytes) -> bytes: ...

    def decrypt(self, ad: bytes, ciphertext: bytes) -> bytes: ...


class Ours:
    """`client_sim.sealed.noise`."""

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        prologue: bytes,
        s: X25519PrivateKey,
        rs: bytes,
        e: X25519PrivateKey,
        psk: bytes,
    ) -> None:
        keys: dict[str, Any] = {"s": s, "rs": rs} if pattern.statics else {"psk": psk}
        self.handshake: HandshakeState = begin_handshake(
            pattern, initiator=initiator, prologue=prologue, generate=always(e), **keys
        )
        self._ciphers: tuple[CipherState, CipherState] | None = None

    def write(self, payload: bytes) -> bytes:
        self.handshake, message = self.handshake.write_message(payload)
        return message

    def read(self, message: bytes) -> bytes:
        self.handshake, payload = self.handshake.read_message(message)
        return payload

    def encrypt(self, ad: bytes, plaintext: bytes) -> bytes:
        return self._transport()[0].encrypt_with_ad(ad, plaintext)

    def decrypt(self, ad: bytes, ciphertext: bytes) -> bytes:
        return self._transport()[1].decrypt_with_ad(ad, ciphertext)

    def _transport(self) -> tuple[CipherState, CipherState]:
        self._ciphers = self._ciphers or self.handshake.transport()
        return self._ciphers


class NoiseProtocol:
    """The package `noiseprotocol`."""

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        prologue: bytes,
        s: X25519PrivateKey,
        rs: bytes,
        e: X25519PrivateKey,
        psk: bytes,
    ) -> None:
        self._connection = connection = NoiseConnection.from_name(pattern.protocol_name)
        if initiator:
            connection.set_as_initiator()
        else:
            connection.set_as_responder()
        connection.set_prologue(prologue)
        connection.set_keypair_from_private_bytes(Keypair.EPHEMERAL, e.private_bytes_raw())
        if pattern.statics:
            connection.set_keypair_from_private_bytes(Keypair.STATIC, s.private_bytes_raw())
            connection.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, rs)
        else:
            connection.set_psks(psk)
        with warnings.catch_warnings(action="ignore"):  # it warns of known ephemeral keys, which are the point here
            connection.start_handshake()

    def write(self, payload: bytes) -> bytes:
        return bytes(self._connection.write_message(payload))

    def read(self, message: bytes) -> bytes:
        return bytes(self._connection.read_message(message))

    def encrypt(self, ad: bytes, plaintext: bytes) -> bytes:
        cipher = self._connection.noise_protocol.cipher_state_encrypt
        return bytes(cipher.encrypt_with_ad(ad, plaintext))

    def decrypt(self, ad: bytes, ciphertext: bytes) -> bytes:
        cipher = self._connection.noise_protocol.cipher_state_decrypt
        return bytes(cipher.decrypt_with_ad(ad, ciphertext))


class Dissononce:
    """The package `dissononce`."""

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        prologue: bytes,
        s: X25519PrivateKey,
        rs: bytes,
        e: X25519PrivateKey,
        psk: bytes,
    ) -> None:
        self._initiator = initiator
        self._ciphers: Any = None
        agreement = X25519DH()
        self._handshake = DissononceHandshake(
            DissononceSymmetric(DissononceCipher(AESGCMCipher()), SHA256Hash()),
            NoGenDH(agreement, PrivateKey(e.private_bytes_raw())),
        )
        keys: dict[str, Any] = {"psks": [psk]}
        if pattern.statics:
            pair = agreement.generate_keypair(PrivateKey(s.private_bytes_raw()))
            keys = {"s": pair, "rs": PublicKey(rs)}
        self._handshake.initialize(
            handshake_pattern={
                Pattern.KK: KKHandshakePattern,
                Pattern.NNPSK0: lambda: PSKPatternModifier(0).modify(NNHandshakePattern()),
                Pattern.K: KHandshakePattern,
            }[pattern](),
            initiator=initiator,
            prologue=prologue,
            **keys,
        )

    def write(self, payload: bytes) -> bytes:
        message = bytearray()
        self._ciphers = self._handshake.write_message(payload, message)
        return bytes(message)

    def read(self, message: bytes) -> bytes:
        payload = bytearray()
        self._ciphers = self._handshake.read_message(message, payload)
        return bytes(payload)

    def encrypt(self, ad: bytes, plaintext: bytes) -> bytes:
        return bytes(self._ciphers[0 if self._initiator else 1].encrypt_with_ad(ad, plaintext))

    def decrypt(self, ad: bytes, ciphertext: bytes) -> bytes:
        return bytes(self._ciphers[1 if self._initiator else 0].decrypt_with_ad(ad, ciphertext))
