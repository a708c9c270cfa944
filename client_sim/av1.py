"""A simulated AV1: a robot in a classroom. Nobody watches unseen: its eyes are lit before anything leaves it.

It takes no picture from an app. When the app leaves it goes dark at once; when the app is lost it goes dark within
five seconds, sends and plays nothing, and lights first when the app returns. After an attempt to record it takes
nobody until somebody authorised has unblocked it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from client_sim.ceremonies import read_code
from client_sim.control.robot import Body
from client_sim.control.words import Channel, Look, Said, Set
from client_sim.descriptions import Section
from client_sim.endpoint import Endpoint
from client_sim.linkbook import Kept
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Observer, Surroundings
from client_sim.meetings import MEETING_SECONDS
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.links import LinkRecord
from client_sim.sealed.pairing_code import PairingCode
from client_sim.standing import Block, Standing
from client_sim.timeline import Mark, Step
from signalling.protocol import EndReason, Media
from signalling.protocol import messages as wire

RAISE_SECONDS: Final = 0.4
"""How long the head takes to rise; the eyes are lit when it is up."""
DARK_AFTER_SECONDS: Final = 1.0
"""From the loss, which is known after at most 3.5 s of silence, to darkness."""


TICK_SECONDS: Final = 0.05
TELLS_SECONDS: Final = 1.0
BATTERY_PERCENT: Final = 80
SIGNAL_DBM: Final = -55
"""What the simulated hardware says of itself."""


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
        standing: Standing | None = None,
        observe: Observer = lambda *_: None,
        kept: Kept = lambda _: None,
    ) -> None:
        """`standing` is how an earlier run left the robot: a block outlives a restart."""
        self.endpoint = Endpoint(keeping, around=around, manner=self, make_ends=make_ends, kept=kept)
        self.body = Body()
        self.standing = standing or Standing()
        self._raise_seconds = raise_seconds
        self._dark_after_seconds = dark_after_seconds
        self._observe = observe
        self._moving: asyncio.TimerHandle | None = None
        self._watching: asyncio.TimerHandle | None = None
        self._told_at = 0.0

    @property
    def eyes_are_lit(self) -> bool:
        """Whether anybody in the class can see that somebody is there."""
        return self.body.lit

    @property
    def call(self) -> LiveCall | None:
        """The call that is on, if there is one."""
        return next((call for call in self.endpoint.calls.values() if not call.over), None)

    async def see(self, code: PairingCode, *, seconds: float = MEETING_SECONDS) -> LinkRecord:
        """A QR is held before the camera: pair with the app that shows it, and know no other. Raises MeetingError."""
        record = await read_code(self.endpoint, code, seconds=seconds)
        book = self.endpoint.book
        for other in book.links:
            if other.endpoint != record.endpoint:
                book.drop(other.endpoint)
        return record

    def press_off(self) -> None:
        """The button on its back: the teacher's. Ends what is going on and takes no more calls."""
        self.standing.is_on = False
        self.endpoint.send(wire.DeviceState("off"))
        if (call := self.call) is not None:
            call.stop(EndReason.POWER_OFF)

    def press_on(self) -> None:
        """The same button once more."""
        self.standing.is_on = True
        self.endpoint.send(wire.DeviceState("available"))

    @property
    def is_on(self) -> bool:
        """Whether its button is on."""
        return self.standing.is_on

    def session_began(self, ready: wire.Ready) -> None:
        """See `Manner.session_began`."""
        self.standing.told(blocked=ready.blocked)
        self._tell_block()
        if not self.is_on:
            self.endpoint.send(wire.DeviceState("off"))

    def commanded(self, command: str) -> None:
        """See `Manner.commanded`."""
        match command:
            case "block" | "unblock":
                self.standing.told(blocked=command == "block")
            case "restart":
                self._restart()
            case _:
                pass  # after a reset it is shut out

    def turns_away(self, ring: wire.CallRing) -> EndReason | None:
        """See `Manner.turns_away`."""
        return self.standing.turns_away() or (None if ring.media is Media.TELEPRESENCE else EndReason.DECLINED)

    def refuses(self, sections: Sequence[Section]) -> EndReason | None:
        """See `Manner.refuses`: an app that offers video is refused."""
        offers_video = any(one.kind == "video" and one.sends for one in sections)
        return EndReason.DECLINED if offers_video else None

    def sounds(self, call: LiveCall) -> int | None:
        """See `Manner.sounds`: raise the head and light the eyes; only then take the call."""
        self._move(self._raise_seconds, self._lit_for, call)
        return round(self._raise_seconds * 1000)

    def overheard(self, call: LiveCall, word: Said) -> None:
        """See `Manner.overheard`: what the student does. To a dark robot it says that the student is back."""
        now = time.monotonic()
        match word:
            case Look():
                self.body.look(word, now=now)
            case Set():
                call.say(Channel.CONTROL, self.body.set(word, now=now))
            case _:
                self.body.heard(now=now)
        if not self.body.lit and self._moving is None and call.connected:
            self._move(self._raise_seconds, self._lit_for, call)

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Manner.marked`."""
        match mark.step:
            case Step.ENDED:
                self._ended(call, mark)
            case Step.LOST:
                self._move(self._dark_after_seconds, self._go_dark, call)
            case Step.RETURNED if self.eyes_are_lit:
                self._stay()
            case Step.RETURNED:
                self._move(self._raise_seconds, self._lit_for, call)
            case _:
                pass
        self._observe(call, mark)

    def _ended(self, call: LiveCall, mark: Mark) -> None:
        if mark.reason is EndReason.RECORDING:
            self.standing.recorded()
            self._tell_block()
        if self.call is None:
            self._go_dark(call)

    def _tell_block(self) -> None:
        """Say that it is blocked, until the coordinator has heard it: again with each session."""

        def answered(answer: wire.Ok | wire.Error) -> None:
            if isinstance(answer, wire.Ok):
                self.standing.heard()

        if self.standing.block is Block.UNTOLD:
            self.endpoint.ask(wire.DeviceState("blocked"), answered)

    def _restart(self) -> None:
        """As after pulling the plug, but for what is kept: keys, links, button and block."""
        if (call := self.call) is not None:
            call.stop(EndReason.POWER_OFF)
        self.body = Body()
        self.endpoint.socket.renew()

    def _lit_for(self, call: LiveCall) -> None:
        self._stay()
        if call.over:
            return
        self.body.light(now=time.monotonic())
        self._watch(call)
        if call.accepted:
            call.reopen_media()
        else:
            call.answer()

    def _go_dark(self, call: LiveCall) -> None:
        self._stay()
        call.shut_media()
        self.body.darken()

    def _watch(self, call: LiveCall) -> None:
        """Twenty times a second while a call is on: the body moves, and its watchdogs bite."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if call.over:
            return
        now, was_lit = time.monotonic(), self.body.lit
        self.body.tick(now=now)
        if was_lit and not self.body.lit:
            call.shut_media()
        if now - self._told_at >= TELLS_SECONDS:
            self._told_at = now
            call.say(Channel.TELEMETRY, self.body.told(battery_percent=BATTERY_PERCENT, signal_dbm=SIGNAL_DBM))
        self._watching = asyncio.get_running_loop().call_later(TICK_SECONDS, self._watch, call)

    def _move(self, seconds: float, then: Callable[[LiveCall], None], call: LiveCall) -> None:
        self._stay()
        self._moving = asyncio.get_running_loop().call_later(seconds, then, call)

    def _stay(self) -> None:
        if self._moving is not None:
            self._moving.cancel()
            self._moving = None
