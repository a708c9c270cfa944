"""How a call begins for its caller: the invite, repeated while it rings, and the handshake's answer.

The caller describes nothing before message 2 has opened, and sends no media before `accepted` came out of a box.
"""

from collections.abc import Mapping
from typing import Final

from client_sim.actions import Ask, Question
from client_sim.call import Call
from client_sim.resuming import Reseal
from client_sim.sealed import contents
from client_sim.sealed.contents import Accepted, Here, Join, Ring
from client_sim.sealed.seal import Addressee, BoxError
from client_sim.timeline import Step
from signalling.protocol import CallId, EndpointId, EndReason, Media, PartyId, Phase, Role
from signalling.protocol import messages as wire
from signalling.protocol.errors import ErrorCode

GRACE_SECONDS: Final = 2.0
"""How much longer than the server's lifetime an unanswered call is waited for, where the server says nothing."""

_REFUSED: Final = {
    ErrorCode.BUSY: EndReason.BUSY,
    ErrorCode.GLARE: EndReason.GLARE,
    ErrorCode.DEVICE_SUSPENDED: EndReason.SUSPENDED,
    ErrorCode.NOT_FOUND: EndReason.UNREACHABLE,
}


class PlacedCall(Call):
    """A call that this end places: `begin` it once."""

    def __init__(
        self,
        call: CallId,
        *,
        to: PartyId,
        addressees: Mapping[EndpointId, Addressee],
        media: Media,
        lifetime_ms: int,
        sent_at_ms: int,
        from_key: int,
        profile: str | None = None,
        reseal: Reseal = lambda _: None,
    ) -> None:
        super().__init__(call, Role.CALLER, media, reseal=reseal)
        self._addressees = addressees
        ring = contents.encode(Ring(sent_at=sent_at_ms, media=media, rung=len(addressees), profile=profile))
        rings = [wire.InviteRing(endpoint, one.key, one.seal.write_first(ring)) for endpoint, one in addressees.items()]
        self.invite = wire.CallInvite(call, to, from_key, rings, media, lifetime_ms)
        self._lifetime_seconds = lifetime_ms / 1000
        self._give_up_at: float | None = None
        self.winner: CallId | None = None
        """After GLARE: the other side's call, which goes on."""

    def begin(self, *, now: float) -> None:
        """Ring them."""
        self.note(Step.INVITED, now)
        self._give_up_at = now + self._lifetime_seconds + GRACE_SECONDS
        self._ask()

    @property
    def named(self) -> wire.NamedCall | None:
        """See `Call.named`; before it knows of a join it names an endpoint that it rang: the join may be on its way."""
        if self.over or self.talk is not None:
            return super().named
        return wire.NamedCall(self.id, self.invite.rings[0].endpoint, self.role, Phase.JOINED)

    def _ask(self) -> None:
        self.do(Ask(Question.INVITE, self.invite))

    def _handle_beginning(self, message: wire.Message, now: float) -> None:
        match message:
            case wire.CallWanted() if self.talk is None:
                self._ask()
            case wire.CallProgress() if message.state == "ringing":
                self.note(Step.RINGING, now, answers_in_ms=message.answers_in_ms)
            case wire.CallJoined():
                self._take_join(message, now)
            case _:
                pass

    def _take_join(self, message: wire.CallJoined, now: float) -> None:
        joined = self._addressees.get(EndpointId(message.endpoint))
        if joined is None or self.talk is not None:
            return
        try:
            content = contents.decode(joined.seal.read_second(message.box))
        except (BoxError, contents.ContentError):
            return
        if not isinstance(content, Join):
            return
        self.peer = EndpointId(message.endpoint)
        self.verified = joined.verified
        self._joined(joined.seal, now)
        self.say(Here(), now)
        if self.verified:
            self.negotiation.offer()

    def _answered(self, question: Question, answer: wire.Ok | wire.Error, now: float) -> None:
        if question is not Question.INVITE:
            return
        if isinstance(answer, wire.Error):
            if answer.code == ErrorCode.ENDED:
                self.do(Ask(Question.SYNC, wire.CallSync(self.id)))
            elif self.talk is None:
                self.winner = CallId(answer.winner) if answer.winner else None
                self._finish(_reason(answer.code), now, refused=answer.code)
            return
        if answer.ice_servers is not None:
            self.negotiation.ice_servers = answer.ice_servers
        if answer.remaining_ms is not None:
            self._give_up_at = now + answer.remaining_ms / 1000 + GRACE_SECONDS
        self.note(Step.ADMITTED, now)

    def handle(self, message: wire.Message, *, now: float) -> None:
        """See `Call.handle`; a call lost to glare remembers which call goes on."""
        if isinstance(message, wire.CallEnded) and message.winner:
            self.winner = CallId(message.winner)
        super().handle(message, now=now)

    def _begin_again(self, now: float) -> None:  # noqa: ARG002 - the callee's needs it
        if self.talk is None:
            self._ask()

    def _opened(self, content: Here | Accepted, now: float) -> None:
        if isinstance(content, Accepted) and not self.accepted:
            self._accept(now)

    def _last_word(self, reason: EndReason) -> wire.Request:
        return self._hangup(reason) if self.accepted else wire.CallCancel(self.id)

    def _tick(self, now: float) -> None:
        due = self._beginning_due()
        if due is not None and now >= due:
            self.stop(EndReason.NO_ANSWER, now=now)

    def _beginning_due(self) -> float | None:
        return None if self.accepted else self._give_up_at


def _reason(code: str) -> EndReason:
    try:
        return _REFUSED.get(ErrorCode(code), EndReason.UNREACHABLE)
    except ValueError:
        return EndReason.UNREACHABLE
