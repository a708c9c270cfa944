"""Moves of a device, limits of a profile, and codes as people type them."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.people import codes, invitation, keyword
from signalling.people.device import DeviceMove, DeviceStatus, moved
from signalling.people.profile import (
    NAME_CHARACTERS,
    PICTURE_BYTES,
    ProfileError,
    checked_name,
    checked_phone,
    picture_type,
)

FORGETTING = {DeviceMove.RESET, DeviceMove.RETURN, DeviceMove.HAND_OVER}


def test_only_resuming_and_a_new_customer_end_a_suspension() -> None:
    ways = {move for move in DeviceMove if moved(DeviceStatus.SUSPENDED, move) not in {None, DeviceStatus.SUSPENDED}}
    assert ways == {DeviceMove.RESUME, DeviceMove.RETURN, DeviceMove.HAND_OVER}


def test_only_unblocking_and_a_new_customer_let_a_blocked_device_take_calls() -> None:
    ways = {
        move
        for move in DeviceMove
        if (after := moved(DeviceStatus.BLOCKED, move)) is not None and not after.refuses_calls
    }
    assert ways == {DeviceMove.UNBLOCK, DeviceMove.RETURN, DeviceMove.HAND_OVER}


def test_no_way_round_unblocks() -> None:
    """Suspended and resumed, a blocked device would take calls, and nobody would have unblocked it."""
    assert moved(DeviceStatus.BLOCKED, DeviceMove.SUSPEND) is None


def test_every_device_can_be_made_to_forget() -> None:
    assert all(moved(status, move) is not None for status, move in product(DeviceStatus, FORGETTING))


def test_a_returned_device_does_nothing_until_it_is_reset_or_handed_over() -> None:
    ways = {move for move in DeviceMove if moved(DeviceStatus.RETURNED, move) is not None}
    assert ways == FORGETTING
    assert not DeviceStatus.RETURNED.takes_links


@pytest.mark.parametrize("name", ["A", "Åsa Öberg", "O'Neil-Brontë", "祖母", "x" * NAME_CHARACTERS])
def test_a_name_is_what_people_are_called(name: str) -> None:
    assert checked_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["", " ", "x" * (NAME_CHARACTERS + 1), "a\tb", "a\u202eb", "a\u0000"])
def test_a_name_has_printable_characters(name: str) -> None:
    with pytest.raises(ProfileError):
        checked_name(name)


@pytest.mark.parametrize("number", ["", "0701234567", "+0123456789", "+46 70", "+4670123456789012", "+46７01234567"])
def test_a_number_is_e164(number: str) -> None:
    with pytest.raises(ProfileError):
        checked_phone(number)
    assert checked_phone("+46701234567") == "+46701234567"


def test_a_picture_is_known_by_its_first_bytes() -> None:
    assert picture_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert picture_type(b"\x89PNG\r\n\x1a\n") == "image/png"
    assert picture_type(b"RIFF\n\x00\x00\x00WEBPVP8 ") == "image/webp"
    for other in (b"", b"GIF89a", b"<svg", b"\xff\xd8\xff" + bytes(PICTURE_BYTES)):
        with pytest.raises(ProfileError):
            picture_type(other)


@given(randomness=st.binary(min_size=16, max_size=16))
def test_a_code_is_read_as_it_was_written_however_it_is_typed(randomness: bytes) -> None:
    for fresh, read in (
        (invitation.fresh_code, invitation.read_code),
        (keyword.fresh_keyword, keyword.read_keyword),
    ):
        code = fresh(randomness)
        plain = code.replace("-", "")
        assert not set(plain) & set("ILOU")
        for typed in (code, plain, code.lower(), f" {code} ", plain.replace("0", "O"), plain.replace("1", "i")):
            assert read(typed) == plain


@pytest.mark.parametrize("typed", ["", "ABCD", "UUUU-UUUU-UUUU-UUUU", "ÄBCD-EFGH-JKMN-PQRS", "A" * 10_000])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert invitation.read_code(typed) is None
    assert keyword.read_keyword(typed) is None


def test_a_code_takes_enough_randomness() -> None:
    with pytest.raises(ValueError, match="5 n bits"):
        codes.written(bytes(9), 16)
