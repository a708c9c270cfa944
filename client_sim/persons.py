"""People with several devices: the list of a person's own endpoints that this end signs, and others' lists taken.

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
    take_from,
)
from client_sim.sealed.keeping import PersonKey
from client_sim.sealed.links import LinkRecord
from client_sim.sealed.post import PostPurpose
from signalling.protocol import PartyKind
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

    async def read_letters(self) -> list[Letter]:
        """Take the lists among the letters that wait; other letters come back. Raises AskingError."""
        left = []
        for letter in await self._letters.fetch():
            if letter.purpose is PostPurpose.DEVICE_LIST:
                await self.take(letter)
            else:
                left.append(letter)
        return left

    async def take(self, letter: Letter) -> None:
        """A letter with a list: its endpoints are the author's person's from now on, and no others are.

        One of somebody whose keys nobody proved gives nothing, and so does a device's.
        """
        author = letter.author
        if not letter.verified or author.kind is not PartyKind.PERSON:
            return
        book, party = self._endpoint.book, author.party
        known = book.person(party)
        try:
            taken = take_from(known, msgspec.json.decode(letter.content, type=DeviceList), author.endpoint)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        except DeviceListError:
            self.refused += 1
            return
        self.refused += taken.changed
        if taken is known:
            return
        book.put_person(party, taken)
        if known is None or taken.newest != known.newest:
            self._drop_unlisted(party, taken)
            await self._learn_listed(author, taken)

    def _drop_unlisted(self, party: str, person: KnownPerson) -> None:
        """Whatever proved them, they are that person's no more; who is met after this list stands until the next."""
        book = self._endpoint.book
        for record in book.links:
            if record.party == party and not is_listed(person, record.endpoint):
                book.drop(record.endpoint)

    async def _learn_listed(self, author: LinkRecord, person: KnownPerson) -> None:
        """The statements of endpoints that aren't known yet, from the coordinator; the list vouches for their keys."""
        book = self._endpoint.book
        fresh = {one.endpoint: one.identity for one in additions(person, now=book.now())}
        fresh = {endpoint: identity for endpoint, identity in fresh.items() if book.link(endpoint) is None}
        fresh.pop(str(self._endpoint.identity.endpoint), None)
        if not fresh:
            return
        answer = await self._endpoint.socket.asked(wire.KeysGet(list(fresh)))
        for found in (answer.keys or []) if isinstance(answer, wire.Ok) else []:
            if fresh.get(found.endpoint) == found.identity:
                book.take(found, author.who)
