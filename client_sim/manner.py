"""How endpoints differ, and what they share: a manner for each kind, and one set of surroundings for a process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp

from client_sim.certificates import Certificates
from client_sim.control.words import Said
from client_sim.descriptions import Section
from client_sim.ends import Ends
from client_sim.live_call import LiveCall
from client_sim.paths import Paths
from client_sim.timeline import Mark
from signalling.protocol import EndReason, Media, Role
from signalling.protocol import messages as wire


class Manner(Protocol):
    """How an endpoint meets what happens."""

    one_at_a_time: bool
    """A device in any call declines another ring itself, whatever the coordinator believes."""
    is_device: bool

    def session_began(self, ready: wire.Ready) -> None:
        """There is a session; a device says again how it stands, and hears whether it is blocked."""

    def commanded(self, command: str) -> None:
        """A device is told by its coordinator to `restart`, `reset`, `block` or `unblock`."""

    takes_introduced: bool
    """Whether it takes calls of ends whose keys only the coordinator vouches for."""

    def turns_away(self, ring: wire.CallRing) -> EndReason | None:
        """Why this ring is declined unheard, or None."""

    def refuses(self, sections: Sequence[Section]) -> EndReason | None:
        """Why a call with these m-lines must end, or None."""

    def sounds(self, call: LiveCall) -> int | None:
        """It rings. A device that answers by itself, as it may on a verified link, says in how many milliseconds."""

    def overheard(self, call: LiveCall, word: Said) -> None:
        """The other end of an accepted call said something on a data channel."""

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """Something happened in a call."""


@dataclass(frozen=True)
class Surroundings:
    """What endpoints of one process share."""

    origin: str
    http: aiohttp.ClientSession
    certificates: Certificates = field(default_factory=Certificates)
    paths: Paths = field(default_factory=Paths)
    always_relay: bool = False
    wall: Callable[[], float] = time.time


EndsMaker = Callable[[Media, Role, Callable[[], None]], Ends]
"""Makes one end's media of one call; it is told what to call at the first picture."""

Observer = Callable[[LiveCall, Mark], None]
"""Told of everything that happens in an endpoint's calls."""
