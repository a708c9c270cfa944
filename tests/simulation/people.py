"""Who lives in the simulation: two people with two endpoints each, and a Komp that both may call."""

from signalling.people.circle import Changes, Endpoint, Keys, Shown, Statement
from signalling.vocabulary import EndpointId, PartyId, PartyKind


def name(text: str) -> str:
    """An id of 22 characters that can be read in a failure."""
    return text.ljust(22, "-")


GRANDCHILD, GRANDMOTHER, KOMP = name("Grandchild"), name("Grandmother"), name("Komp")
HOMES: dict[str, tuple[str, ...]] = {
    GRANDCHILD: (name("grandchild-phone"), name("grandchild-laptop")),
    GRANDMOTHER: (name("grandmother-phone"), name("grandmother-tablet")),
    KOMP: (name("the-komp"),),
}
"""Plain texts, so that a failure can be read."""
EVERYBODY = tuple(endpoint for endpoints in HOMES.values() for endpoint in endpoints)
CALLERS = HOMES[GRANDCHILD] + HOMES[GRANDMOTHER]


def party_of(endpoint: str) -> str:
    """Whose endpoint that is."""
    return next(party for party, endpoints in HOMES.items() if endpoint in endpoints)


class Family:
    """`signalling.people.circle.Circle`: everybody is linked with everybody, and the Komp calls nobody."""

    def __init__(self) -> None:
        self._unlinked: set[str] = set()

    def unlink(self, party: str) -> None:
        """Nobody is linked with that party any more."""
        self._unlinked.add(party)

    async def endpoint(self, endpoint: str) -> Endpoint | None:
        if endpoint not in EVERYBODY:
            return None
        party = party_of(endpoint)
        kind = PartyKind.KOMP if party == KOMP else PartyKind.PERSON
        return Endpoint(EndpointId(endpoint), identity_key(endpoint), PartyId(party), kind)

    async def endpoints_of(self, party: str) -> tuple[EndpointId, ...]:
        return tuple(EndpointId(endpoint) for endpoint in HOMES.get(party, ()))

    async def may_ring(self, caller: Endpoint, party: str) -> bool:
        linked = party in HOMES and not {party, caller.party} & self._unlinked
        return linked and not caller.kind.is_device and party != caller.party

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        return endpoint in EVERYBODY

    async def refuses(self, party: str) -> bool:
        return False

    async def is_blocked(self, party: str) -> bool:
        return False

    async def block(self, robot: PartyId) -> bool:
        return False

    async def shown_to(self, caller: Endpoint, callee: PartyId) -> Shown | None:
        return Shown(caller.party.rstrip("-"), None)

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        return True

    async def keys_of(self, endpoint: str) -> Keys | None:
        return Keys(identity_key(endpoint), None) if endpoint in EVERYBODY else None

    async def admit(self, device: Endpoint, endpoint: str) -> bool:
        return endpoint in EVERYBODY

    async def changes(self, after: int) -> Changes:
        return Changes(after, {})


def identity_key(endpoint: str) -> bytes:
    """A stand-in of the right length; nothing here verifies a signature."""
    return endpoint.encode().ljust(32, b"=")
