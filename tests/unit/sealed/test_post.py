"""A post opens for its readers and nobody else, as its author's, for its purpose, and as it was written."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.noise import CipherState
from client_sim.sealed.post import (
    POST_BYTES,
    PostBinding,
    PostError,
    PostPurpose,
    Reader,
    SealedPost,
    _content_data,
    _digest,
    _handshake,
    _padded,
    open_post,
    seal_post,
)
from signalling.protocol import EndpointId
from signalling.protocol.proof import base64url
from tests.unit.sealed.scene import flipped, key, public, seed, small_order_agreements

BINDING = PostBinding(PostPurpose.MESSAGE, base64url(bytes(16)), EndpointId("author".ljust(22, "A")), 2)
KOMP, PHONE = EndpointId("komp".ljust(22, "A")), EndpointId("phone".ljust(22, "A"))
READERS = [Reader(KOMP, public(key("komp")), 5), Reader(PHONE, public(key("phone")), 1)]
WORDS = "Ha det gött, mormor!".encode()


def sealed(content: bytes = WORDS, *, binding: PostBinding = BINDING) -> SealedPost:
    return seal_post(content, binding, own=key("author"), readers=READERS)


def opened(post: SealedPost, **changes: Any) -> bytes:
    """What the Komp reads."""
    told: dict[str, Any] = {"own": key("komp"), "reader": KOMP, "serial": 5, "author": public(key("author"))} | changes
    binding = told.pop("binding", BINDING)
    wrap = told.pop("wrap", post.wraps[0])
    return open_post(told.pop("box", post.box), wrap, binding, **told)


def test_every_reader_reads_what_the_author_wrote() -> None:
    post = sealed()
    assert opened(post) == WORDS
    assert opened(post, wrap=post.wraps[1], own=key("phone"), reader=PHONE, serial=1) == WORDS


@pytest.mark.parametrize(
    "changes",
    [
        {"wrap": 1},
        {"own": key("phone")},
        {"reader": PHONE},
        {"serial": 6},
        {"author": public(key("mallory"))},
        {"binding": replace(BINDING, purpose=PostPurpose.VOUCHING)},
        {"binding": replace(BINDING, post=base64url(bytes(15) + b"\1"))},
        {"binding": replace(BINDING, author=PHONE)},
        {"binding": replace(BINDING, author_key=3)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_it_opens_for_its_reader_from_its_author_and_for_its_purpose_alone(changes: dict[str, Any]) -> None:
    post = sealed()
    if changes.get("wrap") == 1:
        changes = {"wrap": post.wraps[1]}
    with pytest.raises(PostError):
        opened(post, **changes)


@given(st.sampled_from(["box", "wrap"]), st.data())
def test_any_bit_turned_opens_nothing(part: str, data: st.DataObject) -> None:
    post = sealed()
    whole = post.box if part == "box" else post.wraps[0]
    with pytest.raises(PostError):
        opened(post, **{part: flipped(whole, data.draw(st.integers(0, 8 * len(whole) - 1)))})


@pytest.mark.parametrize("cut", [0, 15, 48, 111])
def test_a_post_cut_short_opens_nothing(cut: int) -> None:
    post = sealed()
    with pytest.raises(PostError):
        opened(post, wrap=post.wraps[0][:cut])
    with pytest.raises(PostError):
        opened(post, box=post.box[:cut])


def test_a_reader_cannot_put_other_words_under_the_authors_name() -> None:
    """The phone knows the content's key. It seals other words with it, and the Komp refuses them."""
    post = sealed()
    _, secret = _handshake(BINDING, PHONE, 1, initiator=False, s=key("phone"), rs=public(key("author"))).read_message(
        post.wraps[1]
    )
    forged = CipherState(secret[:32]).encrypt_with_ad(_content_data(BINDING), _padded(b"Send money."))
    assert CipherState(secret[:32]).decrypt_at(0, _content_data(BINDING), forged)
    with pytest.raises(PostError):
        opened(post, box=forged)


@given(st.binary(max_size=3000))
def test_whatever_is_written_is_read(content: bytes) -> None:
    assert opened(sealed(content)) == content


@pytest.mark.parametrize(
    ("length", "size"),
    [(0, 128), (124, 128), (125, 256), (252, 256), (16_380, 16_384), (16_381, 32_768), (100_000, 114_688)],
)
def test_its_length_tells_little(length: int, size: int) -> None:
    post = sealed(bytes(length))
    assert len(post.box) == size + 16
    assert [len(wrap) for wrap in post.wraps] == [112, 112]
    assert opened(post) == bytes(length)


def test_a_post_is_bounded() -> None:
    with pytest.raises(PostError):
        sealed(bytes(POST_BYTES + 1))


@pytest.mark.parametrize(
    "padded",
    [b"", bytes(64), bytes(129), (125).to_bytes(4, "big") + bytes(124), _padded(b"a")[:-1] + b"\1", bytes(256)],
    ids=range(6),
)
def test_an_authors_post_that_is_badly_padded_is_refused(padded: bytes) -> None:
    box = CipherState(seed("content")).encrypt_with_ad(_content_data(BINDING), padded)
    handshake = _handshake(BINDING, KOMP, 5, initiator=True, s=key("author"), rs=public(key("komp")))
    wrap = handshake.write_message(seed("content") + _digest(box))[1]
    with pytest.raises(PostError):
        opened(SealedPost(box, (wrap,)))


@pytest.mark.parametrize("secret", [b"", bytes(32), bytes(63), bytes(96)], ids=len)
def test_an_authors_wrap_that_holds_something_else_is_refused(secret: bytes) -> None:
    handshake = _handshake(BINDING, KOMP, 5, initiator=True, s=key("author"), rs=public(key("komp")))
    with pytest.raises(PostError):
        opened(SealedPost(sealed().box, (handshake.write_message(secret)[1],)))


def test_no_post_goes_to_a_key_of_small_order() -> None:
    for point in small_order_agreements():
        with pytest.raises(PostError):
            seal_post(WORDS, BINDING, own=key("author"), readers=[Reader(KOMP, point, 5)])


def test_two_posts_of_the_same_words_have_nothing_in_common() -> None:
    one, other = sealed(), sealed()
    assert one.box != other.box
    assert one.wraps[0][:32] != other.wraps[0][:32]
    assert one.wraps[0][:32] != one.wraps[1][:32]


def test_nothing_of_a_post_prints() -> None:
    post = sealed()
    assert "b'" not in repr(post) + repr(READERS[0]) + repr(BINDING)
