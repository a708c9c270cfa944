"""One-time codes: how long, how often, and that nobody learns from them who has a number."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.access.codes import LIFETIME_SECONDS, PAUSE_SECONDS, TRIES, Codes, random_code
from signalling.access.numbers import EEA, EEA_COUNTRIES, Numbers, check_countries
from signalling.access.texts import DAY_SECONDS, TextBudget, TextLimits

NOW = 1_800_000_000.0
NORWAY, SWEDEN = "+4740612345", "+46701234567"
USUAL = TextLimits()
BRITAIN, PREMIUM, NOBODYS = "+447400123456", "+4782912345", "+4700000000"


def codes(limits: TextLimits = USUAL, countries: tuple[str, ...] = (EEA,)) -> Codes:
    numbered: Iterator[int] = count(1)
    return Codes(Numbers(countries), TextBudget(limits), make=lambda: f"{next(numbered):06}")


def test_a_code_proves_its_number_once() -> None:
    one = codes()
    code = one.ask(NORWAY, now=NOW)
    assert code is not None
    assert one.check(NORWAY, code, now=NOW + LIFETIME_SECONDS - 1)
    assert one.spend(NORWAY, code, now=NOW + LIFETIME_SECONDS - 1)
    assert not one.check(NORWAY, code, now=NOW + LIFETIME_SECONDS - 1)
    assert not one.spend(NORWAY, code, now=NOW + LIFETIME_SECONDS - 1)


def test_a_code_dies_after_ten_minutes_and_leaves_nothing() -> None:
    one = codes()
    code = one.ask(NORWAY, now=NOW)
    assert code is not None
    assert not one.check(NORWAY, code, now=NOW + LIFETIME_SECONDS)
    assert len(one) == 0


def test_a_code_is_its_own_numbers_alone() -> None:
    one = codes()
    code = one.ask(NORWAY, now=NOW)
    assert code is not None
    assert one.ask(SWEDEN, now=NOW) not in (None, code)
    assert not one.check(SWEDEN, code, now=NOW)
    assert not one.spend(SWEDEN, code, now=NOW)


def test_five_wrong_tries_end_a_code() -> None:
    one = codes()
    code = one.ask(NORWAY, now=NOW)
    assert code is not None
    assert [one.check(NORWAY, "999999", now=NOW) for _ in range(TRIES)] == [False] * TRIES
    assert not one.check(NORWAY, code, now=NOW)


def test_the_fifth_try_may_be_the_right_one() -> None:
    one = codes()
    code = one.ask(NORWAY, now=NOW)
    assert code is not None
    for _ in range(TRIES - 1):
        one.check(NORWAY, "999999", now=NOW)
    assert one.check(NORWAY, code, now=NOW)
    assert not one.check(NORWAY, code, now=NOW), "looking costs a try, so that nobody can look for ever"


def test_a_later_code_makes_the_earlier_one_worthless() -> None:
    one = codes()
    first = one.ask(NORWAY, now=NOW)
    second = one.ask(NORWAY, now=NOW + PAUSE_SECONDS)
    assert first is not None
    assert second is not None
    assert not one.check(NORWAY, first, now=NOW + PAUSE_SECONDS)
    assert one.check(NORWAY, second, now=NOW + PAUSE_SECONDS)


def test_a_second_press_of_the_button_sends_nothing_and_spoils_nothing() -> None:
    one = codes()
    code = one.ask(NORWAY, now=NOW)
    assert code is not None
    assert one.ask(NORWAY, now=NOW + PAUSE_SECONDS - 1) is None
    assert one.check(NORWAY, code, now=NOW + PAUSE_SECONDS - 1)


def test_one_number_gets_so_many_a_day() -> None:
    one = codes(TextLimits(to_a_number=3))
    asked = [one.ask(NORWAY, now=NOW + n * PAUSE_SECONDS) for n in range(5)]
    assert [code is not None for code in asked] == [True, True, True, False, False]
    assert one.ask(NORWAY, now=NOW + DAY_SECONDS) is not None


def test_a_range_of_numbers_gets_so_many_a_day() -> None:
    """SMS pumping asks for ranges: numbers that differ in their last digits."""
    one = codes(TextLimits(to_a_range=10))
    sent = [one.ask(f"+46701230{n:03}", now=NOW) for n in range(20)]
    assert sum(code is not None for code in sent) == 10
    assert one.ask(NORWAY, now=NOW) is not None, "other ranges go on"


def test_all_numbers_together_have_a_budget_and_memory_is_bounded_by_it() -> None:
    budget = TextBudget(TextLimits(altogether=50))
    one = Codes(Numbers(), budget)
    sent = [one.ask(f"+4670{n:03}4567", now=NOW) for n in range(200)]
    assert sum(code is not None for code in sent) == 50
    assert len(one) == 50
    assert len(budget) <= 100


@pytest.mark.parametrize("number", [BRITAIN, PREMIUM, NOBODYS, "+1", "0701234567", "+46 70 123 45 67", "+14155552671"])
def test_other_numbers_get_no_code(number: str) -> None:
    assert codes().ask(number, now=NOW) is None


@pytest.mark.parametrize(
    "number", [NORWAY, SWEDEN, "+4551234567", "+358401234567", "+3546111234", "+423660123456", "+491701234567"]
)
def test_mobiles_of_the_eea_do(number: str) -> None:
    assert codes().ask(number, now=NOW) is not None


def test_the_operator_may_name_other_countries() -> None:
    assert codes(countries=("GB",)).ask(BRITAIN, now=NOW) is not None
    assert codes(countries=("GB",)).ask(NORWAY, now=NOW) is None
    assert codes(countries=("GB", EEA)).ask(NORWAY, now=NOW) is not None
    assert set(check_countries(EEA_COUNTRIES)) == EEA_COUNTRIES
    for wrong in ((), ("XX",), ("gb",), ("",)):
        with pytest.raises(ValueError, match="ISO 3166-1"):
            check_countries(wrong)


def test_a_refusal_takes_the_same_work_as_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """By construction, not by the clock: the same steps, as often, in the same order."""
    steps: list[str] = []
    for owner, name in (
        (Codes, "_hash"),
        (Codes, "_forget"),
        (TextBudget, "spend"),
        (TextBudget, "_name"),
        (Numbers, "may_be_sent"),
        (phonenumbers, "parse"),
        (phonenumbers, "format_number"),
        (phonenumbers, "number_type"),
        (phonenumbers, "region_code_for_number"),
    ):
        monkeypatch.setattr(owner, name, watched(steps, name, getattr(owner, name)))
    one = codes(TextLimits(to_a_number=1))
    taken = []
    for number, sent in ((NORWAY, True), (NORWAY, False), (BRITAIN, False), (PREMIUM, False), (NOBODYS, False)):
        steps.clear()
        assert (one.ask(number, now=NOW) is not None) is sent
        taken.append(list(steps))
    assert taken == [taken[0]] * len(taken)
    assert "spend" in taken[0]


def watched(steps: list[str], name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*arguments: Any, **named: Any) -> Any:
        steps.append(name)
        return step(*arguments, **named)

    return noted


def test_nothing_that_is_kept_holds_a_number_or_a_code() -> None:
    one = codes()
    code = one.ask(NORWAY, now=NOW)
    assert code is not None
    kept = repr([(name, pending.code) for name, pending in one._pending.items()]) + repr(one._budget._sent)
    assert NORWAY[1:] not in kept
    assert code not in kept


def test_a_code_has_six_digits_always() -> None:
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in (random_code() for _ in range(2000)))


@given(st.text(max_size=30), st.text(max_size=10))
def test_no_text_breaks_the_counting(number: str, code: str) -> None:
    one = Codes(Numbers(), TextBudget(TextLimits()))
    assert not one.check(number, code, now=NOW)
    one.ask(number, now=NOW)
    assert not one.spend(number, code + "x", now=NOW)
