"""What is shared about live calls, and only while they live: records, leases, sessions, presence. Never a box.

One port with two hands: `local` keeps it in this process, a cluster keeps it beyond. Both pass one contract suite.
Nothing behind this port may reach a disk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from signalling.calls.leases import Lease
from signalling.calls.record import CallRecord
from signalling.vocabulary import CallId, EndpointId, EndReason, Epoch, PartyId, Phase, PresenceState, Role


@dataclass(frozen=True, slots=True, repr=False)
class Versioned:
    """A record, and the version that the next change must name."""

    record: CallRecord
    version: int


@dataclass(frozen=True, slots=True, repr=False)
class Tombstone:
    """What stays of a call for ten minutes: no endpoint, and no time finer than a minute."""

    reason: EndReason
    expired: bool
    """The record went only because no session of either end was seen: the call may be made again."""
    minute: int
    receipt: str | None = None


class Calls(Protocol):
    """The records, changed by compare-and-set."""

    async def get(self, call: str) -> Versioned | None:
        """The record of a live call."""

    async def create(self, record: CallRecord) -> bool:
        """Keep a new record; False if the call has one."""

    async def update(self, record: CallRecord, version: int) -> bool:
        """Replace the record if it still has that version."""

    async def bury(self, record: CallRecord, version: int, tombstone: Tombstone, *, until: float) -> bool:
        """Drop the record if it still has that version; its tombstone stays until that Unix time."""

    async def tombstone(self, call: str, *, now: float) -> Tombstone | None:
        """What stays of a call that has ended."""

    async def receipted(self, call: str, receipt: str, *, now: float) -> None:
        """Put the receipt of its erasure into the call's tombstone, if that is still there."""

    async def every(self) -> Sequence[CallRecord]:
        """All records, for the sweeper and for drain."""

    async def sweep(self, *, now: float) -> None:
        """Drop the tombstones whose time is over."""


class Leases(Protocol):
    """Which call holds a person or device."""

    async def get(self, party: PartyId) -> Lease | None:
        """What holds that party."""

    async def take(self, party: PartyId, lease: Lease, *, instead_of: Lease | None) -> bool:
        """Hold the party, if what holds it is still `instead_of` (None: nothing)."""

    async def release(self, party: PartyId, call: CallId) -> None:
        """Let the party go, if that call holds it."""

    async def every(self) -> Sequence[tuple[PartyId, Lease]]:
        """All leases, for the sweeper."""


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """A call as an endpoint's newest hello names it."""

    call: CallId
    peer: EndpointId
    role: Role
    phase: Phase


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """What every node may know of an endpoint's live session."""

    endpoint: EndpointId
    party: PartyId
    named: tuple[Named, ...]


class Inbox(Protocol):
    """Where an endpoint's messages go: its connection on the node that holds it."""

    def deliver(self, frame: bytes) -> None:
        """One text frame for the endpoint. Never waits, never raises."""

    def superseded(self) -> None:
        """A newer session of the same endpoint began: this one is over."""


class Sessions(Protocol):
    """Which endpoints are connected, and the way to them."""

    async def open(self, facts: Facts, inbox: Inbox) -> Epoch:
        """A new session; an older one of the same endpoint is told `superseded` and can never displace it."""

    async def close(self, endpoint: EndpointId, epoch: Epoch) -> bool:
        """The session is over; False if a newer one had taken its place."""

    async def facts(self, endpoint: str) -> Facts | None:
        """The live session of an endpoint."""

    async def forget(self, endpoint: str, call: CallId) -> None:
        """Drop a call that is over from what the endpoint's hello named."""

    async def deliver(self, endpoint: str, frame: bytes) -> bool:
        """Send one frame to an endpoint wherever it is; False if it is offline. What arrives is never kept."""


@dataclass(frozen=True, slots=True, repr=False)
class Present:
    """An endpoint's state, and since when (Unix seconds)."""

    state: PresenceState
    since: float | None


ABSENT = Present(PresenceState.DISCONNECTED, None)
"""Nobody there, and nothing kept: an unknown endpoint, or a person's app that has left."""

Notice = Callable[[EndpointId, Present], None]
"""Told of a watched endpoint's change. Never waits, never raises."""


class Presence(Protocol):
    """Who can be reached. States live in memory; after a restart nobody knows since when."""

    async def put(self, endpoint: EndpointId, present: Present) -> None:
        """The endpoint's state from now on; its watchers are told. `ABSENT` is told and not kept."""

    async def get(self, endpoint: str) -> Present:
        """The endpoint's state; of an unknown one: disconnected."""

    async def watch(self, watcher: EndpointId, endpoints: Sequence[EndpointId], notice: Notice) -> None:
        """Tell the watcher of these and no others from now on."""

    async def unwatch(self, watcher: EndpointId, notice: Notice) -> None:
        """Tell that watcher nothing more, if it is still this one."""


class Rendezvous(Protocol):
    """Where two endpoints meet to pair. Each name serves two endpoints, once."""

    async def open(self, name: str, endpoint: EndpointId, *, now: float, until: float) -> bool:
        """Be there until that Unix time; False if two others are."""

    async def peer(self, name: str, endpoint: EndpointId, *, now: float) -> EndpointId | None:
        """The other endpoint that is there, for one that is there itself."""

    async def sweep(self, *, now: float) -> None:
        """Drop the ones whose time is over."""


@dataclass(frozen=True, slots=True)
class State:
    """All that is shared and short-lived."""

    calls: Calls
    leases: Leases
    sessions: Sessions
    presence: Presence
    rendezvous: Rendezvous
