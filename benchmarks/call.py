"""The work: one call of narvaro.v1, as an endpoint and a Komp place it, and the same messages for a bare relay.

Every message is sent when the one before it has arrived: no batching helps, the honest worst case. Boxes have the
sizes that sealed ones have: contents deflated, padded to a power of two from 128 bytes on, 16 bytes of tag, base64url;
an offer or answer of 3.2 KB deflates to about 1.4 KB. What is in them is noise, for the server can't read it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from benchmarks.line import client_frame
from benchmarks.people import Person
from signalling.protocol.codec import encode, raw_box
from signalling.protocol.messages import (
    CallAccept,
    CallConnected,
    CallHangup,
    CallInvite,
    CallJoin,
    CallRinging,
    InviteRing,
    PhasesMs,
    Request,
    SealedBox,
)
from signalling.protocol.proof import base64url
from signalling.vocabulary import EndReason, Media

_TAG_BYTES: Final = 16
_KEY_BYTES: Final = 32
SMALL, CANDIDATES, DESCRIPTION = 128, 256, 2048
"""Padded sizes of contents: `here` and the like; a batch of three or four candidates; an offer or answer."""
_CALL: Final = "C" * 22
"""Stands in a template where each call's own id goes."""
CALL_ID_CHARACTERS: Final = len(_CALL)


class End(IntEnum):
    """Who sends, or gets."""

    CALLER = 0
    CALLEE = 1


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """A frame ready to send: what stands before and after the call's id (a relay's frames have none)."""

    by: End
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """Frames that go out together, and the arrival that lets the next step begin."""

    sent: tuple[Sent, ...]
    to: End
    begins: bytes
    """How the awaited frame begins."""
    carries: bytes
    """What must stand in it, from the sender's own bytes; checked in the first call of every pair."""
    is_forwarded: bool


@dataclass(frozen=True, slots=True, repr=False)
class Script:
    """One call between two endpoints, step by step."""

    steps: tuple[Step, ...]
    has_call_id: bool
    received: int
    """Frames that the two get in a call, without those that come when its record is erased."""

    @property
    def forwarded(self) -> int:
        """Messages of one end that the other gets."""
        return sum(step.is_forwarded for step in self.steps)

    @property
    def sent(self) -> int:
        """Messages that the server gets."""
        return sum(len(step.sent) for step in self.steps)

    @property
    def sent_bytes(self) -> int:
        """Bytes of frames that the server gets."""
        id_bytes = CALL_ID_CHARACTERS if self.has_call_id else 0
        return sum(len(one.before) + id_bytes + len(one.after) for step in self.steps for one in step.sent)


@dataclass(frozen=True, slots=True, repr=False)
class _Said:
    """A message of the call before it is a frame."""

    by: End
    message: Request
    arrives: bytes = b""
    """The type under which the other end gets it; empty: it is for the server alone."""
    carries: str = ""
    answered: bool = False


def noise(name: str, size: int) -> str:
    """Base64url text of so many bytes that look like a sealed box and are the same in every run."""
    return base64url(hashlib.shake_128(name.encode()).digest(size))


def _box(by: End, ack: int, seq: int, padded: int) -> _Said:
    text = noise(f"{by}/{seq}", padded + _TAG_BYTES)
    return _Said(by, SealedBox(_CALL, 0, ack, seq, raw_box(text)), arrives=b"box", carries=text)


def _acknowledgement(by: End, ack: int) -> _Said:
    return _Said(by, SealedBox(_CALL, 0, ack), arrives=b"box", carries=f'"ack":{ack}')


def _conversation(callee: Person) -> Iterator[tuple[_Said, ...]]:
    """The messages of a call that rings, is accepted by the device, and is hung up by the caller."""
    handshake = noise("handshake", _KEY_BYTES + SMALL + _TAG_BYTES)
    ring = InviteRing(callee.endpoint, 1, handshake)
    invite = CallInvite(_CALL, callee.party, 1, [ring], Media.VIDEO, 45_000, id="i1")
    a, b = End.CALLER, End.CALLEE
    yield (_Said(a, invite, arrives=b"call.ring", carries=handshake, answered=True),)
    yield (_Said(b, CallJoin(_CALL, handshake, id="j1"), arrives=b"call.joined", carries=handshake, answered=True),)
    yield (_box(a, 0, 0, SMALL),)  # here
    yield (_Said(b, CallRinging(_CALL, 10_000), arrives=b"call.progress", carries=callee.endpoint),)
    yield (_box(a, 0, 1, DESCRIPTION),)  # offer
    yield (_box(a, 0, 2, CANDIDATES),)  # host candidates
    yield (_box(b, 3, 0, DESCRIPTION),)  # answer
    yield (_box(b, 3, 1, CANDIDATES),)
    yield (_box(a, 2, 3, CANDIDATES),)  # reflexive and relayed candidates
    yield (_box(a, 2, 4, SMALL),)  # end of candidates
    yield (_box(b, 5, 2, CANDIDATES),)
    yield (_box(b, 5, 3, SMALL),)
    yield (_acknowledgement(a, 4),)
    phases = PhasesMs(gathered=60, ice=110, dtls=190)
    connected = (_Said(end, CallConnected(_CALL, phases_ms=phases)) for end in (a, b))
    yield (*connected, _box(b, 5, 4, SMALL))  # accepted
    yield (_Said(b, CallAccept(_CALL, id="a1"), answered=True),)
    yield (_acknowledgement(a, 5),)
    yield (_box(a, 5, 5, SMALL),)  # bye
    yield (_Said(a, CallHangup(_CALL, EndReason.HANGUP, id="h1"), answered=True),)


def coordinator_call(_caller: Person, callee: Person) -> Script:
    """The call as the coordinator carries it, `ok` and `call.ended` included."""
    steps = []
    received = 2  # call.ended, to each end
    for group in _conversation(callee):
        last = group[-1]
        sent = tuple(_sent(said) for said in group)
        steps.append(Step(sent, _awaited(last), _begins(last), last.carries.encode(), bool(last.arrives)))
        received += sum(bool(said.arrives) + said.answered for said in group)
    return Script(tuple(steps), has_call_id=True, received=received)


def _awaited(said: _Said) -> End:
    forwarded_or_ended = said.arrives or isinstance(said.message, CallHangup)
    return End(1 - said.by) if forwarded_or_ended else said.by


def _begins(said: _Said) -> bytes:
    ends = isinstance(said.message, CallHangup)
    kind = said.arrives or (b"call.ended" if ends else b"ok")
    return b'{"t":"' + kind + b'"'


def _sent(said: _Said) -> Sent:
    payload = encode(said.message)
    before, _, after = payload.partition(_CALL.encode())
    return Sent(said.by, client_frame(len(payload)) + before, after)


def relay_call(caller: Person, callee: Person) -> Script:
    """What the ends say to each other in the same call, in the same order and sizes, for a relay."""
    names = (caller.endpoint, callee.endpoint)
    steps = []
    for group in _conversation(callee):
        said = group[-1]
        if not said.arrives:
            continue
        to = End(1 - said.by)
        head = f'{{"to":"{names[to]}","data":"'.encode()
        size = len(encode(said.message)) - len(head) - 2
        content = noise(said.carries, size)[:size].encode()
        payload = head + content + b'"}'
        sent = Sent(said.by, client_frame(len(payload)) + payload, b"")
        steps.append(Step((sent,), to, b'{"from":', content, is_forwarded=True))
    return Script(tuple(steps), has_call_id=False, received=len(steps))
