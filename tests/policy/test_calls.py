"""P-02: stream and session data are held only temporarily, and erased at once when the transmission ends.

Here at the server's own objects: whatever way a call ends, a second later nothing that the hub or its state can reach
holds its id, a box, a candidate or who called whom. Memory, files and logs of the whole process are scanned elsewhere.
"""

from collections.abc import Awaitable, Callable, Iterable
from hashlib import blake2b

import pytest

from signalling.protocol import messages as msg
from signalling.protocol.codec import raw_box
from signalling.protocol.proof import base64url
from signalling.vocabulary import EndReason
from tests.policy.walk import found_in
from tests.simulation.book import Book
from tests.simulation.coordinator import Socket
from tests.simulation.ends import new_ref
from tests.simulation.house import House
from tests.simulation.people import EVERYBODY, GRANDCHILD, GRANDMOTHER, HOMES, KOMP, name

CALLER, _, _, TABLET, DEVICE = EVERYBODY
CALL, SMALLER, GREATER = name("m-the-call"), name("a-call"), name("z-call")
INVITED, RINGING, JOINED, ACCEPTED, ACTIVE = 1, 2, 3, 5, 6
CANDIDATE = base64url(b'{"t":"candidates","candidates":[{"candidate":"candidate:1 1 udp 1 192.0.2.7 9 typ host"}]}')
MARKERS = [CALL, CANDIDATE, f"ring-{CALL}", f"join-{CALL}", f"resume-{CALL}"]
NAMES = [*EVERYBODY, *HOMES]
WITNESSES = (Book, Socket)
"""The test's own eyes, which remember everything."""

Way = Callable[[House], Awaitable[None]]


def says(by: str, make: Callable[[], msg.ClientMessage], *, after: int, to: str = DEVICE) -> Way:
    """A call that came so far, and what somebody says that ends it."""

    async def way(house: House) -> None:
        await in_call(house, after, to)
        await house.say(by, make())

    return way


def times_out(*, after: int, seconds: float, to: str = DEVICE) -> Way:
    async def way(house: House) -> None:
        await in_call(house, after, to)
        await house.pass_time(seconds)

    return way


async def both_ends_die(house: House) -> None:
    await in_call(house, ACTIVE)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(45)


async def the_other_end_dies(house: House) -> None:
    """Its socket goes, then its media; the end that is left hangs up."""
    await in_call(house, ACTIVE)
    await house.lose(DEVICE)
    await house.say(CALLER, msg.CallLost(call=CALL), msg.CallHangup(call=CALL, reason=EndReason.LOST_NETWORK))


async def the_path_is_lost(house: House) -> None:
    await in_call(house, ACTIVE)
    await house.say(CALLER, msg.CallLost(call=CALL))
    await house.pass_time(30)


async def a_page_forgets_it(house: House) -> None:
    await in_call(house, ACTIVE)
    house.ends[CALLER].calls.clear()
    await house.connect(CALLER)


async def a_resumed_call_is_hung_up(house: House) -> None:
    await in_call(house, ACTIVE)
    resume = msg.CallResume(call=CALL, handshake=1, from_key=1, key=1, box=f"resume-{CALL}", id=new_ref())
    await house.say(CALLER, resume)
    await house.say(DEVICE, msg.CallResumed(call=CALL, handshake=1, box=f"resume-{CALL}", id=new_ref()))
    await house.say(CALLER, hangup())


async def the_server_stops(house: House) -> None:
    await in_call(house, JOINED)
    await house.happen(house.coordinator.hub.drain())


async def a_call_made_again_after_a_restart_is_hung_up(house: House) -> None:
    await in_call(house, ACTIVE)
    house.restart()
    await house.connect(CALLER, DEVICE)
    await house.say(DEVICE, hangup())


async def it_is_replaced(house: House) -> None:
    await in_call(house, ACTIVE)
    await house.call(GREATER, CALLER, DEVICE, up_to=INVITED)


async def it_loses_the_glare(house: House) -> None:
    await in_call(house, RINGING, TABLET)
    ends = house.ends[TABLET], house.ends[CALLER]
    await house.say(TABLET, ends[0].invites(SMALLER, GRANDCHILD))


async def it_never_begins_because_of_glare(house: House) -> None:
    await house.call(SMALLER, TABLET, CALLER, up_to=INVITED)
    await house.say(CALLER, house.ends[CALLER].invites(CALL, GRANDMOTHER))


async def it_never_begins_because_they_are_busy(house: House) -> None:
    await house.call(SMALLER, TABLET, DEVICE)
    await house.say(CALLER, house.ends[CALLER].invites(CALL, KOMP))


def hangup(reason: EndReason = EndReason.HANGUP) -> msg.CallHangup:
    return msg.CallHangup(call=CALL, reason=reason, id=new_ref())


def decline(reason: EndReason = EndReason.DECLINED, *, everywhere: bool = False) -> msg.CallDecline:
    return msg.CallDecline(call=CALL, reason=reason, everywhere=everywhere, id=new_ref())


