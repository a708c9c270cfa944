"""Keywords that link an app with an AV1: hashed, single use; a new one cuts the old app off at once (P-16, P-20)."""

from signalling.people.keyword import KeywordState
from signalling.vocabulary import EndpointId, PartyId


class Keywords:
    """Makes and redeems keywords."""

    async def create(self, av1: str, *, now: float) -> str | None:
        """A new keyword, told once. The app that was linked is erased at once. None: no such AV1."""
        raise NotImplementedError

    async def redeem(
        self, keyword: str, *, endpoint: EndpointId, identity: bytes, now: float
    ) -> tuple[PartyId, PartyId] | None:
        """The new app's party and the AV1 that it is linked with. None: unknown, used, expired, or the key is known."""
        raise NotImplementedError

    async def state(self, av1: str, *, now: float) -> KeywordState | None:
        """What has become of a robot's keyword, for whoever may make a new one. None: it never had one."""
        raise NotImplementedError
