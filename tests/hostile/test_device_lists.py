"""A list of endpoints in the hands of whoever passes it on: rolled back, told twice, added to, kept for ever.

First the lists themselves, then the letters that they come in and the calls that rest on them.
"""

import time
from dataclasses import dataclass

import msgspec
import pytest

from client_sim import ceremonies
from client_sim.endpoint import KeysUnknownError
from client_sim.family import FamilyApp
from client_sim.identity import Identity
from client_sim.komp import Komp
from client_sim.letters import Letter
from client_sim.linkbook import LinkBook
from client_sim.manner import Surroundings
from client_sim.persons import Persons
from client_sim.sealed.device_list import (
    LIFETIME_SECONDS,
    DeviceList,
    DeviceListError,
    EquivocationError,
    KnownPerson,
    ListedEndpoint,
    RollbackError,
    additions,
    is_listed,
    make_list,
    take_list,
)
from client_sim.sealed.keyring import KeyRing, new_ring, state_key
from client_sim.sealed.links import How, LinkRecord, Who, verify_by_pairing
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.post import PostBinding, PostPurpose, Reader, seal_post
from client_sim.sealed.statements import bytes_of
from client_sim.timeline import Step
from client_sim.welcome import Welcome
from signalling.protocol import EndpointId, PartyKind, api
from signalling.protocol.messages import CallInvite, EndpointKeys, KeyStatement
from signalling.protocol.proof import base64url
from tests.hostile.ledger import Outcome, Proof, attack
from tests.hostile.stage import Stage, TurnedClock
from tests.hostile.test_posts import Recorder
from tests.integration.client_sim.neighbourhood import reaches, until
from tests.integration.client_sim.test_ceremonies import (
    Somebody,
    Village,
    invited,
    keys_of,
    paired,
    second_phone,
    village,
)

__all__ = ["village"]


class Person:
    """Somebody with two phones, one of which was lost after the first list."""

    def __init__(self) -> None:
        self.key, self.phone, self.lost, self.ghost = Identity(), Identity(), Identity(), Identity()
        self.until = int(time.time()) + LIFETIME_SECONDS
        self.known = KnownPerson(self.key.public_text)

    def list(self, version: int, *phones: Identity) -> DeviceList:
        return make_list(self.key.key, [one.public for one in phones], version=version, not_after=self.until)


@pytest.fixture
def person() -> Person:
    return Person()


@attack("rolls a device list back", Outcome.NOTHING, "refused: an older list is not taken", proof=Proof.OWN)
async def test_a_lost_phone_does_not_come_back(stage: Stage, person: Person) -> None:
    old, new = person.list(1, person.phone, person.lost), person.list(2, person.phone)
    known = take_list(take_list(person.known, old), new)
    with pytest.raises(RollbackError) as refused:
        take_list(known, old)
    stage.notes(f"refused: {refused.value}", refused.value)
    assert not is_listed(known, person.lost.endpoint)


@attack("tells two lists of one version", Outcome.NOTHING, "refused: two lists of one version", proof=Proof.OWN)
async def test_two_lists_of_one_version_are_not_both_taken(stage: Stage, person: Person) -> None:
    known = take_list(person.known, person.list(1, person.phone))
    with pytest.raises(EquivocationError) as refused:
        take_list(known, person.list(1, person.phone, person.lost))
    stage.notes(f"refused: {refused.value}", refused.value)


@attack("adds a ghost to a device list", Outcome.NOTHING, "refused: the signature is not the person's", proof=Proof.OWN)
async def test_nobody_else_can_add_an_endpoint(stage: Stage, person: Person) -> None:
    true = person.list(2, person.phone)
    ghost = ListedEndpoint(str(person.ghost.endpoint), base64url(person.ghost.public))
    with pytest.raises(DeviceListError) as refused:
        take_list(person.known, msgspec.structs.replace(true, endpoints=(*true.endpoints, ghost)))
    stage.notes(f"refused: {refused.value}", refused.value)


@attack(
    "hands over a list under another person's key", Outcome.NOTHING, "the person is marked as changed", proof=Proof.OWN
)
async def test_another_person_is_never_taken_in_silence(stage: Stage, person: Person) -> None:
    known = take_list(person.known, person.list(1, person.phone))
    other = make_list(person.ghost.key, [person.ghost.public], version=9, not_after=person.until)
    after = take_list(known, other)
    stage.notes("the person is marked as changed", after.changed)
    assert after.newest == known.newest
    assert additions(after, now=time.time()) == ()


