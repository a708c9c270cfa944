"""What the two ends say to each other once the handshake is through: contents into boxes, boxes into contents."""

from collections.abc import Callable
from typing import Final

from client_sim.actions import Action, Send
from client_sim.mailbox import Letter, Mailbox
from client_sim.sealed import contents
from client_sim.sealed.contents import AnyContent, Content, ContentError
from client_sim.sealed.seal import CallSeal
from signalling.protocol import CallId
from signalling.protocol.codec import box_text, raw_box
from signalling.protocol.messages import NO_BOX, SealedBox

UNREADABLE_AT_MOST: Final = 16
"""Boxes that open and hold nonsense; past this the other end is broken and the rest is not read."""


class Talk:
    """One handshake's boxes, both ways. It says nothing of its own but acknowledgements and resends."""

    def __init__(self, call: CallId, seal: CallSeal, do: Callable[[Action], None], *, handshake: int = 0) -> None:
        self._call = call
        self._do = do
        self.mailbox = Mailbox(seal, handshake)
        self.unreadable = 0

    def say(self, content: Content, *, now: float) -> None:
        """Put it in a box and send it; it arrives once and in order, or the call ends."""
        self._send(self.mailbox.put(contents.encode(content), now=now))

    def take(self, message: SealedBox, *, now: float) -> list[AnyContent]:
        """What the other end said, as far as its turn has come."""
        box = box_text(message.box) if message.box else None
        delivered, letters = self.mailbox.take(Letter(message.handshake, message.ack, message.seq, box), now=now)
        self._send(letters)
        return [content for text in delivered if (content := self._read(text)) is not None]

    def returned(self, *, now: float) -> None:
        """Our socket or theirs is back: say again what was not acknowledged."""
        self._send(self.mailbox.returned(now=now))

    def tick(self, *, now: float) -> None:
        """Resends and acknowledgements that are due."""
        self._send(self.mailbox.due(now=now))

    def _read(self, text: bytes) -> AnyContent | None:
        if self.unreadable > UNREADABLE_AT_MOST:
            return None
        try:
            return contents.decode(text)
        except ContentError:
            self.unreadable += 1
            return None

    def _send(self, letters: list[Letter]) -> None:
        for letter in letters:
            box = raw_box(letter.box) if letter.box is not None else NO_BOX
            self._do(Send(SealedBox(self._call, letter.handshake, letter.ack, letter.seq, box)))
