"""Link files: what stands in one, who may read it, and what is refused."""

import json
import stat
from pathlib import Path

import pytest

from client_sim.household import Member, make_household
from client_sim.identity import Identity
from client_sim.link import LinkError, parse_link, read_link, write_link
from signalling.protocol.proof import base64url, endpoint_id, from_base64url
from signalling.vocabulary import PartyKind


def test_a_link_makes_its_reader_the_endpoint_that_the_coordinator_knows() -> None:
    household = make_household()
    seed = json.loads(household.seed)
    for name, link in household.links.items():
        party = next(one for one in seed["parties"] if one["id"] == link.party)
        assert party["name"] == name
        assert link.identity().public_text in party["endpoints"]


def test_contacts_are_those_with_whom_there_is_a_link_both_ways() -> None:
    links = make_household().links
    assert [one.name for one in links["Student"].contacts] == ["AV1 of class 4B"]
    assert {one.name for one in links["Grandmother's Komp"].contacts} == {"Grandchild", "Cousin"}


def test_a_person_may_have_several_installations() -> None:
    members = [
        Member("Aunt", PartyKind.PERSON, installations=2),
        Member("Niece", PartyKind.PERSON, ("Aunt",)),
    ]
    links = make_household(members).links
    assert links["Aunt"].party == links["Aunt 2"].party
    assert links["Aunt"].key != links["Aunt 2"].key
    assert len(links["Niece"].contacts) == 2


def test_a_link_file_is_for_its_owner_alone_and_reads_back(tmp_path: Path) -> None:
    link = make_household().links["Student"]
    file = tmp_path / "link.json"
    write_link(file, link)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_link(file) == link


def test_the_pages_fragment_is_the_same_json() -> None:
    link = make_household().links["Grandchild"]
    assert parse_link(from_base64url(link.fragment())) == link


def test_a_contact_is_found_by_kind_name_or_party() -> None:
    link = make_household().links["Cousin"]
    komp = link.contact("komp")
    assert link.contact("grandmother's komp") == komp
    assert link.contact(komp.party) == komp
    with pytest.raises(LinkError, match="names 0 contacts"):
        link.contact("av1")


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b"{" * 3000, b" " * 70_000])
def test_what_is_no_link_file_is_refused(text: bytes) -> None:
    with pytest.raises(LinkError):
        parse_link(text)


def test_a_contact_whose_name_is_not_that_of_its_key_is_refused() -> None:
    link = json.loads(from_base64url(make_household().links["Student"].fragment()))
    link["contacts"][0]["endpoint"] = endpoint_id(Identity().public)
    with pytest.raises(LinkError):
        parse_link(json.dumps(link).encode())


def test_a_contact_whose_key_anybody_could_sign_for_is_refused() -> None:
    link = json.loads(from_base64url(make_household().links["Student"].fragment()))
    small = bytes([1, *[0] * 31])
    link["contacts"][0] |= {"identity": base64url(small), "endpoint": endpoint_id(small)}
    with pytest.raises(LinkError):
        parse_link(json.dumps(link).encode())


def test_a_link_and_an_identity_never_print_their_keys() -> None:
    link = make_household().links["Student"]
    assert link.key not in repr(link) + repr(link.identity())
    assert link.contacts[0].identity not in repr(link.contacts)
