"""An agreement key changes every thirty days, and whoever has not heard yet is understood for thirty more."""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.keyring import KeyRing, key_of, new_ring, rotate, state_key
from client_sim.sealed.statements import verify_statement
from tests.unit.sealed.scene import identity, key, public

DAY = 86_400
NOW = 1_800_000_000


def numbered() -> Callable[[], X25519PrivateKey]:
    labels: Iterator[int] = iter(range(1000))
    return lambda: key(f"ring {next(labels)}")


def serials(ring: KeyRing) -> tuple[int, int | None]:
    return ring.current.serial, ring.previous.serial if ring.previous else None


def opens(ring: KeyRing, serial: int, now: float) -> bool:
    return key_of(ring, serial, now=now) is not None


def test_a_new_endpoint_has_one_key() -> None:
    ring = new_ring(now=NOW, generate=numbered())
    assert serials(ring) == (1, None)
    assert opens(ring, 1, NOW)
    assert not opens(ring, 0, NOW)
    assert not opens(ring, 2, NOW)


def test_a_key_is_replaced_after_thirty_days_and_not_before() -> None:
    ring = new_ring(now=NOW)
    assert rotate(ring, now=NOW + 30 * DAY - 1) is ring
    after = rotate(ring, now=NOW + 30 * DAY)
    assert serials(after) == (2, 1)
    assert after.previous == ring.current
    assert after.current.private != ring.current.private


def test_the_key_before_opens_for_thirty_days_more_and_is_then_forgotten() -> None:
    ring = rotate(new_ring(now=NOW), now=NOW + 30 * DAY)
    assert opens(ring, 1, NOW + 60 * DAY)
    assert not opens(ring, 1, NOW + 60 * DAY + 1)
    after = rotate(ring, now=NOW + 60 * DAY)
    assert serials(after) == (3, 2)
    assert ring.previous is not None
    assert ring.previous.private.encode() not in msgspec.json.encode(after)


def test_an_endpoint_that_was_away_for_long_still_reads_what_was_sealed_to_its_last_key() -> None:
    ring = rotate(new_ring(now=NOW), now=NOW + 200 * DAY)
    assert serials(ring) == (2, 1)
    assert opens(ring, 1, NOW + 230 * DAY)


@given(st.integers(-400 * DAY, -1))
def test_a_clock_that_went_back_makes_no_key_and_forgets_none(back: int) -> None:
    ring = rotate(new_ring(now=NOW), now=NOW + 30 * DAY)
    assert rotate(ring, now=ring.current.made_at + back) is ring
    assert opens(ring, 1, ring.current.made_at + back)


def test_each_serial_gives_its_own_key() -> None:
    ring = rotate(new_ring(now=NOW, generate=numbered()), now=NOW + 30 * DAY, generate=lambda: key("second"))
    first, second = key_of(ring, 1, now=NOW + 31 * DAY), key_of(ring, 2, now=NOW + 31 * DAY)
    assert first is not None
    assert second is not None
    assert (public(first), public(second)) == (public(key("ring 0")), public(key("second")))


def test_its_statement_names_the_current_key_for_ninety_days() -> None:
    ring = rotate(new_ring(now=NOW), now=NOW + 30.5 * DAY)
    statement = state_key(ring, identity("alice"))
    assert verify_statement(statement, public(identity("alice"))) == ring.current.public
    assert (statement.serial, statement.not_after) == (2, NOW + 30.5 * DAY + 90 * DAY)


def test_a_ring_survives_its_file() -> None:
    ring = rotate(new_ring(now=NOW), now=NOW + 30 * DAY)
    assert msgspec.json.decode(msgspec.json.encode(ring), type=KeyRing) == ring
    assert set(msgspec.to_builtins(ring.current)) == {"serial", "private", "made_at"}


@pytest.mark.parametrize("text", [b"{}", b'{"current":{"serial":1,"private":"short","made_at":0}}'])
def test_half_a_ring_is_none(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=KeyRing)


def test_nothing_of_a_ring_prints() -> None:
    ring = new_ring(now=NOW)
    assert (repr(ring), repr(ring.current)) == ("KeyRing(…)", "AgreementKey(…)")
