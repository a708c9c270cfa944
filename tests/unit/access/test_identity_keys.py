"""Which identity keys are admitted. The refused ones are the published small-order points of edwards25519."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signalling.access.identity import KeyRefusedError, admit, check_identity_key, signature_holds
from signalling.protocol.proof import base64url, endpoint_id

SMALL_ORDER = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
NOT_CANONICAL = (
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)


def with_sign(key: str) -> str:
    raw = bytearray.fromhex(key)
    raw[31] |= 0x80
    return raw.hex()


@pytest.mark.parametrize("key", [*SMALL_ORDER, *map(with_sign, SMALL_ORDER)])
def test_a_key_of_small_order_is_refused(key: str) -> None:
    with pytest.raises(KeyRefusedError, match="small order"):
        check_identity_key(bytes.fromhex(key))


@pytest.mark.parametrize("key", [*NOT_CANONICAL, *map(with_sign, NOT_CANONICAL)])
def test_a_key_that_is_not_written_canonically_is_refused(key: str) -> None:
    with pytest.raises(KeyRefusedError, match="canonically"):
        check_identity_key(bytes.fromhex(key))


def test_a_small_order_key_would_otherwise_sign_everything() -> None:
    """Why they are refused: OpenSSL takes one signature for any message by the neutral point."""
    neutral = bytes.fromhex(SMALL_ORDER[1])
    anything = neutral + bytes(32)
    for message in (b"hello", b"token", b"whatever"):
        Ed25519PublicKey.from_public_bytes(neutral).verify(anything, message)


def test_a_key_that_is_no_point_of_the_curve_is_refused() -> None:
    off_curve = [y for y in range(2, 20) if _is_refused_as_off_curve(y)]
    assert 5 < len(off_curve) < 15  # about every second y has no x


def _is_refused_as_off_curve(y: int) -> bool:
    try:
        check_identity_key(y.to_bytes(32, "little"))
    except KeyRefusedError as problem:
        return "point of the curve" in str(problem)
    return False


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(KeyRefusedError, match="32 bytes"):
        check_identity_key(bytes([7]) * size)


def test_ordinary_keys_are_admitted_and_named() -> None:
    for _ in range(50):
        raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        admitted = admit(base64url(raw))
        assert admitted.identity_key == raw
        assert admitted.endpoint == endpoint_id(raw)


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "ä" * 43, "!" * 43, "A" * 42 + "B"])
def test_a_key_that_is_not_43_characters_of_base64url_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        admit(text)
    assert not text or text not in str(refused.value)


def test_a_signature_holds_for_its_key_and_its_bytes_alone() -> None:
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    signature = base64url(mine.sign(b"these bytes"))
    raw = mine.public_key().public_bytes_raw()
    assert signature_holds(raw, signature, b"these bytes")
    assert not signature_holds(raw, signature, b"those bytes")
    assert not signature_holds(other.public_key().public_bytes_raw(), signature, b"these bytes")
    assert not signature_holds(raw, signature[:-2], b"these bytes")
