"""The circle from a seed file: parties, their endpoints, and who is linked with whom. Read once, kept in memory.

For load runs and tests, behind the same port as the store of people. What is published or admitted is kept until the
process ends, a robot's block too, and nothing is ever revoked. A fault in the file is told by its rule and its place in
the file, never by what stands there.
"""

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from signalling.people.circle import ChangeKind, Changes, Endpoint, Keys, Shown, Statement
from signalling.vocabulary import EndpointId, PartyId, PartyKind

Admit = Callable[[str], tuple[EndpointId, bytes]]
"""Takes a written identity key, gives the endpoint's name and the raw key, or raises ValueError with the rule."""

_Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}$")]
_Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$")]


class SeedError(ValueError):
    """The seed file breaks a rule, which this names."""


class _Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: _Id
    kind: PartyKind
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    endpoints: Annotated[list[_Key], Meta(max_length=16)]


class _Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    parties: Annotated[list[_Id], Meta(min_length=2, max_length=2)]


class _Seed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    parties: list[_Party]
    links: list[_Link]


class SeedCircle:
    """`signalling.people.circle.Circle` from a seed file."""

    def __init__(self) -> None:
        self._endpoints: dict[str, Endpoint] = {}
        self._by_party: dict[str, tuple[EndpointId, ...]] = {}
        self._kinds: dict[str, PartyKind] = {}
        self._names: dict[str, str] = {}
        self._links: set[frozenset[str]] = set()
        self._statements: dict[str, Statement] = {}
        self._changed: list[tuple[PartyId, ChangeKind]] = []
        self._blocked: set[str] = set()

    @property
    def endpoint_count(self) -> int:
        """How many endpoints the file names."""
        return len(self._endpoints)

    async def endpoint(self, endpoint: str) -> Endpoint | None:
        return self._endpoints.get(endpoint)

    async def endpoints_of(self, party: str) -> tuple[EndpointId, ...]:
        return self._by_party.get(party, ())

    async def may_ring(self, caller: Endpoint, party: str) -> bool:
        return not caller.kind.is_device and self._are_linked(caller.party, party)

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        seen = self._endpoints.get(endpoint)
        return seen is not None and (seen.party == watcher.party or self._are_linked(watcher.party, seen.party))

    async def refuses(self, party: str) -> bool:
        return party in self._blocked

    async def is_blocked(self, party: str) -> bool:
        return party in self._blocked

    async def block(self, robot: PartyId) -> bool:
        if self._kinds.get(robot) is not PartyKind.AV1:
            return False
        if robot not in self._blocked:
            self._blocked.add(robot)
            self._changed.append((robot, ChangeKind.SUSPENDED))
        return True

    async def shown_to(self, caller: Endpoint, callee: PartyId) -> Shown | None:
        name = self._names.get(caller.party)
        if name is None or self._kinds.get(callee) is PartyKind.AV1 or not self._are_linked(caller.party, callee):
            return None
        return Shown(name, None)

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        kept = self._statements.get(endpoint)
        if endpoint not in self._endpoints or (kept and kept != statement and kept.serial >= statement.serial):
            return False
        self._statements[endpoint] = statement
        return True

    async def keys_of(self, endpoint: str) -> Keys | None:
        known = self._endpoints.get(endpoint)
        return Keys(known.identity, self._statements.get(endpoint)) if known is not None else None

    async def admit(self, device: Endpoint, endpoint: str) -> bool:
        newcomer = self._endpoints.get(endpoint)
        if device.kind is not PartyKind.KOMP or newcomer is None or newcomer.kind.is_device:
            return False
        if not self._are_linked(device.party, newcomer.party):
            self._links.add(frozenset((device.party, newcomer.party)))
            self._changed.append((newcomer.party, ChangeKind.LINKED))
        return True

    async def changes(self, after: int) -> Changes:
        return Changes(len(self._changed), dict(self._changed[max(after, 0) :]))

    def _are_linked(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self._links

    def _add_party(self, party: _Party, admit: Admit) -> None:
        if party.id in self._kinds:
            raise _broken("each party has an id of its own")
        if party.kind.is_device and len(party.endpoints) != 1:
            raise _broken("a Komp or an AV1 has exactly one endpoint")
        mine = []
        for text in party.endpoints:
            endpoint, identity = _admitted(text, admit)
            if endpoint in self._endpoints:
                raise _broken("an identity key belongs to one party, once")
            self._endpoints[endpoint] = Endpoint(endpoint, identity, PartyId(party.id), party.kind)
            mine.append(endpoint)
        self._kinds[party.id] = party.kind
        self._names[party.id] = party.name
        self._by_party[party.id] = tuple(mine)

    def _add_link(self, link: _Link) -> None:
        one, other = link.parties
        if one == other or one not in self._kinds or other not in self._kinds:
            raise _broken("a link joins two parties of this file")
        if self._kinds[one].is_device and self._kinds[other].is_device:
            raise _broken("two devices are never linked: a device places no call")
        self._links.add(frozenset((one, other)))


def read_seed(document: bytes, admit: Admit) -> SeedCircle:
    """The circle that a seed file describes. Raises SeedError."""
    seed = _parsed(document)
    circle = SeedCircle()
    for party in seed.parties:
        circle._add_party(party, admit)  # noqa: SLF001 - its builder
    for link in seed.links:
        circle._add_link(link)  # noqa: SLF001 - its builder
    return circle


def _parsed(document: bytes) -> _Seed:
    place = "$"
    try:
        return msgspec.json.decode(document, type=_Seed)
    except msgspec.ValidationError as problem:
        _, _, place = str(problem).rpartition("at `")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _broken("it isn't JSON in UTF-8") from None
    where = place.rstrip("`") if place.startswith("$") else "$"
    raise _broken(f"what stands at {where} isn't of the documented shape")


def _admitted(text: str, admit: Admit) -> tuple[EndpointId, bytes]:
    try:
        return admit(text)
    except ValueError as problem:
        rule = str(problem)
    raise _broken(rule)


def _broken(rule: str) -> SeedError:
    return SeedError(f"seed file: {rule}")
