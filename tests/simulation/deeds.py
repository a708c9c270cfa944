"""What an end may do in a simulated day, each as the message it says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

from signalling.protocol import messages as msg
from signalling.protocol.codec import raw_box
from signalling.vocabulary import EndReason
from tests.simulation.ends import End, new_ref
from tests.simulation.people import EVERYBODY, HOMES, KOMP, party_of


@dataclass(frozen=True)
class Deed:
    """Something an end does; `nth` picks the call, the message to repeat, or the handshake.

    A stranger speaks of a call whether or not it is in it.
    """

    by: str
    kind: str
    to: str
    nth: int
    first: str
    is_stranger: bool


def _hangs_up(end: End, call: str, _: int) -> list[msg.ClientMessage]:
    reason = EndReason.KNOB_OFF if party_of(end.endpoint) == KOMP else EndReason.HANGUP
    return [msg.CallHangup(call=call, reason=reason, id=new_ref())]


def _invites_again(end: End, call: str, _: int) -> list[msg.ClientMessage]:
    invite = end.calls[call].invite if call in end.calls else None
    return [invite] if invite is not None else []


def _resumes(end: End, call: str, nth: int) -> list[msg.ClientMessage]:
    box = f"resume-{call}-{end.endpoint}"
    return [msg.CallResume(call=call, handshake=1 + nth % 2, from_key=1, key=1, box=box, id=new_ref())]


def _answers_a_resume(_: End, call: str, nth: int) -> list[msg.ClientMessage]:
    return [msg.CallResumed(call=call, handshake=1 + nth % 2, box=f"resumed-{call}", id=new_ref())]


OF_A_CALL: Final[dict[str, Callable[[End, str, int], list[msg.ClientMessage]]]] = {
    "invite again": _invites_again,
    "ringing": lambda end, call, nth: [msg.CallRinging(call=call, answers_in_ms=30_000, id=new_ref())],
    "join": lambda end, call, nth: [end.joins(call)],
    "join with other bytes": lambda end, call, nth: [msg.CallJoin(call=call, box="other-bytes", id=new_ref())],
    "accept": lambda end, call, nth: end.accepts(call),
    "decline": lambda end, call, nth: [msg.CallDecline(call=call, id=new_ref())],
    "decline everywhere": lambda end, call, nth: [msg.CallDecline(call=call, everywhere=True, id=new_ref())],
    "cancel": lambda end, call, nth: [msg.CallCancel(call=call, id=new_ref())],
    "hang up": _hangs_up,
    "connected": lambda end, call, nth: [msg.CallConnected(call=call, id=new_ref())],
    "lost": lambda end, call, nth: [msg.CallLost(call=call, id=new_ref())],
    "resume": _resumes,
    "answer a resume": _answers_a_resume,
    "box": lambda end, call, nth: [msg.SealedBox(call=call, handshake=0, ack=0, seq=nth, box=raw_box(f"box-{call}"))],
    "sync": lambda end, call, nth: [msg.CallSync(call=call, id=new_ref())],
}
"""By kind; whether the end takes part in the call at all is for the server to judge."""

deeds: Final = st.builds(
    Deed,
    by=st.sampled_from(EVERYBODY),
    kind=st.sampled_from([*OF_A_CALL, "invite", "repeat", "repeat", "join", "accept", "connected", "connected"]),
    to=st.sampled_from(list(HOMES)),
    nth=st.integers(0, 3),
    first=st.sampled_from("az"),
    is_stranger=st.sampled_from([False, False, False, True]),
)
