"""A simulated student app: looks and listens through one AV1. It is never rung, and never sends a picture."""

from collections.abc import Sequence

from client_sim.descriptions import Section
from client_sim.endpoint import Endpoint
from client_sim.linkbook import Kept
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Observer, Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.links import LinkRecord
from client_sim.timeline import Mark
from signalling.protocol import EndReason, Media
from signalling.protocol import messages as wire


class StudentApp:
    """The one app that is linked with a robot, and its endpoint."""

    one_at_a_time = True
    is_device = False
    takes_introduced = False

    def __init__(
        self,
        keeping: Keeping,
        around: Surroundings,
        make_ends: EndsMaker,
        *,
        observe: Observer = lambda *_: None,
        kept: Kept = lambda _: None,
    ) -> None:
        self.endpoint = Endpoint(keeping, around=around, manner=self, make_ends=make_ends, kept=kept)
        self._observe = observe

    def call(self, contact: LinkRecord, *, lifetime_ms: int = 30_000) -> LiveCall:
        """Enter the classroom."""
        return self.endpoint.call(contact.party, [contact.endpoint], Media.TELEPRESENCE, lifetime_ms=lifetime_ms)

    def session_began(self) -> None:
        """See `Manner.session_began`: there is nothing to say."""

    def turns_away(self, ring: wire.CallRing) -> EndReason | None:  # noqa: ARG002 - whoever it is
        """See `Manner.turns_away`."""
        return EndReason.DECLINED

    def refuses(self, sections: Sequence[Section]) -> EndReason | None:  # noqa: ARG002 - the robot's part
        """See `Manner.refuses`."""
        return None

    def sounds(self, call: LiveCall) -> int | None:  # noqa: ARG002 - never happens
        """See `Manner.sounds`."""
        return None

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Manner.marked`."""
        self._observe(call, mark)