def cancel() -> msg.CallCancel:
    return msg.CallCancel(call=CALL, id=new_ref())


WAYS: dict[str, Way] = {
    "the caller hangs up": says(CALLER, hangup, after=ACTIVE),
    "the callee hangs up": says(DEVICE, hangup, after=ACTIVE),
    "the caller hangs up before the accept": says(CALLER, hangup, after=JOINED),
    "the knob is turned off in the call": says(DEVICE, lambda: hangup(EndReason.KNOB_OFF), after=ACTIVE),
    "the knob is off when it rings": says(DEVICE, lambda: decline(EndReason.KNOB_OFF), after=RINGING),
    "the caller cancels an invite": says(CALLER, cancel, after=INVITED),
    "the caller cancels a ring": says(CALLER, cancel, after=RINGING, to=TABLET),
    "the caller cancels after the accept": says(CALLER, cancel, after=ACCEPTED),
    "a device declines": says(DEVICE, decline, after=RINGING),
    "a person declines everywhere": says(TABLET, lambda: decline(everywhere=True), after=RINGING, to=TABLET),
    "who joined declines": says(DEVICE, lambda: decline(EndReason.BUSY), after=JOINED),
    "nobody rings": times_out(after=INVITED, seconds=8),
    "nobody answers": times_out(after=RINGING, seconds=45, to=TABLET),
    "nobody accepts": times_out(after=JOINED, seconds=45),
    "the ends never connect": times_out(after=ACCEPTED, seconds=20),
    "the path is lost for thirty seconds": the_path_is_lost,
    "both ends die": both_ends_die,
    "the other end dies": the_other_end_dies,
    "a page forgets it": a_page_forgets_it,
    "it is hung up after a resume": a_resumed_call_is_hung_up,
    "the server stops": the_server_stops,
    "it is hung up after a restart": a_call_made_again_after_a_restart_is_hung_up,
}
BESIDE_ANOTHER: dict[str, Way] = {
    "it is replaced": it_is_replaced,
    "it loses the glare": it_loses_the_glare,
    "it never begins because of glare": it_never_begins_because_of_glare,
    "it never begins because they are busy": it_never_begins_because_they_are_busy,
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
every_way_beside_another = pytest.mark.parametrize("way", BESIDE_ANOTHER.values(), ids=BESIDE_ANOTHER.keys())


async def in_call(house: House, steps: int, to: str = DEVICE) -> None:
    """A call that came so far, with candidates on their way once it is joined."""
    await house.call(CALL, CALLER, to, up_to=min(steps, JOINED))
    if steps >= JOINED:
        for end in (CALLER, to):
            await house.say(end, msg.SealedBox(call=CALL, handshake=0, ack=0, seq=0, box=raw_box(CANDIDATE)))
    later: list[tuple[str, list[msg.ClientMessage]]] = [
        (CALLER, [msg.CallConnected(call=CALL, id=new_ref())]),
        (to, house.ends[to].accepts(CALL)),
        (to, [msg.CallConnected(call=CALL, id=new_ref())]),
    ]
    for endpoint, messages in later[: max(0, steps - JOINED)]:
        await house.say(endpoint, *messages)


def left_in(house: House, texts: Iterable[str], *roots: object) -> set[str]:
    """Which of the texts the hub (or these roots) can still reach."""
    return found_in(texts, *(roots or (house.coordinator.hub,)), but=WITNESSES)


# ---------------------------------------------------------------- the control


async def test_p02_control_the_walk_finds_a_call_while_it_lives(house: House) -> None:
    """A search that found nothing even now would prove nothing later."""
    await in_call(house, ACTIVE)
    assert left_in(house, [CALL, *NAMES]) == {CALL, *NAMES}
    state = house.coordinator.state
    assert left_in(house, NAMES, state.calls, state.leases) >= {CALLER, DEVICE, GRANDCHILD, KOMP}


async def test_p02_a_box_is_forwarded_and_never_kept_even_while_the_call_lives(house: House) -> None:
    await in_call(house, ACTIVE)
    socket = house.ends[DEVICE].socket
    assert socket is not None
    await house.ends[CALLER].say(
        house.coordinator, msg.SealedBox(call=CALL, handshake=0, ack=0, seq=1, box=raw_box(CANDIDATE))
    )
    assert found_in([CANDIDATE], socket, but=(Book,)) == {CANDIDATE}
    assert left_in(house, [CANDIDATE, f"ring-{CALL}", f"join-{CALL}"]) == set()


# ------------------------------------------------------------------- the ends


@every_way
async def test_p02_a_second_after_its_end_nothing_of_a_call_is_left(house: House, way: Way) -> None:
    await way(house)
    assert house.coordinator.book.stories[CALL][-1].record.reason is not None
    await house.pass_time(1)
    state = house.coordinator.state
    assert await state.calls.get(CALL) is None
    assert await state.leases.every() == []
    assert left_in(house, MARKERS) == set()


@every_way
async def test_p02_a_second_after_its_end_nothing_tells_who_called_whom(house: House, way: Way) -> None:
    """Sessions go on, and name their own endpoint alone; what is kept of calls names nobody."""
    await way(house)
    await house.pass_time(1)
    state, hub = house.coordinator.state, house.coordinator.hub
    assert left_in(house, NAMES, state.calls, state.leases) == set()
    for endpoint, session in hub._sessions.items():
        others = [one for one in NAMES if one != endpoint and endpoint not in HOMES.get(one, ())]
        assert left_in(house, others, session, await state.sessions.facts(endpoint)) == set()


@every_way
async def test_p02_a_tombstone_of_a_salted_hash_stays_for_ten_minutes(house: House, way: Way) -> None:
    await way(house)
    await house.pass_time(1)
    calls = house.coordinator.state.calls
    assert house.coordinator.tombstones() == 1
    assert await calls.tombstone(CALL, now=house.clock.now()) is not None
    await house.pass_time(598)
    assert house.coordinator.tombstones() == 1
    await house.pass_time(2)
    assert house.coordinator.tombstones() == 0
    assert left_in(house, MARKERS) == set()


@every_way_beside_another
async def test_p02_of_a_call_that_gave_way_nothing_is_left_beside_the_other(house: House, way: Way) -> None:
    await way(house)
    await house.pass_time(1)
    state = house.coordinator.state
    assert await state.calls.get(CALL) is None
    assert CALL not in [lease.call for _, lease in await state.leases.every()]
    assert left_in(house, MARKERS) == set()


# ------------------------------------------------------------ what may be left


async def test_p02_a_tombstone_cannot_be_found_by_who_knows_the_call_but_not_the_salt(house: House) -> None:
    await WAYS["the caller hangs up"](house)
    await house.pass_time(1)
    names = house.coordinator.tombstone_names()
    assert len(names) == 1
    assert names.isdisjoint(blake2b(CALL.encode(), digest_size=size).digest() for size in range(1, 65))
    another = House()
    await another.connect()
    await WAYS["the caller hangs up"](another)
    await another.pass_time(1)
    assert names.isdisjoint(another.coordinator.tombstone_names())


async def test_p02_a_tombstone_knows_the_reason_and_a_time_no_finer_than_a_minute(house: House) -> None:
    await WAYS["the knob is turned off in the call"](house)
    await house.pass_time(1)
    tombstone = await house.coordinator.state.calls.tombstone(CALL, now=house.clock.now())
    assert tombstone is not None
    assert (tombstone.reason, tombstone.minute) == (EndReason.KNOB_OFF, int(house.clock.now() // 60))
    assert set(tombstone.__slots__) == {"reason", "expired", "minute", "receipt"}


# -------------------------------------------------------- independent erasers


async def test_p02_the_sweeper_erases_what_the_deadlines_missed(house: House) -> None:
    """Two erasers that don't know each other."""
    await WAYS["the caller hangs up"](house)
    hub = house.coordinator.hub
    hub._calls.deadlines.forget(house.coordinator.book.stories[CALL][-1].record.call)
    house.clock.moment += 1
    await hub._calls.deadlines.fire_due()
    assert left_in(house, [CALL]) == {CALL}
    await hub._sweeper.sweep()
    assert left_in(house, MARKERS) == set()


async def test_p02_the_deadlines_erase_without_the_sweeper(house: House) -> None:
    await WAYS["the caller hangs up"](house)
    house.clock.moment += 1
    await house.coordinator.hub._calls.deadlines.fire_due()
    assert left_in(house, MARKERS) == set()


async def test_p02_both_ends_hear_that_it_is_erased_and_only_when_it_is(house: House) -> None:
    await WAYS["the caller hangs up"](house)
    heard = house.coordinator.book.stories[CALL][-1].heard
    assert heard[CALLER, msg.CallErased] == heard[DEVICE, msg.CallErased] == 0
    await house.pass_time(1)
    assert heard[CALLER, msg.CallErased] == heard[DEVICE, msg.CallErased] == 1
    assert house.coordinator.book.faults == []


async def test_p02_figures_and_log_lines_name_no_call_and_nobody(house: House) -> None:
    for way in (*WAYS.values(), *BESIDE_ANOTHER.values()):
        await way(house)
        await house.pass_time(100)
        await house.connect()
        told = house.coordinator.log.getvalue() + house.coordinator.figures.text().decode()
        assert [one for one in (*MARKERS, *NAMES) if one in told] == []
        house.restart()
        await house.connect()


async def test_p02_many_calls_at_once_leave_no_more_than_one(house: House) -> None:
    calls = [name(f"c-{number:03d}") for number in range(30)]
    for call in calls:
        await house.call(call, CALLER, DEVICE)  # each replaces the one before
        await house.pass_time(0.5)
    await house.pass_time(1)
    assert left_in(house, calls) == {calls[-1]}
    await house.say(CALLER, msg.CallHangup(call=calls[-1], id=new_ref()))
    await house.pass_time(1)
    assert left_in(house, calls) == set()
