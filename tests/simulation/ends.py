"""An endpoint as simple as can be: it believes what it hears, repeats what it is asked to, and names its calls."""

from dataclasses import dataclass, field
from itertools import count

from signalling.protocol import messages as msg
from signalling.protocol.codec import raw_box
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.fields import CALLS_NAMED
from signalling.service.session import Session
from signalling.vocabulary import Media, Phase, Role
from tests.simulation.coordinator import Coordinator, Socket
from tests.simulation.people import HOMES

ACCEPTED_INSIDE = "accepted"
"""The text of the box by which a callee tells its caller; base64url as it stands."""
GIVES_UP = {ErrorCode.TAKEN, ErrorCode.ENDED, ErrorCode.CONFLICT, ErrorCode.NOT_ALLOWED}
_refs = count()


@dataclass
class Believed:
    """A call as one end sees it. `phase` is None while it is asked for."""

    role: Role
    peer: str | None
    heard_on: Socket | None = None
    invite: msg.CallInvite | None = None
    join: msg.CallJoin | None = None
    phase: Phase | None = None
    is_connected: bool = False

    def says_accept(self) -> bool:
        """Whether this end is a callee that has accepted."""
        return self.role is Role.CALLEE and self.phase is Phase.ACCEPTED

    def may_stop_by(self, message: msg.ClientMessage) -> bool:
        """Whether it is over for this end as soon as it has said this; what it may not say is refused."""
        match message:
            case msg.CallHangup():
                return self.phase is not None
            case msg.CallCancel():
                return self.role is Role.CALLER
            case _:
                return self.role is Role.CALLEE and self.phase is not Phase.ACCEPTED

    def stop(self, call: str) -> msg.ClientMessage:
        """What this end says to be rid of it."""
        if self.phase is not None:
            return msg.CallHangup(call=call, id=new_ref())
        if self.role is Role.CALLER:
            return msg.CallCancel(call=call, id=new_ref())
        return msg.CallDecline(call=call, id=new_ref())


