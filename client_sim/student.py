"""A simulated student app: looks and listens through one AV1. It is never rung, and never sends a picture."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from client_sim.control.hand import Hand
from client_sim.control.words import Beat, Channel, Done, Look, Robot, Said, Set
from client_sim.descriptions import Section
from client_sim.endpoint import Endpoint
from client_sim.linkbook import Kept
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Observer, Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.links import LinkRecord
from client_sim.timeline import Mark, Step
from signalling.protocol import EndReason, Media
from signalling.protocol import messages as wire

_CHANNELS: Final = {Look: Channel.LOOK, Set: Channel.CONTROL, Beat: Channel.TELEMETRY}


class StudentApp:
    """The one app that is linked with a robot, and its endpoint."""

    one_at_a_time = True
    is_device = False
    takes_introduced = False

    def __init__(
        self,
        keeping: Keeping,
        around: Surroundings,
        make_ends: EndsMaker,
        *,
        observe: Observer = lambda *_: None,
        kept: Kept = lambda _: None,
    ) -> None:
        self.endpoint = Endpoint(keeping, around=around, manner=self, make_ends=make_ends, kept=kept)
        self._observe = observe
        self.hand = Hand()
        self._visited: LiveCall | None = None
        self._next: asyncio.TimerHandle | None = None

    def call(self, contact: LinkRecord, *, lifetime_ms: int = 30_000) -> LiveCall:
        """Enter the classroom."""
        return self.endpoint.call(contact.party, [contact.endpoint], Media.TELEPRESENCE, lifetime_ms=lifetime_ms)

    def session_began(self, ready: wire.Ready) -> None:
        """See `Manner.session_began`: there is nothing to say."""

    def commanded(self, command: str) -> None:
        """See `Manner.commanded`: nobody commands an app."""

    def turns_away(self, ring: wire.CallRing) -> EndReason | None:  # noqa: ARG002 - whoever it is
        """See `Manner.turns_away`."""
        return EndReason.DECLINED

    def refuses(self, sections: Sequence[Section]) -> EndReason | None:  # noqa: ARG002 - the robot's part
        """See `Manner.refuses`."""
        return None

    def sounds(self, call: LiveCall) -> int | None:  # noqa: ARG002 - never happens
        """See `Manner.sounds`."""
        return None

    def look_at(self, pan: float, tilt: float) -> None:
        """Tap: turn the robot's head there, in degrees."""
        self.hand.tap(pan, tilt, now=time.monotonic())
        self._say()

    def turn(self, pan_speed: float, tilt_speed: float) -> None:
        """Swipe: turn it at that speed, in degrees a second, until another word."""
        self.hand.swipe(pan_speed, tilt_speed, now=time.monotonic())
        self._say()

    def choose(self, **choices: object) -> None:
        """Any field of `control.words.Set`: raise the hand, whisper, show a mood."""
        self.hand.choose(now=time.monotonic(), **choices)
        self._say()

    @property
    def robot_is_lost(self) -> bool:
        """Whether the robot has been silent for three seconds: the app shows that it reconnects."""
        return self.hand.is_lost(now=time.monotonic())

    def overheard(self, call: LiveCall, word: Said) -> None:  # noqa: ARG002 - there is one call
        """See `Manner.overheard`: how the robot really stands."""
        if isinstance(word, Done | Robot):
            self.hand.hear(word, now=time.monotonic())

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Manner.marked`."""
        if mark.step is Step.ACCEPTED:
            self.hand = Hand()
            self._visited = call
            self._say()
        self._observe(call, mark)

    def _say(self) -> None:
        """Whatever is due, as long as the visit lasts."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        call = self._visited
        if call is None or call.over:
            self._visited = None
            return
        now = time.monotonic()
        for word in self.hand.due(now=now):
            call.say(_CHANNELS[type(word)], word)
        pause = max(0.01, self.hand.next_due() - now)
        self._next = asyncio.get_running_loop().call_later(pause, self._say)
