"""What a call needs of its seal, and nothing of how it works. A new pattern comes in behind these names.

The caller is the initiator: `ring` is message 1, `join` message 2 (Noise rev. 34 §7.5, pattern KK). After the two,
every box carries its own number, so boxes open in whatever order they come.
"""

from dataclasses import dataclass
from typing import Protocol

from signalling.protocol import CallId, EndpointId


class BoxError(ValueError):
    """A box doesn't open: damaged, forged, of another call, or under another number."""


@dataclass(frozen=True, slots=True, repr=False)
class Binding:
    """What both ends must agree on before anything opens: Noise's prologue, without the version."""

    call: CallId
    caller: EndpointId
    callee: EndpointId
    caller_key: int
    """Serial of the caller's agreement key."""
    callee_key: int
    handshake: int
    """0 for the ring; each resume takes a higher one."""


class CallSeal(Protocol):
    """One handshake between two endpoints, then boxes both ways. Each number is sealed once, ever."""

    def write_first(self, content: bytes) -> str:
        """Initiator: message 1 around `ring`, as a box's text."""

    def read_first(self, box: str) -> bytes:
        """Responder: what message 1 holds. Raises BoxError."""

    def write_second(self, content: bytes) -> str:
        """Responder: message 2 around `join`; from now on it may seal."""

    def read_second(self, box: str) -> bytes:
        """Initiator: what message 2 holds; from now on it may seal. Raises BoxError."""

    def seal(self, seq: int, content: bytes) -> str:
        """A transport box under `seq`, which must never be used again."""

    def open(self, seq: int, box: str) -> bytes:
        """What the other end sealed under `seq`. Raises BoxError and changes nothing then."""


@dataclass(frozen=True, slots=True, repr=False)
class Addressee:
    """Somebody that a caller rings: the seal between the two, and what the caller's own record says of the link."""

    seal: CallSeal
    key: int
    """Serial of the agreement key that it seals to."""
    verified: bool
    """If not, the caller describes nothing before the accept."""
