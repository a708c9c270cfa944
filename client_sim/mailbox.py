"""Boxes that arrive once and in order, whatever happens to sockets and servers between the two ends.

Sans-I/O: texts and times in, letters out. Source: docs/reference/protocol.md §5.1. A box is sealed once and its bytes
are kept; a resend repeats them, because sealing twice under one number would give the key away. It
knows nothing of what boxes hold, and must never log them.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from client_sim.sealed.seal import BoxError, CallSeal

WINDOW: Final = 64
"""Boxes unacknowledged at a time, and boxes held that came too early."""

WAITING: Final = 256
"""Contents that may wait for the window; a call that has more to say than this is broken."""

RESEND_AFTER_SECONDS: Final = (1.0, 2.0, 4.0)
"""Pauses before the resends of a box that nothing acknowledges; after them only a return sets it going again."""

ACK_WITHIN_SECONDS: Final = 0.1
"""How long an acknowledgement waits for a box to travel on: far below the first resend."""


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One `box` message, without the call it belongs to. `seq` and `box` come together or not at all."""

    handshake: int
    ack: int
    seq: int | None = None
    box: str | None = None


@dataclass(slots=True, repr=False)
class _Kept:
    """A box that went out and is not acknowledged yet."""

    seq: int
    box: str
    sends: int
    resend_at: float | None


@dataclass(slots=True)
class Counts:
    """What went past, for tests and reports."""

    sent: int = 0
    resent: int = 0
    delivered: int = 0
    repeated: int = 0
    """Boxes that came again after they were delivered or held."""
    refused: int = 0
    """Boxes that did not open, or lay beyond the window."""
    foreign: int = 0
    """Letters of another handshake."""
    acknowledgements: int = 0
    """Letters sent for the acknowledgement alone."""


@dataclass(slots=True, repr=False)
class Mailbox:
    """One end of one handshake. Every method takes the present as `now`, in seconds of one monotonic clock."""

    seal: CallSeal
    handshake: int = 0
    counts: Counts = field(default_factory=Counts)
    _next_out: int = 0
    _next_in: int = 0
    _kept: dict[int, _Kept] = field(default_factory=dict)
    _waiting: deque[bytes] = field(default_factory=deque)
    _held: dict[int, bytes] = field(default_factory=dict)
    _ack_due: float | None = None

    def put(self, content: bytes, *, now: float) -> list[Letter]:
        """Send `content`: the letter to send now, or none while the window is full.

        Raises OverflowError when more than WAITING contents wait.
        """
        if len(self._waiting) >= WAITING:
            raise OverflowError("the other end acknowledges nothing, and no more contents are kept for it")
        self._waiting.append(content)
        return self._fill_window(now)

    def take(self, letter: Letter, *, now: float) -> tuple[list[bytes], list[Letter]]:
        """What came: the contents that are now due, in order and once each, and letters that the window lets out."""
        if letter.handshake != self.handshake:
            self.counts.foreign += 1
            return [], []
        self._acknowledged(letter.ack)
        if letter.seq is None or letter.box is None:
            return [], self._fill_window(now)
        delivered = self._receive(letter.seq, letter.box, now)
        return delivered, self._fill_window(now)

    def returned(self, *, now: float) -> list[Letter]:
        """This end reconnected, or the other end is present: every unacknowledged box again, at once."""
        for kept in self._kept.values():
            kept.sends = 0
        again = [self._send_again(kept, now) for kept in self._kept.values()]
        if not again and self._next_in:
            again.append(self._acknowledgement())
        return again

    def due(self, *, now: float) -> list[Letter]:
        """What must go out now: resends whose pause is over, and an acknowledgement that found no box to travel on."""
        letters = [
            self._send_again(kept, now)
            for kept in self._kept.values()
            if kept.resend_at is not None and kept.resend_at <= now
        ]
        if self._ack_due is not None and self._ack_due <= now:
            letters.append(self._acknowledgement())
        return letters

    def next_due(self) -> float | None:
        """When to call `due`, or None while there is nothing to wait for."""
        times = [kept.resend_at for kept in self._kept.values() if kept.resend_at is not None]
        if self._ack_due is not None:
            times.append(self._ack_due)
        return min(times, default=None)

    @property
    def unacknowledged(self) -> int:
        """Boxes that the other end has not acknowledged, those that wait for the window included."""
        return len(self._kept) + len(self._waiting)

    @property
    def received(self) -> int:
        """Boxes delivered in order: the number that the next one must have."""
        return self._next_in

    def _fill_window(self, now: float) -> list[Letter]:
        letters = []
        while self._waiting and len(self._kept) < WINDOW:
            seq = self._next_out
            self._next_out += 1
            kept = _Kept(seq, self.seal.seal(seq, self._waiting.popleft()), 0, None)
            self._kept[seq] = kept
            self.counts.sent += 1
            letters.append(self._send(kept, now))
        return letters

    def _send(self, kept: _Kept, now: float) -> Letter:
        pauses = RESEND_AFTER_SECONDS
        kept.resend_at = now + pauses[kept.sends] if kept.sends < len(pauses) else None
        kept.sends += 1
        self._ack_due = None
        return Letter(self.handshake, self._next_in, kept.seq, kept.box)

    def _send_again(self, kept: _Kept, now: float) -> Letter:
        self.counts.resent += 1
        return self._send(kept, now)

    def _acknowledgement(self) -> Letter:
        self._ack_due = None
        self.counts.acknowledgements += 1
        return Letter(self.handshake, self._next_in)

    def _acknowledged(self, ack: int) -> None:
        if ack > self._next_out:
            return
        for seq in [seq for seq in self._kept if seq < ack]:
            del self._kept[seq]

    def _receive(self, seq: int, box: str, now: float) -> list[bytes]:
        if seq < self._next_in or seq in self._held:
            self.counts.repeated += 1
            self._acknowledge_soon(now)
            return []
        if seq > self._next_in + WINDOW:
            self.counts.refused += 1
            return []
        try:
            content = self.seal.open(seq, box)
        except BoxError:
            self.counts.refused += 1
            return []
        self._held[seq] = content
        self._acknowledge_soon(now)
        delivered = []
        while self._next_in in self._held:
            delivered.append(self._held.pop(self._next_in))
            self._next_in += 1
        self.counts.delivered += len(delivered)
        return delivered

    def _acknowledge_soon(self, now: float) -> None:
        if self._ack_due is None:
            self._ack_due = now + ACK_WITHIN_SECONDS