@attack("never lets an old list grow old", Outcome.NOTHING, "the list adds nobody", proof=Proof.OWN)
async def test_a_list_that_has_run_out_adds_nobody(stage: Stage, person: Person) -> None:
    known = take_list(person.known, person.list(1, person.phone))
    assert additions(known, now=person.until)
    stage.notes("the list adds nobody", additions(known, now=person.until + 1) == ())


# ------------------------------------------------------------ the letters, and the calls that rest on them


@dataclass
class Grandson:
    """A phone that a Komp has met, a tablet that stands on its list, and the shelf in the attacker's hands."""

    komp: Komp
    welcome: Welcome
    shelf: Recorder
    phone: FamilyApp
    admin: Somebody
    tablet: FamilyApp
    record: LinkRecord
    persons: Persons
    first: DeviceList

    @property
    def screen(self) -> LinkRecord:
        """The Komp, as the phone knows it."""
        return next(one for one in self.phone.endpoint.book.links if one.kind is PartyKind.KOMP)

    @property
    def is_trusted(self) -> bool:
        """Whether the Komp takes the tablet's calls by itself."""
        return self.komp.endpoint.book.is_verified(self.record.endpoint)

    async def takes_the_tablet_off(self) -> None:
        await self.persons.publish([], [self.screen])


async def grandson(village: Village) -> Grandson:
    komp, welcome, phone, admin = await paired(village)
    shelf, screen = Recorder(welcome), phone.endpoint.book.links[0]
    tablet, record = await second_phone(village, admin, phone)
    persons = Persons(phone.endpoint, admin.letters)
    first = await persons.publish([record], [screen])
    await welcome.read_letters()
    made = Grandson(komp, welcome, shelf, phone, admin, tablet, record, persons, first)
    assert made.is_trusted
    return made


@pytest.mark.slow
@attack(
    "keeps back for a month the letter that takes a lost tablet off its owner's list", Outcome.ASKS, proof=Proof.OWN
)
async def test_a_list_that_nobody_may_renew_ends_by_itself(village: Village) -> None:
    wall = TurnedClock()
    village.around = Surroundings(village.around.origin, village.around.http, wall=wall)
    one = await grandson(village)
    await one.takes_the_tablet_off()
    one.shelf.adds = False
    assert len(await one.shelf._box.waiting()) == 2, "the first, which was read, and the second, kept back"
    await one.welcome.read_letters()
    assert one.is_trusted, "until its thirty days are over: docs/design/sealing.md, what remains"
    wall.ahead_seconds = LIFETIME_SECONDS + 60
    keys = await keys_of(one.tablet.endpoint, one.screen.endpoint)
    assert one.tablet.endpoint.book.take(keys, one.screen.who)
    call = one.tablet.call(one.tablet.endpoint.book.links[-1])
    assert (await reaches(call, Step.RINGING)).answers_in_ms is None, "somebody must turn the knob"
    call.stop()


@pytest.mark.slow
@attack("brings the letter with an older list again", Outcome.NOTHING, proof=Proof.OWN)
async def test_an_older_letter_brings_no_tablet_back(village: Village) -> None:
    one = await grandson(village)
    (old,) = one.shelf.kept
    await one.takes_the_tablet_off()
    await one.welcome.read_letters()
    assert not one.is_trusted
    book = one.komp.endpoint.book
    book._keeping = msgspec.structs.replace(book.keeping, read=())  # so long ago that its name is forgotten
    one.shelf.adds, one.shelf.kept = False, [old]
    await one.welcome.read_letters()
    assert one.welcome.persons.refused == 1
    assert not one.is_trusted


@pytest.mark.slow
@attack("has one relative pass another's list off as their own", Outcome.NOTHING, proof=Proof.OWN)
async def test_another_persons_list_pins_nobody(village: Village) -> None:
    one = await grandson(village)
    code = await ceremonies.expect(one.admin.letters, one.screen, "Aunt", now=time.time())
    aunt, somebody = await village.person("Aunt", invitation=await invited(village, one.admin, one.komp))
    await one.welcome.read_letters()
    screen = await ceremonies.read_code(aunt.endpoint, code, how=How.SECRET_LINK, seconds=10)
    book = one.komp.endpoint.book
    await until(lambda: book.is_verified(aunt.endpoint.identity.endpoint))
    await somebody.letters.send(PostPurpose.DEVICE_LIST, msgspec.json.encode(one.first), [screen])
    await one.welcome.read_letters()
    assert one.welcome.persons.refused == 1
    assert book.person(aunt.endpoint.book.keeping.party) is None
    assert one.is_trusted
    await one.welcome.close()


