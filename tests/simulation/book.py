"""The witness: hears what every endpoint hears and sees what becomes of every record, and finds what may not be."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from signalling.calls.record import CallRecord, Standing
from signalling.calls.table import TRANSITIONS
from signalling.protocol import messages as msg
from signalling.state.port import Calls, Tombstone, Versioned
from signalling.vocabulary import CallState

MOVES = {(state, to) for (state, _), targets in TRANSITIONS.items() for to in targets}


@dataclass
class Story:
    """One record from its creation to its burial, and who heard what of it."""

    record: CallRecord
    rung: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    hear_the_end: set[str] = field(default_factory=set)
    heard: Counter[tuple[str, type]] = field(default_factory=Counter)
    is_buried: bool = False

    def __post_init__(self) -> None:
        self.began_as = self.record.state

    def members(self) -> set[str]:
        """Who takes part, or was asked to."""
        record = self.record
        return {record.caller, *(ring.endpoint for ring in record.rings), *([record.callee] if record.callee else [])}

    def audience(self) -> set[str]:
        """Who must hear of the end, told anew and not by the record's own word."""
        record = self.record
        if record.callee is not None:
            return {record.caller, record.callee}
        return {record.caller, *(r.endpoint for r in record.rings if r.standing is not Standing.DECLINED)}


class Book:
    """All stories of one coordinator's life, and every state in its order. `faults` stays empty."""

    def __init__(self, online: Callable[[str], bool]) -> None:
        self.stories: dict[str, list[Story]] = {}
        self.faults: list[str] = []
        self.history: list[tuple[str, CallState]] = []
        self._online = online

    def began(self, record: CallRecord) -> None:
        """A record was made."""
        earlier = self.stories.setdefault(record.call, [])
        if earlier and not earlier[-1].is_buried:
            self.faults.append("a call has two records")
        earlier.append(Story(record))
        self.history.append((record.call, record.state))

    def changed(self, record: CallRecord) -> None:
        """A record was replaced."""
        story = self.stories[record.call][-1]
        before, story.record = story.record, record
        self.history.append((record.call, record.state))
        if (before.state, record.state) not in MOVES:
            self.faults.append(f"{before.state} became {record.state}")
        if before.callee not in (None, record.callee):
            self.faults.append("another endpoint won")
        if record.state is CallState.ENDED and before.state is not CallState.ENDED:
            story.hear_the_end = {endpoint for endpoint in story.audience() if self._online(endpoint)}

    def buried(self, call: str) -> None:
        """A record gave way to its tombstone."""
        story = self.stories[call][-1]
        if story.record.state is not CallState.ENDED:
            self.faults.append("a live call was buried")
        story.is_buried = True

    def sent(self, endpoint: str, message: msg.Message) -> None:
        """A message went out to that endpoint."""
        call = getattr(message, "call", None)
        if call is None or isinstance(message, msg.Ok | msg.Error):
            return
        told = self.stories.get(call)
        if not told:
            self.faults.append(f"{type(message).__name__} of a call that has no record")
            return
        story = told[-1]
        story.heard[endpoint, type(message)] += 1
        if endpoint not in story.members():
            self.faults.append(f"{type(message).__name__} to an endpoint that takes no part")
        self._after_the_end(story, endpoint, message)
        self._while_it_rings(story, endpoint, message)

    def _after_the_end(self, story: Story, endpoint: str, message: msg.Message) -> None:
        ended = story.record.state is CallState.ENDED
        match message:
            case msg.CallEnded():
                if not ended:
                    self.faults.append("an end was told of a call that lives")
                if story.heard[endpoint, msg.CallEnded] > 1:
                    self.faults.append("an end was told twice")
            case msg.CallErased():
                if not story.is_buried:
                    self.faults.append("an erasure was told before it was so")
                if story.heard[endpoint, msg.CallErased] > 1:
                    self.faults.append("an erasure was told twice")
            case _:
                if ended:
                    self.faults.append(f"{type(message).__name__} after the end")

    def _while_it_rings(self, story: Story, endpoint: str, message: msg.Message) -> None:
        match message:
            case msg.CallRing():
                story.rung.add(endpoint)
                if story.record.callee is not None or endpoint == story.record.caller:
                    self.faults.append("a ring after the join, or to the caller")
            case msg.CallWanted(endpoint=wanted):
                if story.record.callee is not None or endpoint != story.record.caller:
                    self.faults.append("a ring was wanted after the join, or of another than the caller")
                if wanted not in [r.endpoint for r in story.record.rings if r.standing is not Standing.DECLINED]:
                    self.faults.append("a ring was wanted for one who isn't rung")
            case msg.CallTaken():
                story.stopped.add(endpoint)
                if endpoint in (story.record.callee, story.record.caller):
                    self.faults.append("the winner heard that it was taken")
            case msg.CallJoined(endpoint=joined):
                if joined != story.record.callee or endpoint != story.record.caller:
                    self.faults.append("the caller heard of another join")
            case _:
                pass

    def who_missed_the_end(self) -> list[str]:
        """Endpoints that were there when a call ended, and were not told."""
        return [
            endpoint
            for told in self.stories.values()
            for story in told
            for endpoint in story.hear_the_end
            if story.heard[endpoint, msg.CallEnded] != 1
        ]

    def live(self) -> list[CallRecord]:
        """The calls that have not ended."""
        last = [told[-1] for told in self.stories.values()]
        return [story.record for story in last if story.record.state is not CallState.ENDED]


class WitnessedCalls:
    """`signalling.state.port.Calls` with a witness; `inner` is the real one."""

    def __init__(self, inner: Calls, book: Book) -> None:
        self.inner = inner
        self._book = book

    async def get(self, call: str) -> Versioned | None:
        return await self.inner.get(call)

    async def create(self, record: CallRecord) -> bool:
        done = await self.inner.create(record)
        if done:
            self._book.began(record)
        return done

    async def update(self, record: CallRecord, version: int) -> bool:
        done = await self.inner.update(record, version)
        if done:
            self._book.changed(record)
        return done

    async def bury(self, record: CallRecord, version: int, tombstone: Tombstone, *, until: float) -> bool:
        done = await self.inner.bury(record, version, tombstone, until=until)
        if done:
            self._book.buried(record.call)
        return done

    async def tombstone(self, call: str, *, now: float) -> Tombstone | None:
        return await self.inner.tombstone(call, now=now)

    async def receipted(self, call: str, receipt: str, *, now: float) -> None:
        await self.inner.receipted(call, receipt, now=now)

    async def every(self) -> Sequence[CallRecord]:
        return await self.inner.every()

    async def sweep(self, *, now: float) -> None:
        await self.inner.sweep(now=now)
