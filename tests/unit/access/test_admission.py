"""How often one network may knock."""

import pytest

from signalling.access.admission import Admission, Door
from signalling.protocol.errors import ErrorCode, ProtocolError

NOW = 1_800_000_000.0


def is_let_in(admission: Admission, address: str | None, now: float = NOW, door: Door = Door.TOKEN) -> bool:
    try:
        admission.knock(door, address, now=now)
    except ProtocolError:
        return False
    return True


def test_a_network_comes_in_so_often_a_minute_and_then_waits() -> None:
    admission = Admission(per_minute=60)
    assert all(is_let_in(admission, "192.0.2.1") for _ in range(60))
    assert not is_let_in(admission, "192.0.2.1")
    assert not is_let_in(admission, "192.0.2.77"), "the same /24"
    assert is_let_in(admission, "192.0.2.1", now=NOW + 1.01)
    assert not is_let_in(admission, "192.0.2.1", now=NOW + 1.01)


def test_a_refusal_says_when_there_is_room_again() -> None:
    admission = Admission(per_minute=6)
    for _ in range(6):
        admission.knock(Door.NONCE, "192.0.2.1", now=NOW)
    with pytest.raises(ProtocolError) as refused:
        admission.knock(Door.NONCE, "192.0.2.1", now=NOW)
    assert refused.value.code is ErrorCode.TOO_MANY
    assert refused.value.retry_after_ms is not None
    assert is_let_in(admission, "192.0.2.1", now=NOW + refused.value.retry_after_ms / 1000, door=Door.NONCE)


def test_one_network_does_not_shut_out_another_nor_one_door_another() -> None:
    admission = Admission(per_minute=1)
    assert is_let_in(admission, "192.0.2.1")
    assert not is_let_in(admission, "192.0.2.1")
    assert is_let_in(admission, "198.51.100.1")
    assert is_let_in(admission, "192.0.2.1", door=Door.SOCKET)


def test_ipv6_is_counted_by_56_bits_and_mapped_ipv4_as_ipv4() -> None:
    admission = Admission(per_minute=1)
    assert is_let_in(admission, "2001:db8:0:1::1")
    assert not is_let_in(admission, "2001:db8:0:ff::2")
    assert is_let_in(admission, "2001:db8:0:100::1")
    assert is_let_in(admission, "::ffff:192.0.2.1")
    assert not is_let_in(admission, "192.0.2.9")


def test_addresses_that_are_none_share_one_bucket() -> None:
    admission = Admission(per_minute=1)
    assert is_let_in(admission, None)
    assert not is_let_in(admission, "nonsense")


def test_memory_is_bounded_and_holds_no_address() -> None:
    admission = Admission(per_minute=1, prefixes_at_most=10)
    for number in range(100):
        is_let_in(admission, f"10.0.{number}.1")
    assert len(admission) == 10
    assert not any(b"10.0" in name for name in admission._buckets)


def test_a_network_that_has_not_knocked_for_a_minute_is_forgotten_with_the_next_knock() -> None:
    admission = Admission(per_minute=10)
    for last in range(3):
        admission.knock(Door.NONCE, f"192.0.{last}.1", now=1000.0 + last)
    admission.knock(Door.NONCE, "192.0.9.1", now=1061.5)
    assert len(admission) == 2, "the third of them, and the one that knocks"
    admission.knock(Door.NONCE, "192.0.9.1", now=1200.0)
    assert len(admission) == 1
