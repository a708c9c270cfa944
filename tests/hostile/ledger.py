"""The list of attacks: what each does, what comes of it, and what is shown. Tests fill it in by being written.

A test declares its row; its stage looks whether what happened is what was declared. The table in
docs/design/hostile-coordinator.md is made of these rows, so none of them can say what no test has seen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from client_sim.household import Household, make_household

F = TypeVar("F", bound=Callable[..., Any])


class Outcome(StrEnum):
    """What comes of an attack. Closed; none of them gives the attacker a picture, a sound or a word."""

    NO_CALL = "no call"
    UNHARMED = "the call, unharmed"
    ASKS = "it waits for a person"
    STOPPED = "a call stops"
    NOTHING = "nothing"


class Proof(StrEnum):
    """How it is known that an attack was made at all."""

    ARRIVED = "altered frames reached their victim"
    WITHHELD = "frames were kept back"
    OWN = "the test looks for itself"


@dataclass(frozen=True)
class Attack:
    """One row. `shown` is what ends show of it, exactly: end reasons, marks, counters."""

    does: str
    outcome: Outcome
    shown: tuple[str, ...]
    chapter: str
    test: str
    household: Callable[[], Household]
    proof: Proof


ATTACKS: Final[list[Attack]] = []


def attack(
    does: str,
    outcome: Outcome,
    *shown: str,
    household: Callable[[], Household] = make_household,
    proof: Proof = Proof.ARRIVED,
) -> Callable[[F], F]:
    """Declare what a test's attack does and what comes of it."""

    def declare(test: F) -> F:
        chapter = test.__module__.rpartition("test_")[2].replace("_", " ")
        row = Attack(does, outcome, shown, chapter, test.__name__, household, proof)
        ATTACKS.append(row)
        test.attack = row  # type: ignore[attr-defined]
        return test

    return declare
