"""A double of the seal that seals nothing: boxes are base64url of their content, so that a test can read them.

It keeps the order of the handshake and refuses what a real seal would refuse by shape.
"""

from binascii import Error as Base64Error

from client_sim.sealed.contents import CONTENT_BYTES
from client_sim.sealed.seal import Binding, BoxError
from signalling.protocol import Role
from signalling.protocol.proof import base64url, from_base64url


class PlainSeal:
    """`CallSeal` without secrecy."""

    def __init__(self, binding: Binding, role: Role) -> None:
        self._binding = binding
        self._role = role
        self._complete = False
        self._next_seq = 0

    def write_first(self, content: bytes) -> str:
        """See `CallSeal.write_first`."""
        assert self._role is Role.CALLER, "message 1 is the initiator's"
        return base64url(content)

    def read_first(self, box: str) -> bytes:
        """See `CallSeal.read_first`."""
        assert self._role is Role.CALLEE, "message 1 is read by the responder"
        return _text(box)

    def write_second(self, content: bytes) -> str:
        """See `CallSeal.write_second`."""
        assert self._role is Role.CALLEE, "message 2 is the responder's"
        self._complete = True
        return base64url(content)

    def read_second(self, box: str) -> bytes:
        """See `CallSeal.read_second`."""
        assert self._role is Role.CALLER, "message 2 is read by the initiator"
        content = _text(box)
        self._complete = True
        return content

    def seal(self, seq: int, content: bytes) -> str:
        """See `CallSeal.seal`."""
        assert self._complete, "nothing is sealed before the handshake is through"
        assert seq == self._next_seq, "a number is sealed once, and in its turn"
        self._next_seq += 1
        return base64url(content)

    def open(self, seq: int, box: str) -> bytes:
        """See `CallSeal.open`."""
        if not self._complete or seq < 0:
            raise BoxError("no box opens before the handshake is through")
        return _text(box)


def _text(box: str) -> bytes:
    try:
        content = from_base64url(box)
    except (Base64Error, ValueError):
        content = b""
    if not content.startswith(b"{") or len(content) > CONTENT_BYTES:
        raise BoxError("the box doesn't open")
    return content