@dataclass
class End:
    """One endpoint, through all its sockets and all restarts of the server."""

    endpoint: str
    socket: Socket | None = None
    session: Session | None = None
    calls: dict[str, Believed] = field(default_factory=dict)
    said: list[msg.ClientMessage] = field(default_factory=list)
    asked: dict[str, msg.ClientMessage] = field(default_factory=dict)

    @property
    def is_connected(self) -> bool:
        return self.socket is not None and self.socket.is_open

    # ------------------------------------------------------------- sockets

    async def connect(self, coordinator: Coordinator) -> None:
        """A new socket, whatever became of the old one; the hello names every call it is in."""
        old = self.session if self.is_connected else None
        named = [
            msg.NamedCall(call=call, peer=one.peer, role=one.role, phase=one.phase)
            for call, one in self.calls.items()
            if one.phase is not None and one.peer is not None
        ][:CALLS_NAMED]
        try:
            self.socket, self.session = await coordinator.open(self.endpoint, named)
        except ProtocolError:
            return  # it is stopping; the next one will take it
        if old is not None:
            await coordinator.hub.closed(old, said_bye=False)

    async def lose(self, coordinator: Coordinator, *, said_bye: bool = False) -> None:
        """The socket is gone; nothing is forgotten."""
        if self.socket is not None and self.session is not None and self.is_connected:
            await coordinator.lose(self.socket, self.session, said_bye=said_bye)

    # ------------------------------------------------------------ speaking

    async def say(self, coordinator: Coordinator, message: msg.ClientMessage) -> None:
        """Say it, if there is a socket to say it on."""
        if not self.is_connected or self.session is None:
            return
        self.said.append(message)
        self._supposes(message)
        ref = getattr(message, "id", None)
        if ref is not None:
            self.asked[ref] = message
        await coordinator.hear(self.session, message)

    def invites(self, call: str, to: str) -> msg.CallInvite:
        """An invite with a ring for each endpoint of that party."""
        rings = [msg.InviteRing(endpoint=one, key=1, box=f"ring-{call}-{one}") for one in HOMES[to]]
        return msg.CallInvite(
            call=call, to=to, from_key=1, rings=rings, media=Media.VIDEO, lifetime_ms=45_000, id=new_ref()
        )

    def joins(self, call: str) -> msg.CallJoin:
        """Its join of that call: the same bytes each time."""
        return msg.CallJoin(call=call, box=f"join-{call}-{self.endpoint}", id=new_ref())

    def accepts(self, call: str) -> list[msg.ClientMessage]:
        """The accept inside, then the accept."""
        inside = msg.SealedBox(call=call, handshake=0, ack=0, seq=0, box=raw_box(ACCEPTED_INSIDE))
        return [inside, msg.CallAccept(call=call, id=new_ref())]

    def _supposes(self, message: msg.ClientMessage) -> None:
        match message:
            case msg.CallInvite(call=call):
                self.calls.setdefault(call, Believed(Role.CALLER, None, self.socket, invite=message))
            case msg.CallJoin(call=call) if call in self.calls and self.calls[call].role is Role.CALLEE:
                self.calls[call].join = message
            case msg.CallHangup(call=call) | msg.CallCancel(call=call) | msg.CallDecline(call=call):
                if call in self.calls and self.calls[call].may_stop_by(message):
                    del self.calls[call]
            case msg.CallConnected(call=call) | msg.CallLost(call=call) if call in self.calls:
                self.calls[call].is_connected = isinstance(message, msg.CallConnected)
            case _:
                pass

    # ----------------------------------------------------------- listening

    def listen(self) -> list[msg.ClientMessage]:
        """Take in what was sent to it; what it has to say to that."""
        unread = self.socket.unread if self.socket is not None else []
        answers = [answer for message in unread for answer in self._hears(message)]
        unread.clear()
        return answers

    def _hears(self, message: msg.Message) -> list[msg.ClientMessage]:
        match message:
            case msg.Ready():
                return [again for call, mine in self.calls.items() for again in self._says_again(call, mine)]
            case msg.CallPeer(call=call, present=True) if call in self.calls:
                return self._says_again(call, self.calls[call])
            case msg.CallRing(call=call, from_=caller):
                mine = self.calls.setdefault(call, Believed(Role.CALLEE, caller, self.socket))
                mine.heard_on = self.socket
                return [mine.join] if mine.join is not None else []
            case msg.CallWanted(call=call) if call in self.calls:
                invite = self.calls[call].invite
                return [invite] if invite is not None else []
            case msg.CallJoined(call=call, endpoint=endpoint) if call in self.calls:
                mine = self.calls[call]
                mine.peer, mine.phase = endpoint, mine.phase or Phase.JOINED
            case msg.ForwardedBox(call=call, box=box) if call in self.calls and box == raw_box(ACCEPTED_INSIDE):
                if self.calls[call].role is Role.CALLER and self.calls[call].peer is not None:
                    self.calls[call].phase = Phase.ACCEPTED
            case msg.CallEnded(call=call) | msg.CallTaken(call=call):
                self.calls.pop(call, None)
            case msg.Ok(ref=ref):
                self._was_granted(self.asked.pop(ref, None))
            case msg.Error(ref=str(ref), code=code):
                self._was_refused(self.asked.pop(ref, None), code)
            case _:
                pass
        return []

    def _says_again(self, call: str, mine: Believed) -> list[msg.ClientMessage]:
        """Its own socket is new, or the other end's: a call that was made again must learn how it stands.

        The first of two that come back says it while there is no record yet, so it says it again when the other comes.
        """
        if mine.phase is None:
            return [mine.invite] if mine.invite is not None else []
        accept = [msg.CallAccept(call=call, id=new_ref())] if mine.says_accept() else []
        return [*accept, *([msg.CallConnected(call=call, id=new_ref())] if mine.is_connected else [])]

    def _was_granted(self, request: msg.ClientMessage | None) -> None:
        match request:
            case msg.CallJoin(call=call) if call in self.calls and self.calls[call].role is Role.CALLEE:
                self.calls[call].phase = self.calls[call].phase or Phase.JOINED
            case msg.CallAccept(call=call) if call in self.calls and self.calls[call].role is Role.CALLEE:
                self.calls[call].phase = Phase.ACCEPTED
            case _:
                pass

    def _was_refused(self, request: msg.ClientMessage | None, code: str) -> None:
        match request:
            case msg.CallInvite(call=call) if code not in (ErrorCode.TOO_MANY, ErrorCode.DRAINING):
                if call in self.calls and self.calls[call].phase is None:
                    del self.calls[call]
            case msg.CallJoin(call=call) if code in GIVES_UP and call in self.calls:
                if self.calls[call].phase is None:
                    del self.calls[call]
            case _:
                pass


def new_ref() -> str:
    """A name for a request."""
    return f"r{next(_refs)}"
