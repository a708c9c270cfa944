"""How a call begins for its callee: a ring that may be a replay, the join, `here`, and the accept.

A ring alone sounds nowhere: an endpoint rung alone joins at once and rings only after the caller's first box has
opened. If none opens it never sounds, declines `unreachable` and forgets. Nothing is described before that box.
"""

from collections.abc import Callable, Sequence
from typing import Final

from client_sim.actions import Ask, Farewell, Question, Send, Sound
from client_sim.call import Call
from client_sim.descriptions import Section
from client_sim.mailbox import RESEND_AFTER_SECONDS
from client_sim.resuming import Reseal
from client_sim.sealed import contents
from client_sim.sealed.contents import Accepted, Here, Join, Ring
from client_sim.sealed.profile import profile_digest
from client_sim.sealed.seal import BoxError, CallSeal
from client_sim.timeline import Step
from signalling.protocol import DECLINE_REASONS, CallId, EndpointId, EndReason, Role
from signalling.protocol import messages as wire
from signalling.protocol.errors import ErrorCode

HERE_SECONDS: Final = 8.0
"""From the ring: how long the caller's first box is waited for."""
FRESH_MS: Final = 60_000
"""A ring that sounds on its own word, because several endpoints are rung, was sent within the last minute."""


class RungCall(Call):
    """A call that rings here. `Sound` says when to ring; `answer` takes it."""

    def __init__(
        self,
        ring: wire.CallRing,
        seal: CallSeal,
        *,
        verified: bool,
        refuses: Callable[[Sequence[Section]], EndReason | None] = lambda _: None,
        reseal: Reseal = lambda _: None,
    ) -> None:
        super().__init__(CallId(ring.call), Role.CALLEE, ring.media, refuses=refuses, reseal=reseal)
        self.peer = EndpointId(ring.from_)
        self.verified = verified
        self.profile = ring.profile
        self.profile_agrees = False
        """Whether the profile is the one that the caller itself knows; told by the ring that opened."""
        self.negotiation.ice_servers = ring.ice_servers
        self.answers_in_ms: int | None = None
        """How long this device counts down, told with `call.ringing`; set it when asked to sound."""
        self._seal = seal
        self._box = ring.box
        self._lifetime_seconds = ring.remaining_ms / 1000
        self._alone = False
        self._join: wire.CallJoin | None = None
        self._join_repeats: list[float] = []
        self._here_by: float | None = None
        self._give_up_at: float | None = None
        self.ringing = False

    def begin(self, *, now: float, declines: EndReason | None = None, wall_ms: int | None = None) -> None:
        """Look at the ring. With `declines` it is turned away unheard. `wall_ms` is Unix time, where it is known."""
        self.note(Step.RUNG, now)
        self._give_up_at = now + self._lifetime_seconds
        asked = self._read_ring()
        if asked is None or asked.media is not self.media:
            declines = EndReason.PEER_NOT_VERIFIED
        elif asked.rung > 1 and wall_ms is not None and abs(wall_ms - asked.sent_at) > FRESH_MS:
            declines = declines or EndReason.UNREACHABLE
        if declines is not None or asked is None:
            self.stop(declines or EndReason.PEER_NOT_VERIFIED, now=now)
            return
        self.profile_agrees = self.profile is None or asked.profile == profile_digest(
            self.profile.name, self.profile.picture
        )
        self._alone = asked.rung == 1
        if self._alone:
            self._here_by = now + HERE_SECONDS
            self._write_join(now)
            self._ask_join(now)
        else:
            self._sound(now)

    def rung_again(self, ring: wire.CallRing, *, now: float) -> None:
        """The same ring came once more: it does not ring twice. Other bytes under this id are refused."""
        if self.over or ring.box != self._box:
            return
        if ring.ice_servers:
            self.negotiation.ice_servers = ring.ice_servers
        if self.ringing and not self.accepted:
            self._tell_ringing()
        if self._join is not None and not self._heard_here:
            self._ask_join(now)

    def answer(self, *, now: float) -> None:
        """Take the call: on an endpoint rung alone after it rang, elsewhere together with the join."""
        if self.over or self.accepted or not self.ringing:
            return
        if self.talk is None:
            self._write_join(now)
            self._ask_join(now)
        self._accept(now)
        self.say(Accepted(), now)
        self._ask_accept()

    def _read_ring(self) -> Ring | None:
        try:
            content = contents.decode(self._seal.read_first(self._box))
        except (BoxError, contents.ContentError):
            return None
        return content if isinstance(content, Ring) else None

    def _write_join(self, now: float) -> None:
        self._join = wire.CallJoin(self.id, self._seal.write_second(contents.encode(Join())))
        self._joined(self._seal, now)

    def _ask_join(self, now: float) -> None:
        if self._join is not None:
            self._join_repeats = _pauses(now)
            self.do(Ask(Question.JOIN, self._join))

    def _ask_accept(self) -> None:
        self.do(Ask(Question.ACCEPT, wire.CallAccept(self.id)))

    @property
    def _heard_here(self) -> bool:
        return self.talk is not None and self.talk.mailbox.received > 0

    def _sound(self, now: float) -> None:
        self.ringing = True
        self.do(Sound())
        self.note(Step.RINGING, now)

    def _tell_ringing(self) -> None:
        self.do(Send(wire.CallRinging(self.id, self.answers_in_ms)))

    def sounding(self, answers_in_ms: int | None) -> None:
        """The shell's answer to `Sound`: it rings, and a device says when it will answer by itself."""
        self.answers_in_ms = answers_in_ms
        self._tell_ringing()

    def _opened(self, content: Here | Accepted, now: float) -> None:
        if not isinstance(content, Here):
            return
        self._join_repeats = []
        if self._here_by is not None:
            self._here_by = None
            self._sound(now)

    def _handle_beginning(self, message: wire.Message, now: float) -> None:
        if isinstance(message, wire.CallTaken) and not self.accepted:
            self._finish(None, now)

    def _answered(self, question: Question, answer: wire.Ok | wire.Error, now: float) -> None:
        match question, answer:
            case Question.JOIN | Question.ACCEPT, wire.Error(code=ErrorCode.TAKEN):
                self._finish(None, now)
            case Question.JOIN | Question.ACCEPT, wire.Error(code=ErrorCode.ENDED):
                self._finish(EndReason.CANCELLED, now, refused=ErrorCode.ENDED)
            case _:
                pass

    def _begin_again(self, now: float) -> None:
        if self._join is not None and not self._heard_here:
            self._ask_join(now)
        if self.accepted:
            self._ask_accept()
        elif self.ringing:
            self._tell_ringing()

    def _last_word(self, reason: EndReason) -> wire.Request:
        declining = not self.accepted and reason in DECLINE_REASONS
        return wire.CallDecline(self.id, reason) if declining else self._hangup(reason)

    def _tick(self, now: float) -> None:
        if self._join_repeats and now >= self._join_repeats[0] and self._join is not None:
            self._join_repeats.pop(0)
            self.do(Ask(Question.JOIN, self._join))
        if self._here_by is not None and now >= self._here_by:
            self.stop(EndReason.UNREACHABLE, now=now)
        elif self._give_up_at is not None and not self.accepted and now >= self._give_up_at:
            self._finish(EndReason.NO_ANSWER, now)

    def _beginning_due(self) -> float | None:
        times = [*self._join_repeats[:1]]
        if self._here_by is not None:
            times.append(self._here_by)
        if self._give_up_at is not None and not self.accepted:
            times.append(self._give_up_at)
        return min(times, default=None)


def decline(ring: wire.CallRing, reason: EndReason) -> Farewell:
    """Turn a ring away without making a call of it."""
    return Farewell(wire.CallDecline(CallId(ring.call), reason))


def _pauses(now: float) -> list[float]:
    times = []
    for pause in RESEND_AFTER_SECONDS:
        now += pause
        times.append(now)
    return times
