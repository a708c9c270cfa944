"""A simulated family app: calls a Komp, or another member of the family; rings when one of them calls."""

from collections.abc import Sequence

from client_sim.account import Account
from client_sim.asking import AskingError
from client_sim.control.words import Said
from client_sim.descriptions import Section
from client_sim.endpoint import Endpoint
from client_sim.linkbook import Kept
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Observer, Surroundings
from client_sim.rung import rung_of
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.links import LinkRecord
from client_sim.timeline import Mark
from signalling.protocol import EndReason, Media
from signalling.protocol import messages as wire


class FamilyApp:
    """One installation of the app, and its endpoint."""

    one_at_a_time = False
    is_device = False
    takes_introduced = True

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
        self.ringing: list[LiveCall] = []
        """Calls that ring here, to be answered by whoever holds the phone."""

    def call(self, contact: LinkRecord, *, media: Media = Media.VIDEO, lifetime_ms: int = 30_000) -> LiveCall:
        """Ring somebody, on every installation that this one knows.

        Which of them that are is said in `rung`. Raises KeysUnknownError where it is none.
        """
        book = self.endpoint.book
        known = [one for one in book.links if one.party == contact.party]
        endpoints = [one.endpoint for one in rung_of(book, known)]
        return self.endpoint.call(contact.party, endpoints, media, lifetime_ms=lifetime_ms)

    async def learn_own_profile(self, account: Account) -> None:
        """How its owner is shown, as it may have been changed on another phone. Without an answer nothing changes."""
        try:
            profile = (await account.me()).profile
        except AskingError:
            return
        if profile is not None:
            self.endpoint.book.show_as(profile.name, profile.picture)

    def session_began(self, ready: wire.Ready) -> None:
        """See `Manner.session_began`: there is nothing to say."""

    def commanded(self, command: str) -> None:
        """See `Manner.commanded`: nobody commands an app."""

    def turns_away(self, ring: wire.CallRing) -> EndReason | None:
        """See `Manner.turns_away`."""
        return EndReason.DECLINED if ring.media is Media.TELEPRESENCE else None

    def refuses(self, sections: Sequence[Section]) -> EndReason | None:  # noqa: ARG002 - takes all media
        """See `Manner.refuses`."""
        return None

    def sounds(self, call: LiveCall) -> int | None:
        """See `Manner.sounds`: a person answers when a person does."""
        self.ringing.append(call)
        return None

    def overheard(self, call: LiveCall, word: Said) -> None:
        """See `Manner.overheard`: there is nothing to steer here."""

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Manner.marked`."""
        self.ringing = [one for one in self.ringing if not one.over and not one.accepted]
        self._observe(call, mark)
