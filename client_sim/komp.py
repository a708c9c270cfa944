"""A simulated Komp: one screen, one knob. It rings, counts down and takes the call by itself; nothing is pressed.

Of a caller whose keys were never verified it rings too, and takes the call only when somebody turns the knob a step.

The countdown is the device's own: nobody can skip it, and until it is over nothing is sent or decoded. The knob turned
off refuses calls and ends what is going on.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from client_sim.control.words import Said
from client_sim.descriptions import Section
from client_sim.endpoint import Endpoint
from client_sim.linkbook import Kept
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Observer, Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.timeline import Mark, Step
from signalling.protocol import EndReason, Media
from signalling.protocol import messages as wire

COUNTDOWN_SECONDS: Final = 10.0


class Komp:
    """The device and its endpoint."""

    one_at_a_time = True
    is_device = True
    takes_introduced = True

    def __init__(
        self,
        keeping: Keeping,
        around: Surroundings,
        make_ends: EndsMaker,
        *,
        countdown_seconds: float = COUNTDOWN_SECONDS,
        observe: Observer = lambda *_: None,
        kept: Kept = lambda _: None,
    ) -> None:
        self.endpoint = Endpoint(keeping, around=around, manner=self, make_ends=make_ends, kept=kept)
        self.countdown_seconds = countdown_seconds
        self.knob_is_on = True
        self._observe = observe
        self._countdown: asyncio.TimerHandle | None = None
        self._turned: set[asyncio.Event] = set()
        self.knob_wanted = asyncio.Event()
        """Set while the screen asks for a turn of the knob, to let somebody in."""

    @property
    def call(self) -> LiveCall | None:
        """The call that is on, if there is one."""
        return next((call for call in self.endpoint.calls.values() if not call.over), None)

    def turn_knob(self, *, on: bool) -> None:
        """The knob is power: off ends ring and call at once, and the coordinator shows it as off."""
        self.knob_is_on = on
        self.endpoint.send(wire.DeviceState("available" if on else "off"))
        call = self.call
        if not on and call is not None:
            call.stop(EndReason.KNOB_OFF)

    def turn_knob_a_step(self) -> None:
        """Whoever stands before the screen takes the call of a caller whose keys were never verified, this once, or
        lets in who is pairing."""
        call = self.call
        if call is not None and not call.verified:
            call.answer()
        for turned in self._turned:
            turned.set()

    async def knob_turned(self) -> None:
        """Return when somebody turns the knob a step."""
        turned = asyncio.Event()
        self._turned.add(turned)
        self.knob_wanted.set()
        try:
            await turned.wait()
        finally:
            self._turned.discard(turned)
            if not self._turned:
                self.knob_wanted.clear()

    def commanded(self, command: str) -> None:
        """See `Manner.commanded`."""

    def session_began(self, ready: wire.Ready) -> None:  # noqa: ARG002 - the coordinator refuses for it
        """See `Manner.session_began`."""
        if not self.knob_is_on:
            self.endpoint.send(wire.DeviceState("off"))

    def turns_away(self, ring: wire.CallRing) -> EndReason | None:
        """See `Manner.turns_away`."""
        if not self.knob_is_on:
            return EndReason.KNOB_OFF
        return EndReason.DECLINED if ring.media is Media.TELEPRESENCE else None

    def refuses(self, sections: Sequence[Section]) -> EndReason | None:  # noqa: ARG002 - takes all media
        """See `Manner.refuses`."""
        return None

    def sounds(self, call: LiveCall) -> int | None:
        """See `Manner.sounds`: ring aloud; count down for a verified caller, wait for the knob for any other."""
        if not call.verified:
            return None
        self._countdown = asyncio.get_running_loop().call_later(self.countdown_seconds, call.answer)
        return round(self.countdown_seconds * 1000)

    def overheard(self, call: LiveCall, word: Said) -> None:
        """See `Manner.overheard`: there is nothing to steer here."""

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Manner.marked`."""
        if mark.step is Step.ENDED and self._countdown is not None and self.call is None:
            self._countdown.cancel()
            self._countdown = None
        self._observe(call, mark)
