"""The rules of a call on one page. A pair that is not here is refused and changes nothing.

Each row gives the states that the event may lead to; where there are two, `machine` decides by the record.
"""

from collections.abc import Mapping
from typing import Final

from signalling.calls.events import (
    Accepted,
    Cancelled,
    Connected,
    DeadlinePassed,
    Declined,
    Event,
    Forgotten,
    HungUp,
    Invited,
    Joined,
    Lost,
    Rang,
    ResumeAnswered,
    Resumed,
    SessionsSeen,
    Stopped,
)
from signalling.vocabulary import CallState

INVITED, RINGING, JOINED = CallState.INVITED, CallState.RINGING, CallState.JOINED
ACCEPTED, ACTIVE, RECONNECTING = CallState.ACCEPTED, CallState.ACTIVE, CallState.RECONNECTING
ENDED = CallState.ENDED

TRANSITIONS: Final[Mapping[tuple[CallState, type[Event]], tuple[CallState, ...]]] = {
    # Nobody has said yet that it rings.
    (INVITED, Invited): (INVITED,),  # the same bytes ring again
    (INVITED, Rang): (RINGING,),
    (INVITED, Joined): (JOINED,),
    (INVITED, Declined): (INVITED, ENDED),  # ends with the last endpoint that could take it
    (INVITED, Cancelled): (ENDED,),
    (INVITED, DeadlinePassed): (ENDED,),  # unreachable
    (INVITED, Stopped): (ENDED,),
    # It rings somewhere.
    (RINGING, Invited): (RINGING,),
    (RINGING, Rang): (RINGING,),
    (RINGING, Joined): (JOINED,),
    (RINGING, Declined): (RINGING, ENDED),
    (RINGING, Cancelled): (ENDED,),
    (RINGING, DeadlinePassed): (ENDED,),  # no_answer
    (RINGING, Stopped): (ENDED,),
    # One endpoint answered the handshake: the ends may talk, no media yet.
    (JOINED, Invited): (JOINED,),
    (JOINED, Rang): (JOINED,),
    (JOINED, Joined): (JOINED,),  # the same bytes are forwarded again; another endpoint hears `taken`
    (JOINED, Accepted): (ACCEPTED, ACTIVE),  # at once ACTIVE where both ends are connected
    (JOINED, Declined): (ENDED,),
    (JOINED, Cancelled): (ENDED,),
    (JOINED, HungUp): (ENDED,),
    (JOINED, Connected): (JOINED,),  # only sets the flag
    (JOINED, Lost): (JOINED,),  # only clears it
    (JOINED, DeadlinePassed): (ENDED,),  # no_answer
    (JOINED, Forgotten): (ENDED,),
    (JOINED, Stopped): (ENDED,),
    # Taken, and not yet connected at both ends.
    (ACCEPTED, Invited): (ACCEPTED,),
    (ACCEPTED, Rang): (ACCEPTED,),
    (ACCEPTED, Joined): (ACCEPTED,),
    (ACCEPTED, Accepted): (ACCEPTED,),
    (ACCEPTED, Connected): (ACCEPTED, ACTIVE),
    (ACCEPTED, Lost): (ACCEPTED,),
    (ACCEPTED, Resumed): (ACCEPTED,),
    (ACCEPTED, ResumeAnswered): (ACCEPTED,),
    (ACCEPTED, Cancelled): (ENDED,),  # a hang-up with reason `cancelled`
    (ACCEPTED, HungUp): (ENDED,),
    (ACCEPTED, DeadlinePassed): (ENDED,),  # ice_failed
    (ACCEPTED, Forgotten): (ENDED,),
    (ACCEPTED, Stopped): (ENDED,),
    # Media run.
    (ACTIVE, Invited): (ACTIVE,),
    (ACTIVE, Rang): (ACTIVE,),
    (ACTIVE, Joined): (ACTIVE,),
    (ACTIVE, Accepted): (ACTIVE,),
    (ACTIVE, Connected): (ACTIVE,),
    (ACTIVE, Lost): (RECONNECTING,),
    (ACTIVE, Resumed): (ACTIVE, RECONNECTING),  # the same bytes again, late, change nothing
    (ACTIVE, ResumeAnswered): (ACTIVE,),
    (ACTIVE, SessionsSeen): (ACTIVE,),  # renewed
    (ACTIVE, Cancelled): (ENDED,),
    (ACTIVE, HungUp): (ENDED,),
    (ACTIVE, DeadlinePassed): (ENDED,),  # no session of either end: the record goes, the ends go on
    (ACTIVE, Forgotten): (ENDED,),
    (ACTIVE, Stopped): (ENDED,),
    # An end said that its media path is gone, or began a new handshake. A lost socket is no reason.
    (RECONNECTING, Invited): (RECONNECTING,),
    (RECONNECTING, Rang): (RECONNECTING,),
    (RECONNECTING, Joined): (RECONNECTING,),
    (RECONNECTING, Accepted): (RECONNECTING,),
    (RECONNECTING, Connected): (RECONNECTING, ACTIVE),
    (RECONNECTING, Lost): (RECONNECTING,),
    (RECONNECTING, Resumed): (RECONNECTING,),
    (RECONNECTING, ResumeAnswered): (RECONNECTING,),
    (RECONNECTING, Cancelled): (ENDED,),
    (RECONNECTING, HungUp): (ENDED,),
    (RECONNECTING, DeadlinePassed): (ENDED,),  # lost_network
    (RECONNECTING, Forgotten): (ENDED,),
    (RECONNECTING, Stopped): (ENDED,),
    # Nothing leaves ENDED but into oblivion. To stop what has stopped is no error.
    (ENDED, Cancelled): (ENDED,),
    (ENDED, HungUp): (ENDED,),
    (ENDED, Declined): (ENDED,),
    (ENDED, DeadlinePassed): (ENDED,),  # the record is erased
}

LIVE: Final = frozenset(CallState) - {ENDED}
NOT_ACCEPTED: Final = frozenset({INVITED, RINGING, JOINED})
"""The states of a call that has no media yet: a stopping server ends these, and glare happens in these."""
BEFORE_THE_JOIN: Final = frozenset({INVITED, RINGING})
RESUMABLE: Final = frozenset({ACCEPTED, ACTIVE, RECONNECTING})
