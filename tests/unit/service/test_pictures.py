"""P-10: a picture is kept as pixels alone, whatever was written beside them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.people.profile import picture_type
from signalling.service.pictures import PictureError, bare
from tests.faces import SECRET, TYPES, face, pixels_of, told


@pytest.mark.parametrize("content_type", TYPES)
def test_p_10_where_and_by_whom_a_picture_was_taken_is_not_kept(content_type: str) -> None:
    given_in = told(content_type)
    assert SECRET in given_in
    assert (pixels_of(given_in) == pixels_of(face(content_type))).all(), "the test's own picture is one"
    kept = bare(given_in)
    assert SECRET not in kept
    assert picture_type(kept) == content_type
    assert (pixels_of(kept) == pixels_of(face(content_type))).all()
    if content_type == "image/webp":
        assert kept[20] & 0b1100 == 0, "and its head says that there is nothing"


@pytest.mark.parametrize("content_type", TYPES)
def test_a_bare_picture_stays_as_it_is(content_type: str) -> None:
    once = bare(face(content_type))
    assert bare(once) == once
    assert (pixels_of(once) == pixels_of(face(content_type))).all()


@pytest.mark.parametrize("content_type", TYPES)
def test_a_picture_that_is_cut_short_is_refused_or_still_one(content_type: str) -> None:
    picture = face(content_type)
    for length in range(12, len(picture) - 2):
        with pytest.raises(PictureError):
            bare(picture[:length])


def test_a_colour_profile_stays_and_a_thumbnail_goes() -> None:
    picture = face("image/jpeg")
    profile = b"ICC_PROFILE\0\x01\x01" + b"c" * 40
    thumbnail = b"JFIF\0\x01\x02\x00\x00\x01\x00\x01\x02\x01" + SECRET[:6]
    beside = b"".join(
        bytes([0xFF, kind]) + (len(text) + 2).to_bytes(2, "big") + text
        for kind, text in ((0xE0, thumbnail), (0xE0, b"JFXX\0" + SECRET), (0xE2, profile))
    )
    kept = bare(picture[:2] + beside + picture[2:])
    assert profile in kept
    assert SECRET[:6] not in kept
    assert (pixels_of(kept) == pixels_of(picture)).all()


@pytest.mark.parametrize("content_type", TYPES)
def test_damage_anywhere_is_refused_or_changes_no_rule(content_type: str) -> None:
    picture = told(content_type)
    for _ in range(2000):
        at = random.randrange(12, len(picture))
        damaged = picture[:at] + bytes([random.randrange(256)]) + picture[at + 1 :]
        try:
            assert len(bare(damaged)) <= len(damaged)
        except PictureError:
            continue


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x40\0\0\0WEBP", b""]), st.binary(max_size=200))
def test_any_bytes_end_in_a_picture_or_a_refusal(head: bytes, rest: bytes) -> None:
    try:
        kept = bare(head + rest)
    except PictureError:
        return
    assert kept.startswith(head[:4])
