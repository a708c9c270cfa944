"""Nonces: given out without memory, taken back once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.access.nonces import Nonces
from signalling.protocol.errors import ErrorCode, ProtocolError

NOW = 1_800_000_000.0


def test_a_nonce_holds_for_a_minute() -> None:
    nonces = Nonces()
    nonce = nonces.fresh(now=NOW)
    assert nonces.holds(nonce, now=NOW)
    assert nonces.holds(nonce, now=NOW + 59.9)
    assert not nonces.holds(nonce, now=NOW + 60)


def test_a_used_nonce_holds_no_more() -> None:
    nonces = Nonces()
    nonce, other = nonces.fresh(now=NOW), nonces.fresh(now=NOW)
    nonces.use(nonce, now=NOW)
    assert not nonces.holds(nonce, now=NOW)
    assert nonces.holds(other, now=NOW)


def test_a_nonce_can_be_written_in_one_way_only() -> None:
    """Two spellings of the same bytes would be used twice."""
    nonces = Nonces()
    nonce = nonces.fresh(now=NOW)
    assert not nonces.holds(nonce + "=", now=NOW)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(nonce[-1])
    twin = nonce[:-1] + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last ^ 1]
    assert not nonces.holds(twin, now=NOW)


def test_a_nonce_of_another_process_does_not_hold() -> None:
    assert not Nonces().holds(Nonces().fresh(now=NOW), now=NOW)


@given(st.text(max_size=128))
def test_what_is_no_nonce_does_not_hold(text: str) -> None:
    assert not Nonces().holds(text, now=NOW)


def test_used_nonces_are_forgotten_when_they_have_died_and_never_pile_up() -> None:
    nonces = Nonces(used_at_most=3)
    for _ in range(3):
        nonces.use(nonces.fresh(now=NOW), now=NOW)
    with pytest.raises(ProtocolError) as full:
        nonces.use(nonces.fresh(now=NOW), now=NOW)
    assert full.value.code is ErrorCode.UNAVAILABLE
    nonces.use(nonces.fresh(now=NOW + 60), now=NOW + 60)
