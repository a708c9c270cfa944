"""Profiles of Komp users: name, phone, picture, each sealed under the person's own key (P-10)."""

from signalling.people.profile import Profile
from signalling.vocabulary import EndpointId, PartyId


class Profiles:
    """Makes, reads, changes and closes profiles. Raises ProfileError for what isn't of a profile."""

    async def create(
        self, name: str, phone: str, *, endpoint: EndpointId, identity: bytes, now: float
    ) -> PartyId | None:
        """A new person with a first endpoint. None: the number has a profile already, or the key is somebody's."""
        raise NotImplementedError

    async def by_phone(self, phone: str) -> PartyId | None:
        """Whose number (E.164) it is."""
        raise NotImplementedError

    async def get(self, party: str) -> Profile | None:
        """All of a profile, for the person themselves."""
        raise NotImplementedError

    async def seen_by(self, watcher: PartyId, party: str) -> Profile | None:
        """What that party may see of it, without the number; None if they share no Komp now."""
        raise NotImplementedError

    async def rename(self, party: PartyId, name: str) -> bool:
        """Give it another name."""
        raise NotImplementedError

    async def set_picture(self, party: PartyId, picture: bytes | None) -> str | None:
        """Put this picture in place of the older one, or take it away; its hash, hexadecimal, or None."""
        raise NotImplementedError

    async def picture(self, watcher: PartyId, picture: str) -> bytes | None:
        """The picture of that hash, if somebody whom the watcher sees (or the watcher) has it now."""
        raise NotImplementedError

    async def close(self, party: PartyId, *, now: float) -> bool:
        """Erase the person: key first, then every row that knows of them (P-14)."""
        raise NotImplementedError
