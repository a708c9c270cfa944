"""Whom an endpoint trusts and rings by people's own lists of devices: looked up, and written into no link record."""

import msgspec
import pytest

from client_sim.identity import Identity
from client_sim.linkbook import LinkBook
from client_sim.rung import rung_of
from client_sim.sealed.device_list import LIFETIME_SECONDS, KnownPerson, make_list, take_list
from client_sim.sealed.keeping import LINKS, Keeping, parse_keeping
from client_sim.sealed.keyring import new_ring
from client_sim.sealed.links import How, LinkRecord, introduce, verify_by_pairing
from signalling.protocol import CallId
from signalling.protocol.proof import base64url
from tests.unit.sealed.people import DAY, NOW, keys_of, person
from tests.unit.sealed.scene import identity, public
from tests.unit.sealed.test_device_list import listed

SARA = person("sara")
PHONE = verify_by_pairing(SARA, keys_of("phone"), How.QR)
TABLET, GHOST = introduce(SARA, keys_of("tablet")), introduce(SARA, keys_of("ghost"))
KNOWN = KnownPerson(base64url(public(identity("sara"))))


class Wall:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def book(wall: Wall) -> LinkBook:
    own = Identity(bytes(32))
    known = (PHONE, TABLET, GHOST)
    return LinkBook(Keeping(base64url(own.seed), person("bo").party, "Bo", new_ring(now=NOW), known), wall=wall)


def told(book: LinkBook, *phones: str, version: int = 1) -> None:
    """Sara's list, as it was taken."""
    known = book.person(SARA.party) or KNOWN
    book.put_person(SARA.party, take_list(known, listed(*phones, version=version)))


def trusts(book: LinkBook) -> list[LinkRecord]:
    return [one for one in book.links if book.is_verified(one.endpoint)]


def test_a_listed_endpoint_is_trusted_and_rung_and_its_record_is_as_it_was(book: LinkBook) -> None:
    assert trusts(book) == rung_of(book, book.links) == [PHONE]
    told(book, "phone", "tablet")
    assert trusts(book) == rung_of(book, book.links) == [PHONE, TABLET]
    assert book.links == (PHONE, TABLET, GHOST)
    seal = book.addressee(CallId("c" * 22), TABLET.endpoint)
    assert seal is not None
    assert seal.verified, "descriptions follow the join, as to any proven end"


def test_a_list_that_ran_out_or_a_person_who_changed_proves_nobody_but_is_no_reason_to_ring_others(
    book: LinkBook, wall: Wall
) -> None:
    told(book, "tablet")
    book.drop(PHONE.endpoint)
    wall.now += LIFETIME_SECONDS + 1
    assert (trusts(book), rung_of(book, book.links)) == ([], [TABLET])
    wall.now = NOW
    known = book.person(SARA.party)
    assert known is not None
    book.put_person(SARA.party, take_list(known, listed("ghost", by="mallory")))
    assert (trusts(book), rung_of(book, book.links)) == ([], [TABLET])


def test_a_list_proves_no_key_that_is_out_of_date_or_was_shown_to_be_another(book: LinkBook, wall: Wall) -> None:
    told(book, "phone", "tablet")
    book.doubt(TABLET.endpoint)
    assert trusts(book) == [PHONE]
    long = make_list(identity("sara"), [public(identity("tablet"))], version=2, not_after=NOW + 200 * DAY)
    book.drop(TABLET.endpoint)
    book.put(TABLET)
    book.put_person(SARA.party, take_list(book.person(SARA.party) or KNOWN, long))
    assert book.is_verified(TABLET.endpoint)
    wall.now += 91 * DAY
    assert not book.is_verified(TABLET.endpoint)


def test_a_list_counts_for_its_own_person_alone(book: LinkBook) -> None:
    book.put_person(person("cleo").party, take_list(KNOWN, listed("phone", "tablet")))
    assert trusts(book) == [PHONE]


def test_a_pairing_takes_the_mark_off_a_person_and_nothing_else_does(book: LinkBook) -> None:
    told(book, "phone", "tablet")
    known = book.person(SARA.party)
    assert known is not None
    book.put_person(SARA.party, take_list(known, listed("ghost", by="mallory")))
    book.put(PHONE)
    book.prove(TABLET.endpoint)
    assert trusts(book) == [PHONE, book.link(TABLET.endpoint)]
    assert getattr(book.person(SARA.party), "changed", None) is True
    book.met(PHONE)
    assert getattr(book.person(SARA.party), "changed", None) is False


def test_where_nothing_is_listed_whoever_is_named_is_rung(book: LinkBook) -> None:
    assert rung_of(book, [TABLET, GHOST]) == [TABLET, GHOST]
    told(book, "phone")
    assert rung_of(book, [TABLET, GHOST]) == []


def test_what_is_known_of_persons_can_always_be_read_again(book: LinkBook) -> None:
    told(book, "phone")
    for number in range(LINKS):
        book.put_person(person(f"somebody {number}").party, KNOWN)
    assert len(parse_keeping(msgspec.json.encode(book.keeping)).persons) == LINKS
    assert book.person(SARA.party) is not None, "who is linked with stays"
    assert book.person(person("somebody 0").party) is None
