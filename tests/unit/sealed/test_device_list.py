"""A person says which endpoints are theirs; nobody else can add one, bring one back, or pass for the person."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.device_list import (
    ENDPOINTS,
    LIFETIME_SECONDS,
    DeviceList,
    DeviceListError,
    EquivocationError,
    KnownPerson,
    ListedEndpoint,
    RollbackError,
    additions,
    is_listed,
    list_bytes,
    make_list,
    meet_anew,
    take_from,
    take_list,
    verify_list,
    vouches,
)
from signalling.protocol.proof import Purpose, base64url, endpoint_id, from_base64url, signed_bytes
from tests.unit.sealed.golden import DEVICE_LIST
from tests.unit.sealed.people import DAY, NOW
from tests.unit.sealed.scene import P, flipped, identity, public, seed, small_order_identities

SARA = identity("sara")
KNOWN = KnownPerson(base64url(public(SARA)))


def listed(*whose: str, version: int = 1, not_after: int = NOW + LIFETIME_SECONDS, by: str = "sara") -> DeviceList:
    """Sara's list of those endpoints."""
    keys = [public(identity(one)) for one in whose]
    return make_list(identity(by), keys, version=version, not_after=not_after)


def name(whose: str) -> str:
    return str(endpoint_id(public(identity(whose))))


def names(endpoints: tuple[ListedEndpoint, ...]) -> list[str]:
    return [one.endpoint for one in endpoints]


def signed(**fields: Any) -> DeviceList:
    """What Sara would sign if she were careless."""
    one = msgspec.structs.replace(listed("phone"), **fields)
    return msgspec.structs.replace(one, signature=base64url(SARA.sign(list_bytes(one))))


def test_a_list_adds_the_endpoints_that_it_names() -> None:
    known = take_list(KNOWN, listed("phone", "tablet"))
    assert names(additions(known, now=NOW)) == [name("phone"), name("tablet")]
    assert is_listed(known, name("phone"))
    assert not is_listed(known, name("mallory's"))
    assert additions(KNOWN, now=NOW) == ()
    assert not is_listed(KNOWN, name("phone"))


def test_a_newer_list_takes_an_endpoint_away() -> None:
    known = take_list(take_list(KNOWN, listed("phone", "lost phone")), listed("phone", version=2))
    assert names(additions(known, now=NOW)) == [name("phone")]
    assert not is_listed(known, name("lost phone"))


def test_an_older_list_brings_nothing_back() -> None:
    known = take_list(KNOWN, listed("phone", version=2))
    with pytest.raises(RollbackError):
        take_list(known, listed("phone", "lost phone", version=1))


@pytest.mark.parametrize(
    "other",
    [listed("phone", "mallory's"), listed("tablet"), listed(), listed("phone", not_after=NOW)],
    ids=["one more", "another", "none", "another end"],
)
def test_two_lists_of_one_version_are_refused(other: DeviceList) -> None:
    with pytest.raises(EquivocationError):
        take_list(take_list(KNOWN, listed("phone")), other)


def test_the_same_list_again_changes_nothing() -> None:
    known = take_list(KNOWN, listed("phone"))
    assert take_list(known, listed("phone")) is known


@given(st.lists(st.integers(1, 6), max_size=8))
def test_the_highest_version_seen_is_kept(versions: list[int]) -> None:
    known, highest = KNOWN, 0
    for version in versions:
        try:
            known = take_list(known, listed("phone", version=version))
        except RollbackError:
            assert version < highest
        highest = max(highest, version)
        assert known.newest == listed("phone", version=highest)


def test_a_list_that_has_run_out_adds_nobody_and_still_counts() -> None:
    known = take_list(take_list(KNOWN, listed("phone", "lost phone")), listed("phone", version=2, not_after=NOW - 1))
    assert additions(known, now=NOW) == ()
    assert is_listed(known, name("phone"))
    assert not is_listed(known, name("lost phone"))
    with pytest.raises(RollbackError):
        take_list(known, listed("phone", "lost phone"))


def test_a_list_is_good_for_thirty_days() -> None:
    known = take_list(KNOWN, listed("phone"))
    assert additions(known, now=NOW + 30 * DAY) != ()
    assert additions(known, now=NOW + 30 * DAY + 1) == ()


def test_another_person_key_is_never_taken_in_silence() -> None:
    known = take_list(KNOWN, listed("phone"))
    marked = take_list(known, listed("mallory's", version=9, by="mallory"))
    assert marked == KnownPerson(known.person, known.newest, changed=True)
    assert additions(marked, now=NOW) == ()
    assert take_list(marked, listed("mallory's", by="mallory")) is marked
    assert take_list(marked, listed("phone", "tablet", version=2)).changed


def test_the_first_list_of_a_proven_endpoint_pins_its_persons_key() -> None:
    known = take_from(None, listed("phone", "tablet"), name("phone"))
    assert known == take_list(KNOWN, listed("phone", "tablet"))
    assert take_from(known, listed("phone", version=2), name("tablet")).newest == listed("phone", version=2)
    assert take_from(known, listed("mallory's", by="mallory"), name("tablet")).changed


def test_nobody_can_hand_on_another_persons_list_as_their_own() -> None:
    with pytest.raises(DeviceListError, match="a first list names whoever brings it"):
        take_from(None, listed("phone", "tablet"), name("mallory's"))


