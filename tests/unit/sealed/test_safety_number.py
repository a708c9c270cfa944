"""Six digits that two people compare: the same at both honest ends, and somebody in the middle can't choose them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.contents import SafetyCommit, SafetyNonce, SafetyReason, SafetyStop
from client_sim.sealed.noise import length_prefixed
from client_sim.sealed.safety_number import (
    SafetyBinding,
    SafetyContent,
    SafetyNumber,
    SafetyNumberError,
    Step,
    commitment,
    counted,
    digits,
)
from signalling.protocol import CallId, Role
from signalling.protocol.proof import base64url
from tests.unit.sealed.golden import SAFETY_NUMBER
from tests.unit.sealed.people import DAY, NOW
from tests.unit.sealed.scene import BINDING, always_bytes, identity, public, seed

CALL = SafetyBinding(BINDING.call, public(identity("alice")), public(identity("bob")))


def ends(*, caller: SafetyBinding = CALL, callee: SafetyBinding = CALL) -> tuple[SafetyNumber, SafetyNumber]:
    return SafetyNumber(caller, Role.CALLER), SafetyNumber(callee, Role.CALLEE)


def answer(end: SafetyNumber, content: SafetyContent) -> SafetyNonce:
    nonce = end.take(content)
    assert nonce is not None
    return nonce


def compared(caller: SafetyNumber, callee: SafetyNumber) -> None:
    """The whole exchange."""
    assert callee.take(answer(caller, answer(callee, caller.begin()))) is None


def stands(end: SafetyNumber) -> tuple[Step, str | None, SafetyReason | None]:
    return end.step, end.number, end.stopped


def stopped(end: SafetyNumber, content: SafetyContent) -> SafetyReason:
    """Why `end` would not take it; afterwards it shows nothing and takes nothing."""
    with pytest.raises(SafetyNumberError) as refused:
        end.take(content)
    assert end.step is Step.STOPPED
    assert end.number is None
    assert end.stopped is not None
    return refused.value.reason


def test_two_honest_ends_show_the_same_six_digits() -> None:
    caller, callee = ends()
    assert (caller.number, callee.number) == (None, None)
    compared(caller, callee)
    assert caller.number == callee.number
    assert caller.number is not None
    assert len(caller.number) == 6
    assert caller.number.isdecimal()
    assert (caller.step, callee.step) == (Step.SHOWN, Step.SHOWN)


MALLORY = public(identity("mallory"))


@pytest.mark.parametrize(
    "otherwise",
    [replace(CALL, call=CallId("x" * 22)), replace(CALL, caller=MALLORY), replace(CALL, callee=MALLORY)],
    ids=["call", "caller", "callee"],
)
def test_ends_that_believe_something_else_show_no_digits(otherwise: SafetyBinding) -> None:
    """The commitment covers what both believe, so a callee that believes otherwise hears of it first."""
    caller, callee = ends(callee=otherwise)
    last = answer(caller, answer(callee, caller.begin()))
    assert stopped(callee, last) is SafetyReason.COMMITMENT


def test_somebody_in_the_middle_shows_each_end_digits_of_its_own() -> None:
    """Two exchanges, one with each end. Whatever the order, one of the two nonces was chosen blindly."""
    bobs, alices = replace(CALL, callee=MALLORY), replace(CALL, caller=MALLORY)
    for n in range(200):
        alice, to_alice, to_bob, bob = (
            SafetyNumber(binding, role, random=always_bytes(seed(f"{name} {n}")))
            for name, binding, role in (
                ("alice", bobs, Role.CALLER),
                ("to alice", bobs, Role.CALLEE),
                ("to bob", alices, Role.CALLER),
                ("bob", alices, Role.CALLEE),
            )
        )
        compared(alice, to_alice)
        compared(to_bob, bob)
        assert alice.number == to_alice.number != bob.number == to_bob.number


def test_without_the_commitment_the_digits_could_be_ground() -> None:
    """Why there is one: whoever may choose a nonce last finds any three digits in a few thousand tries."""
    wanted = "007"
    found = next(n for n in range(20_000) if digits(CALL, base64url(seed(str(n))), base64url(seed("b")))[:3] == wanted)
    caller, callee = SafetyNumber(CALL, Role.CALLER), SafetyNumber(CALL, Role.CALLEE, random=always_bytes(seed("b")))
    callee.take(caller.begin())
    assert stopped(callee, SafetyNonce(base64url(seed(str(found))))) is SafetyReason.COMMITMENT


def test_a_nonce_that_was_not_committed_to_is_said_aloud_and_what_the_caller_showed_is_taken_back() -> None:
    caller, callee = ends()
    answer(caller, answer(callee, caller.begin()))
    reason = stopped(callee, SafetyNonce(base64url(seed("another"))))
    assert caller.number is not None
    assert caller.take(SafetyStop(reason)) is None
    assert stands(caller) == (Step.STOPPED, None, SafetyReason.COMMITMENT)


COMMIT, NONCE = SafetyCommit(base64url(seed("c"))), SafetyNonce(base64url(seed("n")))
ORDERS: dict[str, tuple[Role, Sequence[SafetyContent]]] = {
    "a caller that is committed to": (Role.CALLER, [COMMIT]),
    "a nonce before the commitment": (Role.CALLEE, [NONCE]),
    "a second commitment": (Role.CALLEE, [COMMIT, COMMIT]),
    "a second nonce": (Role.CALLER, [NONCE, NONCE]),
    "a commitment for an answer": (Role.CALLER, [NONCE, COMMIT]),
}


@pytest.mark.parametrize("name", ORDERS)
def test_another_order_stops_the_attempt(name: str) -> None:
    role, said = ORDERS[name]
    end = SafetyNumber(CALL, role)
    if role is Role.CALLER:
        end.begin()
    for content in said[:-1]:
        end.take(content)
    assert stopped(end, said[-1]) is SafetyReason.ORDER
    for content in (COMMIT, NONCE):
        assert stopped(end, content) is SafetyReason.ORDER


def test_a_nonce_before_the_caller_has_begun_stops_it() -> None:
    caller = SafetyNumber(CALL, Role.CALLER)
    assert stopped(caller, NONCE) is SafetyReason.ORDER
    with pytest.raises(RuntimeError):
        caller.begin()


@given(st.lists(st.sampled_from([COMMIT, NONCE, SafetyStop(SafetyReason.ATTEMPTS)]), max_size=5), st.sampled_from(Role))
def test_no_order_of_words_shows_a_callee_digits_that_nobody_committed_to(
    said: list[SafetyContent], role: Role
) -> None:
    end = SafetyNumber(CALL, role)
    if role is Role.CALLER:
        end.begin()
    for content in said:
        try:
            end.take(content)
        except SafetyNumberError:
            assert end.stopped is not None
    assert end.number is None or (role is Role.CALLER and said == [NONCE])
    assert (end.stopped is not None) is (end.step is Step.STOPPED)


def test_the_caller_begins_and_once() -> None:
    caller, callee = ends()
    caller.begin()
    for end in (caller, callee):
        with pytest.raises(RuntimeError):
            end.begin()


def test_a_nonce_has_one_spelling() -> None:
    caller, callee = ends()
    nonce = answer(callee, caller.begin()).nonce
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert stopped(caller, SafetyNonce(nonce[:-1] + letters[letters.index(nonce[-1]) ^ 1])) is SafetyReason.COMMITMENT


def test_each_attempt_has_a_nonce_of_its_own() -> None:
    assert len({SafetyNumber(CALL, Role.CALLER).begin().commitment for _ in range(50)}) == 50


def test_the_digits_are_spread_evenly() -> None:
    """Each digit in each place, over 3,000 numbers: 300 times, give or take six standard deviations."""
    numbers = [digits(CALL, base64url(seed(f"a{n}")), base64url(seed(f"b{n}"))) for n in range(3000)]
    for place in range(6):
        counts = Counter(number[place] for number in numbers)
        assert set(counts) == set("0123456789")
        assert all(200 < count < 400 for count in counts.values())


def test_a_link_has_three_attempts_a_day() -> None:
    attempts: tuple[int, ...] = ()
    for minute in range(3):
        attempts = counted(attempts, now=NOW + 60 * minute + 0.5)
    assert attempts == (NOW, NOW + 60, NOW + 120)
    with pytest.raises(SafetyNumberError) as refused:
        counted(attempts, now=NOW + DAY - 1)
    assert refused.value.reason is SafetyReason.ATTEMPTS
    assert counted(attempts, now=NOW + DAY) == (NOW + 60, NOW + 120, NOW + DAY)


def test_a_clock_that_went_back_frees_no_attempt() -> None:
    attempts = counted(counted(counted((), now=NOW), now=NOW), now=NOW)
    with pytest.raises(SafetyNumberError):
        counted(attempts, now=NOW - 300 * DAY)


def test_the_written_exchange_is_said_again() -> None:
    binding = SafetyBinding(
        CallId(SAFETY_NUMBER["call"]),
        *(bytes.fromhex(SAFETY_NUMBER["identities"][role]) for role in ("caller", "callee")),
    )
    caller, callee = (
        SafetyNumber(binding, role, random=always_bytes(bytes.fromhex(SAFETY_NUMBER["nonces"][role])))
        for role in (Role.CALLER, Role.CALLEE)
    )
    said: list[SafetyContent] = [caller.begin()]
    said += [answer(callee, said[0])]
    said += [answer(caller, said[1])]
    callee.take(said[2])
    assert [msgspec.to_builtins(one) for one in said] == SAFETY_NUMBER["said"]
    assert caller.number == callee.number == SAFETY_NUMBER["number"]


def test_what_is_hashed_is_as_documented() -> None:
    names = [base64url(one) for one in (CALL.caller, CALL.callee)]
    covered = {
        "commitment": length_prefixed("narvaro.v1", "safety-number", CALL.call, "caller", *names, "n" * 43),
        "number": length_prefixed("narvaro.v1", "safety-number", CALL.call, *names, "n" * 43, "m" * 43),
    }
    assert commitment(CALL, "n" * 43) == base64url(sha256(covered["commitment"]).digest())
    assert digits(CALL, "n" * 43, "m" * 43) == f"{int(sha256(covered['number']).hexdigest(), 16) % 1_000_000:06}"
