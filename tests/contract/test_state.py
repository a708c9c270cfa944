"""What every home of shared state promises, the embedded one and any that comes after it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from signalling.calls.leases import Lease
from signalling.calls.machine import begin
from signalling.calls.record import CallRecord, Ring, Standing
from signalling.state.local import local_state
from signalling.state.port import ABSENT, Facts, Named, Present, State, Tombstone
from signalling.vocabulary import (
    CallId,
    CallState,
    EndpointId,
    EndReason,
    Media,
    PartyId,
    Phase,
    PresenceState,
    Role,
)

NOW = 1_800_000_000.0
CALL, OTHER = CallId("c" * 22), CallId("d" * 22)
APP, KOMP = EndpointId("a" * 22), EndpointId("k" * 22)
GRANDCHILD, GRANDMOTHER = PartyId("g" * 22), PartyId("m" * 22)
LEASE = Lease(CALL, GRANDMOTHER, Role.CALLER)
TOMBSTONE = Tombstone(EndReason.HANGUP, expired=False, minute=int(NOW // 60))


@pytest.fixture(params=[local_state], ids=["local"])
def state(request: pytest.FixtureRequest) -> State:
    make: Callable[[], State] = request.param
    return make()


@dataclass
class Inbox:
    """Keeps what is delivered."""

    frames: list[bytes] = field(default_factory=list)
    is_superseded: bool = False

    def deliver(self, frame: bytes) -> None:
        self.frames.append(frame)

    def superseded(self) -> None:
        self.is_superseded = True


def record(call: CallId = CALL) -> CallRecord:
    begun = begin(
        call,
        caller=APP,
        caller_party=GRANDCHILD,
        callee_party=GRANDMOTHER,
        media=Media.VIDEO,
        rings=[Ring(KOMP, b"digest", Standing.RUNG)],
        lifetime_seconds=30,
        now=NOW,
    ).record
    assert begun is not None
    return begun


def facts(*calls: CallId) -> Facts:
    return Facts(APP, GRANDCHILD, tuple(Named(call, KOMP, Role.CALLER, Phase.JOINED) for call in calls))


async def test_a_tombstone_takes_the_receipt_while_it_stands(state: State) -> None:
    await state.calls.create(record())
    await state.calls.receipted(CALL, "early", now=NOW)
    assert await state.calls.tombstone(CALL, now=NOW) is None
    assert await state.calls.bury(record(), 1, TOMBSTONE, until=NOW + 600)
    await state.calls.receipted(CALL, "receipt", now=NOW)
    assert await state.calls.tombstone(CALL, now=NOW) == replace(TOMBSTONE, receipt="receipt")
    await state.calls.receipted(CALL, "late", now=NOW + 600)
    assert await state.calls.tombstone(CALL, now=NOW) == replace(TOMBSTONE, receipt="receipt")


async def test_a_call_is_made_once(state: State) -> None:
    assert await state.calls.create(record())
    assert not await state.calls.create(record())
    kept = await state.calls.get(CALL)
    assert kept is not None
    assert kept.record == record()
    assert await state.calls.get(OTHER) is None


async def test_of_two_changes_of_one_version_one_is_made(state: State) -> None:
    await state.calls.create(record())
    kept = await state.calls.get(CALL)
    assert kept is not None
    assert await state.calls.update(replace(kept.record, state=CallState.RINGING), kept.version)
    assert not await state.calls.update(replace(kept.record, state=CallState.ENDED), kept.version)
    after = await state.calls.get(CALL)
    assert after is not None
    assert after.record.state is CallState.RINGING


async def test_a_buried_call_leaves_a_tombstone_until_its_time(state: State) -> None:
    await state.calls.create(record())
    kept = await state.calls.get(CALL)
    assert kept is not None
    assert not await state.calls.bury(kept.record, kept.version + 1, TOMBSTONE, until=NOW + 600)
    assert await state.calls.bury(kept.record, kept.version, TOMBSTONE, until=NOW + 600)
    assert await state.calls.get(CALL) is None
    assert await state.calls.every() == []
    assert await state.calls.tombstone(CALL, now=NOW + 599) == TOMBSTONE
    assert await state.calls.tombstone(CALL, now=NOW + 600) is None
    assert await state.calls.tombstone(OTHER, now=NOW) is None


async def test_a_swept_tombstone_is_gone_and_a_younger_one_stays(state: State) -> None:
    for call, until in ((CALL, NOW + 10), (OTHER, NOW + 20)):
        await state.calls.create(record(call))
        kept = await state.calls.get(call)
        assert kept is not None
        await state.calls.bury(kept.record, kept.version, TOMBSTONE, until=until)
    await state.calls.sweep(now=NOW + 15)
    assert await state.calls.tombstone(CALL, now=NOW) is None
    assert await state.calls.tombstone(OTHER, now=NOW) == TOMBSTONE


async def test_a_party_is_held_by_one_call(state: State) -> None:
    other = replace(LEASE, call=OTHER)
    assert await state.leases.take(GRANDCHILD, LEASE, instead_of=None)
    assert not await state.leases.take(GRANDCHILD, other, instead_of=None)
    assert await state.leases.take(GRANDCHILD, other, instead_of=LEASE)
    assert await state.leases.get(GRANDCHILD) == other


async def test_a_lease_is_released_by_its_own_call_only(state: State) -> None:
    await state.leases.take(GRANDCHILD, LEASE, instead_of=None)
    await state.leases.release(GRANDCHILD, OTHER)
    assert await state.leases.every() == [(GRANDCHILD, LEASE)]
    await state.leases.release(GRANDCHILD, CALL)
    assert await state.leases.get(GRANDCHILD) is None


async def test_a_newer_session_takes_over_and_an_older_one_can_never_displace_it(state: State) -> None:
    older, newer = Inbox(), Inbox()
    first = await state.sessions.open(facts(), older)
    second = await state.sessions.open(facts(), newer)
    assert second > first
    assert (older.is_superseded, newer.is_superseded) == (True, False)
    assert not await state.sessions.close(APP, first)
    assert await state.sessions.deliver(APP, b"frame")
    assert (older.frames, newer.frames) == ([], [b"frame"])


async def test_what_is_sent_to_nobody_is_lost(state: State) -> None:
    assert not await state.sessions.deliver(APP, b"early")
    inbox = Inbox()
    epoch = await state.sessions.open(facts(), inbox)
    assert await state.sessions.close(APP, epoch)
    assert not await state.sessions.deliver(APP, b"late")
    assert inbox.frames == []
    assert await state.sessions.facts(APP) is None


async def test_a_session_forgets_a_call_and_no_other(state: State) -> None:
    await state.sessions.open(facts(CALL, OTHER), Inbox())
    await state.sessions.forget(APP, CALL)
    await state.sessions.forget(KOMP, CALL)
    kept = await state.sessions.facts(APP)
    assert kept is not None
    assert [named.call for named in kept.named] == [OTHER]


async def test_watchers_are_told_of_those_whom_they_watch_now(state: State) -> None:
    told: list[tuple[EndpointId, Present]] = []
    online = Present(PresenceState.ONLINE, NOW)

    def notice(endpoint: EndpointId, present: Present) -> None:
        told.append((endpoint, present))

    await state.presence.watch(APP, [KOMP], notice)
    await state.presence.put(KOMP, online)
    await state.presence.put(APP, online)
    assert told == [(KOMP, online)]
    await state.presence.watch(APP, [], notice)
    await state.presence.put(KOMP, ABSENT)
    await state.presence.unwatch(APP, notice)
    assert told == [(KOMP, online)]


async def test_a_later_watch_of_the_same_endpoint_is_not_ended_by_the_earlier_ones_leave(state: State) -> None:
    told: list[str] = []
    await state.presence.watch(APP, [KOMP], earlier := lambda *_: told.append("earlier"))
    await state.presence.watch(APP, [KOMP], lambda *_: told.append("later"))
    await state.presence.unwatch(APP, earlier)
    await state.presence.put(KOMP, Present(PresenceState.OFF, NOW))
    assert told == ["later"]


async def test_nobody_is_known_of_who_is_absent(state: State) -> None:
    await state.presence.put(KOMP, Present(PresenceState.ONLINE, NOW))
    await state.presence.put(KOMP, ABSENT)
    assert await state.presence.get(KOMP) == await state.presence.get(APP) == ABSENT


ROOM = "r" * 22


async def test_two_endpoints_find_each_other_at_a_rendezvous(state: State) -> None:
    there = state.rendezvous
    assert await there.open(ROOM, APP, now=NOW, until=NOW + 300)
    assert await there.peer(ROOM, APP, now=NOW) is None
    assert await there.open(ROOM, KOMP, now=NOW + 1, until=NOW + 301)
    assert await there.peer(ROOM, APP, now=NOW + 1) == KOMP
    assert await there.peer(ROOM, KOMP, now=NOW + 1) == APP


async def test_a_rendezvous_holds_two_and_each_may_come_again(state: State) -> None:
    there, third = state.rendezvous, EndpointId("t" * 22)
    for endpoint in (APP, KOMP, APP):
        assert await there.open(ROOM, endpoint, now=NOW, until=NOW + 300)
    assert not await there.open(ROOM, third, now=NOW, until=NOW + 300)
    assert await there.peer(ROOM, third, now=NOW) is None


async def test_a_rendezvous_that_is_over_begins_anew(state: State) -> None:
    there = state.rendezvous
    for endpoint in (APP, KOMP):
        await there.open(ROOM, endpoint, now=NOW, until=NOW + 300)
    assert await there.peer(ROOM, APP, now=NOW + 300) is None
    await there.sweep(now=NOW + 300)
    assert await there.open(ROOM, EndpointId("t" * 22), now=NOW + 300, until=NOW + 600)
    assert await there.peer(ROOM, EndpointId("t" * 22), now=NOW + 300) is None