class Ghost:
    """An endpoint of the coordinator's, which it names as one of a relative's."""

    def __init__(self, party: str) -> None:
        self.identity, self.person, self.party = Identity(), Identity(), party
        self.ring: KeyRing = new_ring(now=time.time())
        self.who = Who(party, "Grandchild", PartyKind.PERSON)
        self.introduction = Introduction(self.identity.public_text, state_key(self.ring, self.identity.key))

    def comes(self, book: LinkBook) -> None:
        """The coordinator hands its keys over."""
        statement = KeyStatement(**msgspec.structs.asdict(self.introduction.statement))
        found = EndpointKeys(self.identity.endpoint, self.party, self.identity.public_text, statement)
        assert book.meet(found, self.who.name)

    def list(self) -> DeviceList:
        """Of its own making."""
        until = int(time.time()) + LIFETIME_SECONDS
        return make_list(self.person.key, [self.identity.public], version=9, not_after=until)

    def letter(self, to: LinkBook) -> tuple[api.WaitingPost, bytes]:
        """The same, sealed to that end."""
        reader = Reader(to.identity.endpoint, bytes_of(to.statement().key), to.serial)
        serial = self.ring.current.serial
        binding = PostBinding(PostPurpose.DEVICE_LIST, base64url(bytes(16)), self.identity.endpoint, serial)
        sealed = seal_post(msgspec.json.encode(self.list()), binding, own=self.ring.current.key, readers=[reader])
        wrap = base64url(sealed.wraps[0])
        told = api.WaitingPost(
            binding.post, "device-list", self.identity.endpoint, serial, reader.serial, wrap, bytes=1, day=1
        )
        return told, sealed.box


@pytest.mark.slow
@attack("brings a list of a phone of its own, under a relative's name", Outcome.NOTHING, proof=Proof.OWN)
async def test_a_list_of_an_unproven_phone_is_not_even_opened(village: Village) -> None:
    one = await grandson(village)
    book, party = one.komp.endpoint.book, one.phone.endpoint.book.keeping.party
    ghost, known = Ghost(party), book.person(party)
    ghost.comes(book)
    one.shelf.adds, one.shelf.kept = False, [ghost.letter(book)]
    await one.welcome.read_letters()
    author = contact(book, ghost)
    said = msgspec.json.encode(ghost.list())
    await one.welcome.persons.take(Letter("x" * 22, PostPurpose.DEVICE_LIST, author, verified=False, content=said))
    assert book.person(party) is known
    assert (one.is_trusted, book.is_verified(ghost.identity.endpoint)) == (True, False)
    book.put(verify_by_pairing(ghost.who, ghost.introduction, How.QR))
    await one.welcome.read_letters()
    changed = book.person(party)
    assert changed is not None
    assert changed.changed, "proven, the same letter is opened: nothing else kept it out"
    assert not one.is_trusted


@pytest.mark.slow
@attack("hides a relative's proven phone, and names one of its own instead", Outcome.NOTHING, proof=Proof.OWN)
async def test_nobody_is_rung_who_stands_on_no_list_of_theirs(village: Village) -> None:
    one = await grandson(village)
    caller, book = one.phone, one.phone.endpoint.book
    party = base64url(b"a" * 16)
    aunt, ghost, hers = Ghost(party), Ghost(party), Identity()
    book.met(verify_by_pairing(aunt.who, aunt.introduction, How.QR))
    ghost.comes(book)
    book.drop(aunt.identity.endpoint)  # nothing proven is named any more
    fooled = caller.call(contact(book, ghost))
    assert rung_by(fooled.invite) == [ghost.identity.endpoint], "without a list the unproven one is rung"
    fooled.stop()
    book.met(verify_by_pairing(aunt.who, aunt.introduction, How.QR))
    told = make_list(hers.key, [aunt.identity.public], version=1, not_after=int(time.time()) + LIFETIME_SECONDS)
    book.put_person(party, take_list(KnownPerson(hers.public_text), told))
    call = caller.call(contact(book, ghost))
    assert rung_by(call.invite) == [aunt.identity.endpoint]
    call.stop()
    book.drop(aunt.identity.endpoint)
    with pytest.raises(KeysUnknownError):
        caller.call(contact(book, ghost))


def contact(book: LinkBook, ghost: Ghost) -> LinkRecord:
    record = book.link(ghost.identity.endpoint)
    assert record is not None
    return record


def rung_by(invite: CallInvite | None) -> list[EndpointId]:
    assert invite is not None
    return [EndpointId(ring.endpoint) for ring in invite.rings]
