"""What follows the end of a call at one end: the coordinator is told of it, if need be, and the erasure waited for.

A call ends once. Whoever says so first is believed, and what comes after changes nothing.
"""

from collections.abc import Callable
from typing import Final

from client_sim.actions import Action, Farewell, Forget
from signalling.protocol import EndReason
from signalling.protocol import messages as wire

TOLD_SECONDS: Final = 1.0
"""After the other end's goodbye: how long the coordinator may take to tell of the end before this end tells it."""
ERASED_SECONDS: Final = 3.0
"""After the end: how long the word that the record is gone is waited for."""


class Ending:
    """One call's end, from the moment that it is known to the moment that the call is forgotten."""

    def __init__(self, do: Callable[[Action], None], last_word: Callable[[EndReason], wire.Request]) -> None:
        self._do = do
        self._last_word = last_word
        self.over = False
        self.reason: EndReason | None = None
        self._tell_at: float | None = None
        self._forget_at: float | None = None

    def begin(self, reason: EndReason | None, *, now: float) -> bool:
        """The call is over; False if it was before."""
        if self.over:
            return False
        self.over, self.reason = True, reason
        self._forget_at = now + ERASED_SECONDS
        return True

    def heard_from_peer(self, *, now: float) -> None:
        """The other end said goodbye, and should tell the coordinator; if that stays silent it hears it from us."""
        self._tell_at = now + TOLD_SECONDS

    def heard_from_server(self) -> None:
        """The coordinator knows."""
        self._tell_at = None

    def erased(self) -> None:
        """The record is gone: nothing is left to wait for."""
        self._tell_at = self._forget_at = None
        self._do(Forget())

    def tick(self, *, now: float) -> None:
        """Whatever is due."""
        if self._tell_at is not None and now >= self._tell_at and self.reason is not None:
            self._tell_at = None
            self._do(Farewell(self._last_word(self.reason)))
        if self._forget_at is not None and now >= self._forget_at:
            self._forget_at = None
            self._do(Forget())

    def next_due(self) -> float | None:
        """When `tick` has something to do."""
        times = [time for time in (self._tell_at, self._forget_at) if time is not None]
        return min(times, default=None)
