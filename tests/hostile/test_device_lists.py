"""A list of endpoints in the hands of whoever passes it on: rolled back, told twice, added to, kept for ever."""

import time

import msgspec
import pytest

from client_sim.identity import Identity
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
from signalling.protocol.proof import base64url
from tests.hostile.ledger import Outcome, Proof, attack
from tests.hostile.stage import Stage


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
