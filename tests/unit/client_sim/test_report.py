"""What came of calls, as figures: quantiles, validity, causes, and nothing about anybody."""

import json

from client_sim.ends import Figures
from client_sim.report import CallReport, LoadReport, Quantiles, to_json
from client_sim.timeline import Mark, Path, Step, Timeline
from signalling.protocol import CallId, EndReason, Role


def report(*, failure: str | None = None, ring_ms: float = 20.0) -> CallReport:
    timeline = Timeline()
    moments = {
        Step.INVITED: 0.0,
        Step.RINGING: ring_ms,
        Step.DTLS: 60.0,
        Step.ACCEPTED: 1000.0,
        Step.FIRST_FRAME: 1090.0,
        Step.ENDED: 2000.0,
    }
    for step, ms in moments.items():
        timeline.add(
            Mark(
                call=CallId("secret-call-id"),
                role=Role.CALLER,
                step=step,
                at=50.0 + ms / 1000,
                path=Path("host", "relay") if step is Step.DTLS else None,
                reason=EndReason.HANGUP if step is Step.ENDED else None,
            )
        )
    return CallReport("komp", timeline, Figures(None, None), None, failure)


def load(*calls: CallReport, cpu_percent: float = 10.0) -> LoadReport:
    return LoadReport(calls, at_once=1, seconds=1.0, cpu_percent=cpu_percent, lag=Quantiles.of([1.0]))


def test_quantiles_are_measured_values() -> None:
    assert Quantiles.of(float(n) for n in range(1, 101)) == Quantiles(50, 95, 99, 100)
    assert Quantiles.of([7.0]) == Quantiles(7, 7, 7, 1)
    assert Quantiles.of([]) is None


def test_set_up_is_counted_from_the_invite_and_the_picture_from_the_accept() -> None:
    one = report()
    assert round(one.setup_ms(Step.RINGING) or 0) == 20
    assert round(one.first_picture_ms or 0) == 90
    assert one.setup_ms(Step.LOST) is None


def test_a_run_over_eighty_percent_of_a_core_says_nothing() -> None:
    assert load(report(), cpu_percent=80.0).is_valid
    assert not load(report(), cpu_percent=80.1).is_valid


def test_failures_are_counted_by_cause() -> None:
    causes = load(report(), report(failure="no picture came"), report(failure="no picture came")).failures
    assert causes == {"no picture came": 2}


def test_a_report_in_json_names_nobody() -> None:
    written = to_json(load(report()).as_data())
    data = json.loads(written)
    assert data["each"][0]["path"] == "host ↔ relay"
    assert data["phases_ms"]["ringing"]["p50"] == 20.0 or abs(data["phases_ms"]["ringing"]["p50"] - 20) < 0.01
    assert b"secret-call-id" not in written
