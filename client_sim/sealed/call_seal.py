"""The seal of a call: Noise KK between two agreement keys, then numbered boxes both ways.

It takes `PlainSeal`'s place behind `CallSeal`. Message 1 alone proves little: whoever carries it can play it again, and
whoever stole the callee's key can make one. From message 2 on both ends are who they say they are, and what they say
stays secret if their keys are lost later. A box is sealed once; its bytes are the mailbox's to keep and to repeat.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim.sealed.noise import (
    CipherState,
    HandshakeState,
    NoiseError,
    Pattern,
    begin_handshake,
    length_prefixed,
)
from client_sim.sealed.padding import PaddingError, pad, unpad
from client_sim.sealed.seal import Binding, BoxError
from signalling.protocol import PROTOCOL, Role
from signalling.protocol.proof import base64url, from_base64url

_SHUT: Final = "the box doesn't open"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class CallKeys:
    """The two agreement keys of a call, as this end holds them. Which serials they have stands in the binding."""

    own: X25519PrivateKey
    peer: bytes
    """The other end's, 32 bytes, from a statement that was verified."""


class NoiseSeal:
    """`CallSeal` by `Noise_KK_25519_AESGCM_SHA256`.

    `initiator` is the end that writes message 1: the caller, and after a reload whichever end resumes. `generate` and
    `random` make ephemeral keys and padding; only tests give others.
    """

    def __init__(
        self,
        binding: Binding,
        role: Role,
        keys: CallKeys,
        *,
        initiator: Role = Role.CALLER,
        generate: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._binding = binding
        self._role = role
        self._random = random
        self._sending: CipherState | None = None
        self._receiving: CipherState | None = None
        self._handshake: HandshakeState | None = begin_handshake(
            Pattern.KK,
            initiator=role is initiator,
            prologue=call_prologue(binding, initiator),
            s=keys.own,
            rs=keys.peer,
            generate=generate,
        )

    def write_first(self, content: bytes) -> str:
        """See `CallSeal.write_first`. Raises BoxError if the other end's key is no key."""
        return self._write(content)

    def read_first(self, box: str) -> bytes:
        """See `CallSeal.read_first`."""
        return self._read(box)

    def write_second(self, content: bytes) -> str:
        """See `CallSeal.write_second`. Raises BoxError if the other end's key is no key."""
        return self._write(content)

    def read_second(self, box: str) -> bytes:
        """See `CallSeal.read_second`."""
        return self._read(box)

    def seal(self, seq: int, content: bytes) -> str:
        """See `CallSeal.seal`. Numbers come in their turn, from 0; PaddingError where the content fits no box."""
        if self._sending is None or seq != self._sending.n:
            raise RuntimeError("a number is sealed once and in its turn, after the handshake")
        padded = pad(content, random=self._random)
        return base64url(self._sending.encrypt_with_ad(box_data(self._binding, self._role, seq), padded))

    def open(self, seq: int, box: str) -> bytes:
        """See `CallSeal.open`."""
        if self._receiving is None:
            raise BoxError(_SHUT)
        data = box_data(self._binding, self._role.other, seq)
        try:
            return unpad(self._receiving.decrypt_at(seq, data, box_bytes(box)))
        except (NoiseError, PaddingError):
            pass
        raise BoxError(_SHUT)

    def _write(self, content: bytes) -> str:
        if self._handshake is None:
            raise RuntimeError("the handshake is through")
        try:
            handshake, message = self._handshake.write_message(pad(content, random=self._random))
        except NoiseError:
            pass
        else:
            self._move_on(handshake)
            return base64url(message)
        raise BoxError(_SHUT)

    def _read(self, box: str) -> bytes:
        if self._handshake is None:
            raise BoxError(_SHUT)
        try:
            handshake, padded = self._handshake.read_message(box_bytes(box))
            content = unpad(padded)
        except (NoiseError, PaddingError):
            pass
        else:
            self._move_on(handshake)
            return content
        raise BoxError(_SHUT)

    def _move_on(self, handshake: HandshakeState) -> None:
        self._handshake = handshake
        if handshake.complete:
            self._sending, self._receiving = handshake.transport()
            self._handshake = None  # its keys are not needed any more, and must not be there to be found


def call_prologue(binding: Binding, initiator: Role) -> bytes:
    """What both ends must agree on before anything opens, ids in the order of their roles."""
    return length_prefixed(
        PROTOCOL,
        binding.call,
        binding.caller,
        binding.callee,
        initiator,
        str(binding.caller_key),
        str(binding.callee_key),
        str(binding.handshake),
    )


def box_data(binding: Binding, author: Role, seq: int) -> bytes:
    """The associated data of a box: it opens in its call, handshake, direction and place, and nowhere else."""
    return length_prefixed(PROTOCOL, binding.call, str(binding.handshake), author, str(seq))


def box_bytes(text: str) -> bytes:
    """The bytes of a box's text, in the one spelling they have. Raises BoxError."""
    try:
        sealed = from_base64url(text)
    except ValueError:
        sealed = b""
    if not sealed or base64url(sealed) != text:
        raise BoxError(_SHUT)
    return sealed
