"""What findings mean: a marker outside its place is a find, a control that is not found makes the run say nothing."""

import pytest

from client_sim.audit.judgement import Faults, Verdict, judge_after, judge_during
from client_sim.audit.promises import PROMISES, Kind, Place
from tests.unit.client_sim.audit.looks import look, marker, report, seen


def test_while_a_call_lives_its_id_must_be_seen_in_the_coordinator() -> None:
    call = marker(Kind.CALL)
    assert judge_during(look(seen(Kind.CALL, Place.COORDINATOR)), [call]).missing == []
    assert judge_during(look(seen(Kind.CALL, Place.RELAY)), [call]).missing == [call]


@pytest.mark.parametrize("place", [Place.LOGS, Place.METRICS, Place.FILES, Place.RELAY, Place.SEED])
def test_while_a_call_lives_its_id_is_a_find_anywhere_else(place: Place) -> None:
    found = seen(Kind.CALL, place)
    assert judge_during(look(found), []).finds == [found]


@pytest.mark.parametrize("place", list(Place))
def test_what_sealed_ends_know_is_a_find_everywhere_and_always(place: Place) -> None:
    found = seen(Kind.SEALED, place)
    assert judge_during(look(found), []).finds == [found]
    assert judge_after(look(found), look()).finds == [found]


@pytest.mark.parametrize("kind", [kind for kind in Kind if not PROMISES[kind].lasts])
@pytest.mark.parametrize("place", list(Place))
def test_after_the_end_all_of_a_call_is_a_find_or_declared(kind: Kind, place: Place) -> None:
    found = seen(kind, place)
    faults = judge_after(look(found), look(found))
    assert [found] == (faults.declared if place in PROMISES[kind].declared else faults.finds)


def test_declared_are_the_relays_dead_credentials_and_nothing_else() -> None:
    declared = {(kind, place) for kind, promise in PROMISES.items() for place in promise.declared}
    assert {kind for kind, _ in declared} == {Kind.TURN_NAME, Kind.TURN_KEY}
    assert {place for _, place in declared} <= {Place.RELAY, Place.RELAY_FILTER}


@pytest.mark.parametrize("kind", [Kind.NAME, Kind.PARTY])
def test_names_and_links_stay_in_no_more_copies_than_before(kind: Kind) -> None:
    before = look(seen(kind, Place.COORDINATOR, copies=2))
    assert judge_after(before, before).finds == []
    assert judge_after(look(seen(kind, Place.COORDINATOR, copies=1)), before).finds == []
    more = seen(kind, Place.COORDINATOR, copies=3)
    assert judge_after(look(more), before).finds == [more]


def test_names_are_in_the_seed_file_and_in_no_log() -> None:
    logged = seen(Kind.NAME, Place.LOGS)
    assert judge_after(look(seen(Kind.NAME, Place.SEED, copies=9), logged), look()).finds == [logged]


def test_a_run_without_finds_is_clean_and_one_with_any_is_not() -> None:
    assert report().verdict is Verdict.CLEAN
    found = Faults([seen(Kind.CALL, Place.LOGS)], [], [marker(Kind.CALL)])
    assert report(found, witness=0).verdict is Verdict.FOUND


@pytest.mark.parametrize(
    ("blind", "why"),
    [
        (report(Faults(missing=[marker(Kind.CALL)])), "the call's id were not seen"),
        (report(witness=0), "every form"),
        (report(copies=0), "under the default allocator"),
    ],
)
def test_a_control_that_is_not_found_makes_the_run_say_nothing(blind: object, why: str) -> None:
    assert blind.verdict is Verdict.BLIND  # type: ignore[attr-defined]
    assert any(why in reason for reason in blind.blind_because)  # type: ignore[attr-defined]


def test_what_is_declared_is_a_find_for_who_is_strict() -> None:
    declared = Faults(declared=[seen(Kind.TURN_KEY, Place.RELAY)])
    assert report(declared).verdict is Verdict.CLEAN
    assert report(declared, strict=True).verdict is Verdict.FOUND
