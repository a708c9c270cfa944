"""Media of an audited call: encoded once, counted and not decoded, so that many calls fit beside a search."""

from collections.abc import Callable

from client_sim.ends import ClipEnds, Ends
from client_sim.manner import EndsMaker
from client_sim.media.send_log import SendLog
from signalling.protocol import Media, Role


def quiet_ends() -> EndsMaker:
    """Makes them. The first use encodes."""
    ClipEnds.prepare()

    def make(media: Media, role: Role, first_frame: Callable[[], None]) -> Ends:  # noqa: ARG001 - all alike
        return ClipEnds(first_frame, own_log=SendLog(), their_log=SendLog(), decodes=False)

    return make
