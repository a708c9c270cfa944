"""The other end has lost its keys, as a page does that is loaded anew, and begins a new handshake for the same call.

This end answers it and goes on with the old keys until the first box of the new handshake has opened: only then is it
sure that the resumer holds them. Source: docs/reference/protocol.md §8. It never changes who called whom.
"""

from collections.abc import Callable

from client_sim.actions import Action, Send
from client_sim.sealed import contents
from client_sim.sealed.contents import AnyContent, Join, Ring
from client_sim.sealed.seal import BoxError, CallSeal
from client_sim.talk import Talk
from signalling.protocol import CallId
from signalling.protocol import messages as wire

Reseal = Callable[[wire.ForwardedResume], CallSeal | None]
"""The seal of a new handshake that the other end began; None while its key isn't known."""


class Resumption:
    """Answers to resumes in one call."""

    def __init__(self, call: CallId, reseal: Reseal, do: Callable[[Action], None]) -> None:
        self._call = call
        self._reseal = reseal
        self._do = do
        self._handshake = 0
        self._box = ""
        self._answer: wire.CallResumed | None = None
        self._talk: Talk | None = None

    def asked(self, message: wire.ForwardedResume) -> None:
        """A resume came: answer it. The same one again gets the same bytes; an older one, or another, gets nothing."""
        if message.handshake == self._handshake and message.box == self._box and self._answer is not None:
            self._do(Send(self._answer))
        elif message.handshake > self._handshake:
            self._begin(message)

    def take(self, message: wire.ForwardedBox, *, now: float) -> tuple[Talk, list[AnyContent]] | None:
        """A box of the new handshake; if it opened, the talk that takes the old one's place and what it said first."""
        if self._talk is None or message.handshake != self._handshake:
            return None
        said = self._talk.take(message, now=now)
        if not self._talk.mailbox.received:
            return None
        talk, self._talk = self._talk, None
        return talk, said

    def _begin(self, message: wire.ForwardedResume) -> None:
        seal = self._reseal(message)
        if seal is None:
            return
        try:
            content = contents.decode(seal.read_first(message.box))
        except (BoxError, contents.ContentError):
            return
        if not isinstance(content, Ring):
            return
        self._handshake, self._box = message.handshake, message.box
        box = seal.write_second(contents.encode(Join()))
        self._talk = Talk(self._call, seal, self._do, handshake=message.handshake)
        self._answer = wire.CallResumed(self._call, message.handshake, box)
        self._do(Send(self._answer))
