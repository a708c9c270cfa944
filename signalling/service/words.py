"""From what a client says to what happens to a call: one row for each message that makes an event."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Final

from signalling.calls import events as ev
from signalling.protocol import messages as msg
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.vocabulary import DECLINE_REASONS, HANGUP_REASONS, EndpointId, EndReason

EVENTS: Final[dict[type[Any], Callable[[Any, EndpointId], ev.Event]]] = {
    msg.CallRinging: lambda said, by: ev.Rang(by, said.answers_in_ms),
    msg.CallJoin: lambda said, by: ev.Joined(by, digest_of(said.box)),
    msg.CallAccept: lambda _, by: ev.Accepted(by),
    msg.CallDecline: lambda said, by: ev.Declined(by, _allowed(said.reason, DECLINE_REASONS), said.everywhere),
    msg.CallCancel: lambda _, by: ev.Cancelled(by),
    msg.CallHangup: lambda said, by: ev.HungUp(by, _allowed(said.reason, HANGUP_REASONS)),
    msg.CallConnected: lambda _, by: ev.Connected(by),
    msg.CallLost: lambda _, by: ev.Lost(by),
    msg.CallResume: lambda said, by: ev.Resumed(by, said.handshake, digest_of(said.box)),
    msg.CallResumed: lambda said, by: ev.ResumeAnswered(by, said.handshake),
}


def digest_of(text: str) -> bytes:
    """128 bits that tell a repeated box from another one."""
    return blake2b(text.encode(), digest_size=16).digest()


def ring_digest(invite: msg.CallInvite, ring: msg.InviteRing) -> bytes:
    """What tells a repeated ring from another one: all that its endpoint is sent."""
    return digest_of(f"{invite.from_key}:{invite.media}:{invite.lifetime_ms}:{ring.key}:{ring.box}")


def _allowed(reason: EndReason, among: frozenset[EndReason]) -> EndReason:
    if reason not in among:
        raise ProtocolError(ErrorCode.BAD_MESSAGE, "That reason isn't an end's to give.")
    return reason
