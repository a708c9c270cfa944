"""The benchmark's call is a real one: messages that the coordinator takes, in an order that its rules allow."""

import asyncio
from collections.abc import Callable
from io import StringIO
from itertools import count
from typing import Any

import msgspec
import pytest

from benchmarks.call import DESCRIPTION, End, Script, coordinator_call, relay_call
from benchmarks.line import Line
from benchmarks.load import Load, Pair
from benchmarks.people import People, Person
from signalling.access.identity import Identity, admit
from signalling.observe.figures import Figures
from signalling.observe.log import Log
from signalling.protocol.codec import decode_client
from signalling.protocol.errors import CloseCode
from signalling.protocol.messages import Hello, SealedBox
from signalling.service.hub import Hub
from signalling.service.refresh import Given
from signalling.service.session import Session
from signalling.state.local import local_state
from signalling.store.seed import read_seed
from signalling.vocabulary import EndpointId
from tests.clock import ManualClock

CALL = b"0" * 22


@pytest.fixture(scope="module")
def people() -> People:
    return People(2)


def payload_of(frame: bytes) -> bytes:
    """What a client's frame with an all-zero mask carries; its length must be told right."""
    assert frame[0] == 0x81
    assert frame[1] & 0x80
    size = frame[1] & 0x7F
    head = 2
    if size == 126:
        size, head = int.from_bytes(frame[2:4], "big"), 4
    assert frame[head : head + 4] == bytes(4)
    assert len(frame) == head + 4 + size
    return frame[head + 4 :]


def payloads(script: Script) -> list[bytes]:
    call = CALL if script.has_call_id else b""
    return [payload_of(sent.before + call + sent.after) for step in script.steps for sent in step.sent]


def test_every_message_is_one_that_the_coordinator_takes(people: People) -> None:
    messages = [decode_client(payload) for payload in payloads(coordinator_call(people[0], people[1]))]

    assert len(messages) == 20


def test_a_description_is_as_long_as_a_sealed_one(people: People) -> None:
    messages = [decode_client(payload) for payload in payloads(coordinator_call(people[0], people[1]))]
    boxes = sorted(len(bytes(one.box)) - 2 for one in messages if isinstance(one, SealedBox) and one.box)

    assert boxes[-2:] == [(DESCRIPTION + 16) * 4 // 3] * 2


def test_each_end_numbers_its_boxes_without_a_gap(people: People) -> None:
    script = coordinator_call(people[0], people[1])
    senders = [sent.by for step in script.steps for sent in step.sent]
    said = [decode_client(payload) for payload in payloads(script)]
    boxes = [(by, one.seq) for by, one in zip(senders, said, strict=True) if isinstance(one, SealedBox) and one.box]
    numbers = {end: [seq for by, seq in boxes if by is end] for end in End}

    assert numbers == {End.CALLER: [0, 1, 2, 3, 4, 5], End.CALLEE: [0, 1, 2, 3, 4]}


def test_the_relay_forwards_as_many_messages_of_the_same_sizes(people: People) -> None:
    ours, theirs = coordinator_call(people[0], people[1]), relay_call(people[0], people[1])
    forwarded = [step.sent[-1] for step in ours.steps if step.is_forwarded]

    assert [len(one.before) + len(CALL) + len(one.after) for one in forwarded] == [
        len(step.sent[0].before) for step in theirs.steps
    ]
    assert ours.forwarded == theirs.forwarded == 16


def test_the_relays_messages_are_json_to_the_other_end(people: People) -> None:
    script = relay_call(people[0], people[1])
    addressed = [msgspec.json.decode(payload)["to"] for payload in payloads(script)]

    assert addressed == [people[step.to].endpoint for step in script.steps]


class _Socket:
    """A session's connection whose other end is a benchmark's line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def send(self, frame: bytes) -> None:
        self._line.listener(frame)

    def close(self, code: CloseCode) -> None:
        raise AssertionError(code)


class _Hub:
    """The coordinator's hub in this process, with two endpoints in session."""

    def __init__(self, people: People) -> None:
        self.clock = ManualClock()
        self.said: asyncio.Queue[tuple[Session, bytes]] = asyncio.Queue()
        self.state = local_state()
        self._people = people
        self.hub = Hub(
            state=self.state,
            circle=read_seed(people.seed_file, lambda text: ((key := admit(text)).endpoint, key.identity_key)),
            clock=self.clock,
            mint_ice=_no_ice,
            tokens=_no_token,
            figures=Figures(),
            log=Log(self.clock, stream=StringIO()),
        )

    async def lines(self) -> list[Line]:
        return [await self._line(self._people[number]) for number in range(2)]

    async def _line(self, person: Person) -> Line:
        line = Line()
        key = person.identity.public
        identity = Identity(EndpointId(person.endpoint), "t", self.clock.now() + 900, key)
        hello = Hello("t" * 20, "p" * 86, "n" * 43, [], [])
        session = await self.hub.open(identity, hello, _Socket(line))
        line.write = self._writer(session)
        return line

    def _writer(self, session: Session) -> Callable[[bytes], None]:
        return lambda frame: self.said.put_nowait((session, payload_of(frame)))

    async def work(self) -> None:
        """Handle everything that was said, and what is said in answer."""
        while not self.said.empty():
            session, payload = self.said.get_nowait()
            await self.hub.handle(session, decode_client(payload))


async def _no_ice(_: float) -> Given:
    return Given([], float("inf"))


def _no_token(_: str) -> Any:
    raise AssertionError("nobody refreshes a token here")


async def test_the_coordinators_rules_carry_the_call_to_its_end_twice_and_erase_it(people: People) -> None:
    house = _Hub(people)
    caller, callee = await house.lines()
    load = Load()
    pair = Pair(coordinator_call(people[0], people[1]), caller, callee, load)

    for number in range(2):
        pair.begin(b"%022d" % number)
        await house.work()
        house.clock.advance(1)
        await house.hub.tick()

    assert (load.calls, dict(load.faults)) == (2, {})
    await load.all_erased()
    assert await house.state.calls.every() == []


async def test_a_call_that_the_server_refuses_is_a_fault(people: People) -> None:
    house = _Hub(people)
    lines = await house.lines()
    load = Load()
    script = coordinator_call(people[1], people[0])  # a Komp may not call
    ids = count()

    Pair(script, lines[1], lines[0], load).begin(b"%022d" % next(ids))
    await house.work()

    assert load.calls == 0
    assert dict(load.faults) == {"the server refused step 1 of 18": 1}
