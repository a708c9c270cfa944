"""Small hostilities that attacks are put together from. Each is a tamper, or makes one."""

from collections.abc import Callable

import msgspec

from signalling.protocol import messages as wire
from signalling.protocol.codec import box_text, raw_box
from signalling.protocol.proof import base64url, from_base64url
from tests.hostile.middle import Out, Passing, Tamper, Way

Change = Callable[[wire.Message], wire.Message | None]


def alter(kind: type[wire.Message], change: Change, *, way: Way = Way.DOWN, who: str | None = None) -> Tamper:
    """Put another message in the place of those of that kind; None keeps the one that came."""

    def tamper(passing: Passing) -> Out:
        if isinstance(passing.message, kind) and passing.way is way and who in (None, passing.who):
            changed = change(passing.message)
            if changed is not None:
                return (changed,)
        return (passing.frame,)

    return tamper


def keep_back(*kinds: type[wire.Message], who: str | None = None) -> Tamper:
    """Let no message of these kinds pass."""

    def tamper(passing: Passing) -> Out:
        return () if isinstance(passing.message, kinds) and who in (None, passing.who) else (passing.frame,)

    return tamper


def replaced(message: wire.Message, **fields: object) -> wire.Message:
    """The same message with other fields."""
    return msgspec.structs.replace(message, **fields)


def flipped(box: str, bit: int) -> str:
    """A box with one bit turned, in its one spelling still."""
    sealed = bytearray(from_base64url(box))
    sealed[bit // 8 % len(sealed)] ^= 1 << bit % 8
    return base64url(bytes(sealed))


def flipped_box(message: wire.SealedBox, bit: int) -> wire.Message:
    """A `box` message whose box has one bit turned."""
    return replaced(message, box=raw_box(flipped(box_text(message.box), bit)))


def in_turn(*tampers: Tamper) -> Tamper:
    """The first of them that does anything but let a frame pass."""

    def tamper(passing: Passing) -> Out:
        for one in tampers:
            out = tuple(one(passing))
            if out != (passing.frame,):
                return out
        return (passing.frame,)

    return tamper