def test_who_was_met_anew_may_come_with_another_key_once_and_with_no_older_list() -> None:
    known = take_list(KNOWN, listed("phone", "lost phone"))
    marked = take_list(known, listed("new phone", by="sara's next"))
    met = meet_anew(marked)
    assert (met.changed, met.met, meet_anew(met)) == (False, True, met)
    with pytest.raises(RollbackError):
        take_from(meet_anew(take_list(known, listed("phone", version=2))), listed("phone", "lost phone"), name("phone"))
    with pytest.raises(DeviceListError, match="names whoever brings it"):
        take_from(met, listed("new phone", by="sara's next"), name("phone"))
    after = take_from(met, listed("new phone", by="sara's next"), name("new phone"))
    assert after == KnownPerson(base64url(public(identity("sara's next"))), listed("new phone", by="sara's next"))
    assert take_from(after, listed("x", by="mallory"), name("new phone")).changed
    assert not take_from(met, listed("phone", version=2), name("phone")).met


def test_a_list_vouches_for_the_keys_in_it_while_it_holds() -> None:
    known = take_list(KNOWN, listed("phone"))
    key, other = (base64url(public(identity(one))) for one in ("phone", "mallory's"))
    assert vouches(known, name("phone"), key, now=NOW)
    assert not vouches(known, name("phone"), other, now=NOW)
    assert not vouches(known, name("mallory's"), other, now=NOW)
    assert not vouches(known, name("phone"), key, now=NOW + LIFETIME_SECONDS + 1)
    assert not vouches(take_list(known, listed("x", by="mallory")), name("phone"), key, now=NOW)


FORGED: dict[str, Callable[[], DeviceList]] = {
    "one more endpoint": lambda: msgspec.structs.replace(listed("phone"), endpoints=listed("phone", "x").endpoints),
    "a higher version": lambda: msgspec.structs.replace(listed("phone"), version=2),
    "a later end": lambda: msgspec.structs.replace(listed("phone"), not_after=NOW + 99 * DAY),
    "another's signature": lambda: msgspec.structs.replace(
        listed("phone", by="mallory"), person=base64url(public(SARA))
    ),
    "no signature": lambda: msgspec.structs.replace(listed("phone"), signature="A" * 86),
    "an endpoint under another key's name": lambda: signed(
        endpoints=(ListedEndpoint(name("phone"), base64url(public(identity("mallory's")))),)
    ),
    "an endpoint twice": lambda: signed(endpoints=listed("phone", "phone").endpoints),
    "a small-order endpoint": lambda: signed(
        endpoints=(ListedEndpoint(str(endpoint_id((1).to_bytes(32, "little"))), base64url((1).to_bytes(32, "little"))),)
    ),
    "a key spelled otherwise": lambda: signed(
        endpoints=(ListedEndpoint(str(endpoint_id(P.to_bytes(32, "little"))), base64url(P.to_bytes(32, "little"))),)
    ),
    "a signature for another purpose": lambda: msgspec.structs.replace(
        listed("phone"),
        signature=base64url(
            SARA.sign(
                signed_bytes(
                    Purpose.AGREEMENT_KEY,
                    base64url(public(SARA)),
                    "1",
                    str(NOW + LIFETIME_SECONDS),
                    name("phone"),
                    base64url(public(identity("phone"))),
                )
            )
        ),
    ),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_list_that_does_not_hold_together_is_refused(how: str) -> None:
    for known in (KNOWN, take_list(KNOWN, listed("phone"))):
        with pytest.raises(DeviceListError) as refused:
            take_list(known, FORGED[how]())
        assert type(refused.value) is DeviceListError
        assert refused.value.__context__ is None


@pytest.mark.parametrize("point", sorted(small_order_identities()), ids=lambda point: point.hex()[:12])
def test_a_person_of_small_order_would_sign_for_everybody(point: bytes) -> None:
    forged = msgspec.structs.replace(
        listed("phone"), person=base64url(point), signature=base64url((1).to_bytes(32, "little") + bytes(32))
    )
    with pytest.raises(DeviceListError):
        verify_list(forged)


@given(st.integers(0, 511))
def test_a_signature_with_any_bit_turned_is_refused(bit: int) -> None:
    one = listed("phone")
    turned = base64url(flipped(from_base64url(one.signature), bit))
    with pytest.raises(DeviceListError):
        verify_list(msgspec.structs.replace(one, signature=turned))


def test_a_list_names_as_many_endpoints_as_can_be_rung_at_once() -> None:
    full = msgspec.json.encode(listed(*(f"phone {n}" for n in range(ENDPOINTS))))
    assert len(msgspec.json.decode(full, type=DeviceList).endpoints) == ENDPOINTS
    over = msgspec.json.encode(listed(*(f"phone {n}" for n in range(ENDPOINTS + 1))))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(over, type=DeviceList)


def test_the_written_list_and_its_story_hold() -> None:
    assert bytes.fromhex(DEVICE_LIST["person_seed"]) == seed("sara")
    known = msgspec.convert(DEVICE_LIST["known"], KnownPerson)
    for step in DEVICE_LIST["steps"]:
        one = msgspec.convert(step["list"], DeviceList)
        assert list_bytes(one).hex() == step["signed"]
        refused = None
        try:
            known = take_list(known, one)
        except DeviceListError as problem:
            refused = type(problem).__name__
        assert refused == step["refused"]
        assert msgspec.to_builtins(known) == msgspec.to_builtins(msgspec.convert(step["known"], KnownPerson))
        assert names(additions(known, now=DEVICE_LIST["now"])) == step["additions"]


def test_nothing_of_it_prints() -> None:
    known = take_list(KNOWN, listed("phone"))
    assert known.newest is not None
    assert [repr(one) for one in (known, known.newest, known.newest.endpoints[0])] == [
        "KnownPerson(…)",
        "DeviceList(…)",
        "ListedEndpoint(…)",
    ]
    assert repr(seed("sara")) not in repr(known)
