"""Comparing a safety number in a call: both ends come to the same six digits, or to a reason why not.

The digits prove the link only when two people have read them to each other; until they say so nothing is believed.
Each comparison counts, at most three a day for a link.
"""

from collections.abc import Callable

from client_sim.linkbook import LinkBook
from client_sim.sealed.contents import Content, SafetyReason, SafetyStop
from client_sim.sealed.safety_number import SafetyBinding, SafetyContent, SafetyNumber, SafetyNumberError
from signalling.protocol import CallId, EndpointId, Role


class Comparing:
    """One call's. `peer` gives the other end, once it is known."""

    def __init__(self, call: CallId, role: Role, book: LinkBook, *, peer: Callable[[], EndpointId | None]) -> None:
        self._call = call
        self._role = role
        self._book = book
        self._peer = peer
        self._attempt: SafetyNumber | None = None

    @property
    def number(self) -> str | None:
        """The six digits, once both nonces are known."""
        return self._attempt.number if self._attempt is not None else None

    @property
    def stopped(self) -> SafetyReason | None:
        """Why there will be none; said aloud at both ends."""
        return self._attempt.stopped if self._attempt is not None else None

    def begin(self) -> Content | None:
        """The caller's first word, for the other end. Raises SafetyNumberError."""
        attempt = self._fresh()
        return attempt.begin() if attempt is not None else None

    def take(self, content: SafetyContent) -> Content | None:
        """What to answer to what the other end said, if anything."""
        try:
            if self._attempt is None or (self._role is Role.CALLEE and self._attempt.number is not None):
                self._attempt = self._fresh()
            return self._attempt.take(content) if self._attempt is not None else None
        except SafetyNumberError as problem:
            return SafetyStop(problem.reason)

    def _fresh(self) -> SafetyNumber | None:
        record = self._book.link(self._peer() or "")
        if record is None:
            return None
        self._book.count_comparison(record.endpoint)
        own, theirs = self._book.identity.public, record.identity_bytes
        identities = (own, theirs) if self._role is Role.CALLER else (theirs, own)
        self._attempt = SafetyNumber(SafetyBinding(self._call, *identities), self._role)
        return self._attempt
