"""TURN REST credentials: dated, random, and just what coturn reckons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.credentials import check_lifetime, check_secret, turn_credential, turn_tag, turn_username
from relay.errors import Fault, RelayError


def test_a_username_says_when_it_dies_and_nothing_about_whose_it_is() -> None:
    assert turn_username("AAAAAAAAAAAAAAAA", now=1_700_000_000.9, lifetime_seconds=120) == "1700000120:AAAAAAAAAAAAAAAA"


def test_a_credential_is_the_hmac_that_coturn_reckons() -> None:
    # openssl: printf '1700000120:AAAAAAAAAAAAAAAA' | openssl dgst -sha1 -hmac north -binary | base64
    assert turn_credential("north", "1700000120:AAAAAAAAAAAAAAAA") == "edpxZe6BgyXRzlnB0CYfFLzAUJw="


def test_tags_come_from_the_token_source_alone() -> None:
    assert turn_tag(bytes) == "A" * 16
    assert turn_tag(lambda length: b"\xff" * length) == "_" * 16


@given(st.binary(min_size=12, max_size=12))
def test_every_tag_makes_a_username(random: bytes) -> None:
    tag = turn_tag(lambda _: random)

    assert turn_username(tag, now=0, lifetime_seconds=120) == f"120:{tag}"


@pytest.mark.parametrize(
    "tag", ["", "short", "a" * 65, "anna:svensson", "tag with space", "a@example.org", "tågtågtåg"]
)
def test_a_tag_that_could_name_somebody_or_break_the_date_is_refused(tag: str) -> None:
    with pytest.raises(RelayError) as refusal:
        turn_username(tag, now=0, lifetime_seconds=120)

    assert refusal.value.code is Fault.TURN_TAG
    assert not tag or tag not in str(refusal.value)


@pytest.mark.parametrize(
    "secret", ["", "fifteen-letters", "a" * 129, "with sixteen and a space", "å" * 20, "a" * 16 + "\n"]
)
def test_a_weak_or_unwritable_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(RelayError) as refusal:
        check_secret(secret)

    assert refusal.value.code is Fault.TURN_SECRET
    assert not secret or secret not in str(refusal.value)


@pytest.mark.parametrize("lifetime_seconds", [-1, 0, 9.9, 86_401, float("nan"), float("inf")])
def test_a_lifetime_out_of_bounds_is_refused(lifetime_seconds: float) -> None:
    with pytest.raises(RelayError) as refusal:
        check_lifetime(lifetime_seconds)

    assert refusal.value.code is Fault.TURN_LIFETIME
