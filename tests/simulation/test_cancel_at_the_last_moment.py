"""The caller gives up in the very moment in which the Komp takes the call: whoever is first, nobody is seen after it.

A thousand times on a virtual clock, through the real rules at both ends and the server, and real seals.
"""

import os
import random
from collections import Counter

from signalling.protocol import EndReason
from tests.simulation.race import Race

TIMES = 1_000
AROUND_SECONDS = 0.3


def race(seed: str) -> Race:
    """One call that is cancelled within this of the end of its countdown, before or after it."""
    dice = random.Random(seed)
    one = Race(dice, says_bye_directly=dice.random() < 0.7)
    moment = dice.uniform(-AROUND_SECONDS, AROUND_SECONDS)
    one.on_countdown = lambda over: one.at(over + moment, one.cancel)
    return one.run()


def test_a_cancel_at_the_end_of_the_countdown_shows_and_sends_no_frame_a_thousand_times() -> None:
    base = os.environ.get("NARVARO_SEED", "a")
    outcomes: Counter[str] = Counter()
    for number in range(TIMES):
        one = race(f"{base}/{number}")
        caller, komp = one.caller, one.komp
        assert komp is not None, "it rang"
        cancelled_at = caller.ended_at
        assert cancelled_at is not None
        assert komp.ended_at is not None

        # The caller is seen and sees nothing once it has cancelled; if it hadn't heard the accept, it never did.
        assert all(at <= cancelled_at for at in (*caller.sent, *caller.shown))
        if caller.accepted_at is None:
            assert (caller.sent, caller.shown, komp.shown) == ([], [], [])
        # The Komp sends and shows nothing but from its own accept until it hears of the cancel, and it hears soon.
        began = komp.accepted_at if komp.accepted_at is not None else komp.ended_at
        assert all(began <= at <= komp.ended_at for at in (*komp.sent, *komp.shown))
        assert komp.ended_at - cancelled_at <= one.longest_seconds + 1e-6
        if komp.accepted_at is None:
            assert (komp.sent, komp.shown) == ([], [])
        # All three agree, and nothing is left.
        reason = EndReason.CANCELLED if caller.accepted_at is None else EndReason.HANGUP
        assert (caller.rules.reason, komp.rules.reason, one.reason) == (reason,) * 3
        assert one.record is None
        assert caller.is_forgotten
        assert komp.is_forgotten
        outcomes[_of(one)] += 1
    print(dict(outcomes))
    assert set(outcomes) == {"never taken", "taken, and the caller never knew", "taken on both sides"}
    assert min(outcomes.values()) >= TIMES // 50, "the moments no longer lie around the end of the countdown"


def _of(one: Race) -> str:
    assert one.komp is not None
    if one.komp.accepted_at is None:
        return "never taken"
    return "taken, and the caller never knew" if one.caller.accepted_at is None else "taken on both sides"
