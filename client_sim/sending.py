"""Camera and microphone in words: each end of a call tells the other that one is off, or on again.

It is said on the data channel (docs/reference/protocol.md §5.5): the coordinator doesn't hear it, and needn't be there.
A word belongs to the connection that it was said on, and each begins with both on. It must never be logged, counted or
kept beyond the call.
"""

from collections.abc import Callable
from typing import Final

from client_sim.control.words import Sends

BOTH_ON: Final = Sends(camera=True, microphone=True)
"""How each connection begins."""


class Sending:
    """One call's, over all of its connections. `put` says a word on the present one; False where it can't be now."""

    def __init__(self, put: Callable[[Sends], bool]) -> None:
        self._put = put
        self._own = BOTH_ON
        self._said = (-1, BOTH_ON)
        self._heard = (-1, BOTH_ON)

    def choose(self, own: Sends) -> None:
        """This end's own, from now on."""
        self._own = own

    def say_on(self, generation: int) -> None:
        """Say it on the present connection, of that generation, unless it is known there."""
        told = self._said[1] if self._said[0] == generation else BOTH_ON
        if told != self._own and self._put(self._own):
            self._said = generation, self._own

    def hear(self, generation: int, word: Sends) -> None:
        """The other end's word; the last one counts."""
        self._heard = generation, word

    def theirs(self, generation: int) -> Sends:
        """What the other end said on that connection."""
        return self._heard[1] if self._heard[0] == generation else BOTH_ON

    def begin_again(self) -> None:
        """The other end lost its keys, and counts its connections anew: nothing was said on them."""
        self._said = self._heard = -1, BOTH_ON
