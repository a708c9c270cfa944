"""People with several phones: the list of a person's own endpoints that this end signs, and others' lists taken.

A list comes in a letter of an endpoint whose keys were proven; the first one pins the person's key. After that nobody,
the coordinator least of all, can add a phone that the person did not list, or bring back one that was taken away.
"""

from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client_sim.endpoint import Endpoint
from client_sim.letters import Letter, Letters
from client_sim.sealed.device_list import (
    LIFETIME_SECONDS,
    DeviceList,
    DeviceListError,
    KnownPerson,
    additions,
    is_listed,
    make_list,
    take_list,
)
from client_sim.sealed.keeping import PersonKey
from client_sim.sealed.links import LinkRecord, LinkRecordError, verify_by_voucher
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.post import PostPurpose
from client_sim.sealed.statements import KeyStatement, StatementError
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url, from_base64url


class Persons:
    """What one endpoint knows of people who have several."""

    def __init__(self, endpoint: Endpoint, letters: Letters) -> None:
        self._endpoint = endpoint
        self._letters = letters
        self.refused = 0
        """Lists that were not taken: older, contradictory, or of another person's key. Shown to whoever looks."""

    async def publish(self, own: Sequence[LinkRecord], to: Sequence[LinkRecord]) -> DeviceList:
        """Sign that this endpoint and `own`, whose keys were proven, are one's own, and tell `to`. Raises AskingError.

        The key that signs is made with the first list and stays on this endpoint.
        """
        book = self._endpoint.book
        kept = book.keeping.person or PersonKey(base64url(Ed25519PrivateKey.generate().private_bytes_raw()), 0)
        kept = msgspec.structs.replace(kept, version=kept.version + 1)
        book.keep_person(kept)
        key = Ed25519PrivateKey.from_private_bytes(from_base64url(kept.key))
        identities = [self._endpoint.identity.public, *(one.identity_bytes for one in own)]
        until = int(book.now()) + LIFETIME_SECONDS
        signed = make_list(key, identities, version=kept.version, not_after=until)
        await self._letters.send(PostPurpose.DEVICE_LIST, msgspec.json.encode(signed), to)
        return signed

    async def take(self, letter: Letter) -> None:
        """A letter with a list: add whom it lists, know no more whom it doesn't."""
        try:
            listed = msgspec.json.decode(letter.content, type=DeviceList)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        book, party = self._endpoint.book, letter.author.party
        known = book.person(party)
        if known is None and letter.verified:
            known = KnownPerson(listed.person)
        if known is None:
            return
        try:
            taken = take_list(known, listed)
        except DeviceListError:
            self.refused += 1
            return
        self.refused += taken.changed
        book.put_person(party, taken)
        for record in book.links:
            if record.party == party and taken.newest is not None and not is_listed(taken, record.endpoint):
                book.drop(record.endpoint)
        await self._add(letter.author, taken)

    async def _add(self, author: LinkRecord, person: KnownPerson) -> None:
        """The newly listed endpoints, with the author's word for them: their statements come from the coordinator."""
        book = self._endpoint.book
        fresh = [one for one in additions(person, now=book.now()) if book.link(one.endpoint) is None]
        if not fresh:
            return
        answer = await self._endpoint.socket.asked(wire.KeysGet([one.endpoint for one in fresh]))
        identities = {one.endpoint: one.identity for one in fresh}
        for found in (answer.keys or []) if isinstance(answer, wire.Ok) else []:
            if found.statement is None or identities.get(found.endpoint) != found.identity:
                continue
            statement = msgspec.convert(msgspec.structs.asdict(found.statement), KeyStatement)
            try:
                record = verify_by_voucher(author.who, Introduction(found.identity, statement), author, now=book.now())
            except (StatementError, LinkRecordError):
                continue
            book.put(record)
