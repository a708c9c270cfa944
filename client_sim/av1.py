"""A simulated AV1: a robot in a classroom. Nobody watches unseen: its eyes are lit before anything leaves it.

It takes no picture from an app. When the app leaves it goes dark at once; when the app is lost it goes dark within
five seconds, sends and plays nothing, and lights first when the app returns.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from client_sim.descriptions import Section
from client_sim.endpoint import Endpoint
from client_sim.linkbook import Kept
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Observer, Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.timeline import Mark, Step
from signalling.protocol import EndReason, Media
from signalling.protocol import messages as wire

RAISE_SECONDS: Final = 0.4
"""How long the head takes to rise; the eyes are lit when it is up."""
DARK_AFTER_SECONDS: Final = 1.0
"""From the loss, which is known after at most 3.5 s of silence, to darkness."""


class Av1:
    """The robot and its endpoint."""

    one_at_a_time = True
    is_device = True
    takes_introduced = False

    def __init__(
        self,
        keeping: Keeping,
        around: Surroundings,
        make_ends: EndsMaker,
        *,
        raise_seconds: float = RAISE_SECONDS,
        dark_after_seconds: float = DARK_AFTER_SECONDS,
        observe: Observer = lambda *_: None,
        kept: Kept = lambda _: None,
    ) -> None:
        self.endpoint = Endpoint(keeping, around=around, manner=self, make_ends=make_ends, kept=kept)
        self.eyes_are_lit = False
        self.is_on = True
        self._raise_seconds = raise_seconds
        self._dark_after_seconds = dark_after_seconds
        self._observe = observe
        self._moving: asyncio.TimerHandle | None = None

    @property
    def call(self) -> LiveCall | None:
        """The call that is on, if there is one."""
        return next((call for call in self.endpoint.calls.values() if not call.over), None)

    def press_off(self) -> None:
        """The button on its back: the teacher's. Ends what is going on and takes no more calls."""
        self.is_on = False
        self.endpoint.send(wire.DeviceState("off"))
        if (call := self.call) is not None:
            call.stop(EndReason.POWER_OFF)

    def press_on(self) -> None:
        """The same button once more."""
        self.is_on = True
        self.endpoint.send(wire.DeviceState("available"))

    def session_began(self) -> None:
        """See `Manner.session_began`."""
        if not self.is_on:
            self.endpoint.send(wire.DeviceState("off"))

    def turns_away(self, ring: wire.CallRing) -> EndReason | None:
        """See `Manner.turns_away`."""
        if not self.is_on:
            return EndReason.POWER_OFF
        return None if ring.media is Media.TELEPRESENCE else EndReason.DECLINED

    def refuses(self, sections: Sequence[Section]) -> EndReason | None:
        """See `Manner.refuses`: an app that offers video is refused."""
        offers_video = any(one.kind == "video" and one.sends for one in sections)
        return EndReason.DECLINED if offers_video else None

    def sounds(self, call: LiveCall) -> int | None:
        """See `Manner.sounds`: raise the head and light the eyes; only then take the call."""
        self._move(self._raise_seconds, self._lit_for, call)
        return round(self._raise_seconds * 1000)

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Manner.marked`."""
        match mark.step:
            case Step.ENDED if self.call is None:
                self._go_dark(call)
            case Step.LOST:
                self._move(self._dark_after_seconds, self._go_dark, call)
            case Step.RETURNED if self.eyes_are_lit:
                self._stay()
            case Step.RETURNED:
                self._move(self._raise_seconds, self._lit_for, call)
            case _:
                pass
        self._observe(call, mark)

    def _lit_for(self, call: LiveCall) -> None:
        if call.over:
            return
        self.eyes_are_lit = True
        if call.accepted:
            call.reopen_media()
        else:
            call.answer()

    def _go_dark(self, call: LiveCall) -> None:
        self._stay()
        call.shut_media()
        self.eyes_are_lit = False

    def _move(self, seconds: float, then: Callable[[LiveCall], None], call: LiveCall) -> None:
        self._stay()
        self._moving = asyncio.get_running_loop().call_later(seconds, then, call)

    def _stay(self) -> None:
        if self._moving is not None:
            self._moving.cancel()
            self._moving = None
