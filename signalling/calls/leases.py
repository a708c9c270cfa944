"""One call at a time: who holds whom, and who wins when two ring each other at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from signalling.calls.record import CallRecord
from signalling.calls.table import LIVE, NOT_ACCEPTED
from signalling.vocabulary import CallId, EndpointId, PartyId, Role


@dataclass(frozen=True, slots=True, repr=False)
class Lease:
    """What holds a party: the call, with whom, and as which end."""

    call: CallId
    peer: PartyId
    role: Role


@dataclass(frozen=True, slots=True)
class Free:
    """Neither is in another call."""


@dataclass(frozen=True, slots=True)
class Busy:
    """One of them is."""


@dataclass(frozen=True, slots=True, repr=False)
class Replaces:
    """The same endpoint calls the same party again: its earlier call ends."""

    call: CallId


@dataclass(frozen=True, slots=True, repr=False)
class GlareWon:
    """They ring each other, and the new call goes on: the held one ends."""

    over: CallId


@dataclass(frozen=True, slots=True, repr=False)
class GlareLost:
    """They ring each other, and the held call goes on."""

    to: CallId


Verdict = Free | Busy | Replaces | GlareWon | GlareLost


def judge(
    call: CallId,
    *,
    caller: EndpointId,
    caller_party: PartyId,
    callee_party: PartyId,
    held: Iterable[CallRecord],
) -> Verdict:
    """Whether a new call may begin while `held` are the calls that hold its two parties."""
    verdict: Verdict = Free()
    for other in held:
        if other.state not in LIVE or other.call == call:
            continue
        crossing = other.caller_party == callee_party and other.callee_party == caller_party
        again = other.caller == caller and other.callee_party == callee_party
        if crossing and other.state in NOT_ACCEPTED:
            verdict = GlareWon(other.call) if call < other.call else GlareLost(other.call)
        elif again:
            verdict = Replaces(other.call)
        else:
            return Busy()
    return verdict
