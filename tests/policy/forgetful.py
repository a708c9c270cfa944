"""A coordinator with one eraser switched off: what the audit must catch. `python forgetful.py <eraser>` serves it.

It is a program of the tests alone. No setting of the product, and no flag of any command, does what it does.
"""

import resource
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from aiohttp import web

from signalling import cli
from signalling.observe import hardening
from signalling.service import calls, deadlines, hub, sweeper
from signalling.state import local
from signalling.web import answers, socket

KEPT: list[Any] = []
"""What a forgetful coordinator holds on to."""


def the_record() -> None:
    """The call ends, its tombstone stands, and the record stays too."""

    async def bury(self: Any, record: Any, version: int, tombstone: Any, *, until: float) -> bool:
        self._tombstones[self._hash(record.call)] = (until, tombstone)
        return bool(self._has(record.call, version))

    local.LocalCalls.bury = bury  # type: ignore[method-assign]


def the_lease() -> None:
    """Both parties stay held by the call."""

    async def release(self: Any, party: Any, call: Any) -> None:
        """Holds on."""

    local.LocalLeases.release = release  # type: ignore[method-assign]


def the_named_calls() -> None:
    """A session goes on naming the calls of its hello."""

    async def forget(self: Any, endpoint: str, call: Any) -> None:
        """Remembers."""

    local.LocalSessions.forget = forget  # type: ignore[method-assign]


def the_heaps_name() -> None:
    """A deadline that is forgotten leaves the call's name behind."""
    forget = deadlines.Deadlines.forget

    def leaves(self: Any, call: Any) -> None:
        KEPT.append(call)
        forget(self, call)

    deadlines.Deadlines.forget = leaves  # type: ignore[method-assign]


def the_deadline() -> None:
    """Neither eraser fires in time."""

    async def fire_due(self: Any) -> None:
        """Sleeps on."""

    deadlines.Deadlines.fire_due = fire_due  # type: ignore[method-assign]
    sweeper.SWEEP_SECONDS = 3600


def the_salt() -> None:
    """The tombstone's hash is one that anybody can make who knows the call."""
    init = local.LocalCalls.__init__

    def unsalted(self: Any) -> None:
        init(self)
        self._salt = b""

    local.LocalCalls.__init__ = unsalted  # type: ignore[method-assign]


def the_box() -> None:
    """A box is kept when it has been forwarded."""
    forward = hub.Hub._forward

    async def keeps(self: Any, session: Any, box: Any) -> None:
        KEPT.append(bytes(box.box))
        await forward(self, session, box)

    hub.Hub._forward = keeps  # type: ignore[method-assign]


def the_frame() -> None:
    """What a socket heard is kept: reports, refused words, tokens."""

    decoded = socket.Conversation._decoded

    def keeps(self: Any, frame: bytes) -> Any:
        KEPT.append(frame)
        return decoded(self, frame)

    socket.Conversation._decoded = keeps  # type: ignore[method-assign]


def the_answer() -> None:
    """An HTTP connection that is kept alive holds its last answer, and the token in it."""
    answers._Forgetting.write_eof = web.Response.write_eof  # type: ignore[method-assign]


def the_log() -> None:
    """A line of the log names the call."""
    tell = calls.Calls.tell

    async def tells(self: Any, endpoint: Any, message: Any) -> bool:
        print(getattr(message, "call", ""), file=sys.stderr, flush=True)
        return await tell(self, endpoint, message)

    calls.Calls.tell = tells  # type: ignore[method-assign]


def the_file() -> None:
    """A temporary file holds the call's id for a moment, and is deleted."""
    perform = calls.Calls.perform

    async def writes(self: Any, record: Any, *rest: Any) -> None:
        with tempfile.NamedTemporaryFile(dir="/var/tmp") as file:
            file.write(record.call.encode())
        await perform(self, record, *rest)

    calls.Calls.perform = writes  # type: ignore[method-assign, assignment]


def the_core_limit() -> None:
    """A crash writes the memory to disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    hardening.forbid_dumps = lambda: True


def the_allocator() -> None:
    """What is freed is left as it is."""
    hardening.can_wipe = lambda: False


ERASERS: dict[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        the_record,
        the_lease,
        the_named_calls,
        the_heaps_name,
        the_deadline,
        the_salt,
        the_box,
        the_frame,
        the_answer,
        the_log,
        the_file,
        the_core_limit,
        the_allocator,
    )
}

if __name__ == "__main__":
    ERASERS[sys.argv[1]]()
    sys.argv[1:] = ["serve"]
    cli.main()
