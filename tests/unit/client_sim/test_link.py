"""What an endpoint keeps of a household, and how a link file is asked for somebody."""

import json

import msgspec
import pytest

from client_sim.household import Member, make_household
from client_sim.identity import Identity
from client_sim.link import LinkError, find_link, fragment
from client_sim.sealed.keeping import parse_keeping
from client_sim.sealed.links import How, is_verified
from signalling.protocol.proof import endpoint_id, from_base64url
from signalling.vocabulary import PartyKind


def test_what_is_kept_makes_its_reader_the_endpoint_that_the_coordinator_knows() -> None:
    household = make_household()
    seed = json.loads(household.seed)
    for name, kept in household.links.items():
        party = next(one for one in seed["parties"] if one["id"] == kept.party)
        assert party["name"] == name
        assert Identity(from_base64url(kept.key)).public_text in party["endpoints"]


def test_those_who_are_linked_know_each_other_both_ways() -> None:
    links = make_household().links
    assert [one.name for one in links["Student"].links] == ["AV1 of class 4B"]
    assert {one.name for one in links["Grandmother's Komp"].links} == {"Grandchild", "Cousin"}


def test_a_person_may_have_several_installations() -> None:
    members = [
        Member("Aunt", PartyKind.PERSON, installations=2),
        Member("Niece", PartyKind.PERSON, ("Aunt",)),
    ]
    links = make_household(members).links
    assert links["Aunt"].party == links["Aunt 2"].party
    assert links["Aunt"].key != links["Aunt 2"].key
    assert len(links["Niece"].links) == 2


@pytest.mark.parametrize(("how", "verified"), [(How.QR, True), (How.INTRODUCED, False)])
def test_a_household_knows_each_other_as_it_met(how: How, verified: bool) -> None:
    (record,) = make_household(how=how).links["Student"].links
    assert record.how is how
    assert is_verified(record, now=record.statement.not_after - 1) is verified


def test_the_pages_fragment_is_the_same_json() -> None:
    kept = make_household().links["Student"]
    assert parse_keeping(from_base64url(fragment(kept))) == kept


@pytest.mark.parametrize("word", ["komp", "Grandmother's Komp", "GRANDMOTHER'S KOMP", "party"])
def test_somebody_is_found_by_kind_name_or_party(word: str) -> None:
    kept = make_household().links["Grandchild"]
    komp = next(one for one in kept.links if one.kind is PartyKind.KOMP)
    assert find_link(kept, komp.party if word == "party" else word) is komp


@pytest.mark.parametrize("word", ["av1", "nobody", "person"])
def test_a_word_that_names_none_or_several_is_told_whom_the_file_knows(word: str) -> None:
    kept = make_household().links["Grandmother's Komp"]
    with pytest.raises(LinkError, match=r"Grandchild \(person\), Cousin \(person\)"):
        find_link(kept, word)


def test_each_record_stands_under_its_own_key() -> None:
    for kept in make_household().links.values():
        for record in kept.links:
            assert endpoint_id(record.identity_bytes) == record.endpoint == record.statement.endpoint
    assert "Keeping(…)" in repr(kept)
    assert kept.key not in repr(msgspec.structs.asdict(kept)["ring"])
