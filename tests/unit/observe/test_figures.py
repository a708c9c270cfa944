"""Figures: counted by closed labels, told in Prometheus' format."""

from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from signalling.observe.figures import Figures
from signalling.protocol.errors import CloseCode, ErrorCode
from signalling.protocol.messages import CallQuality, PhasesMs
from signalling.vocabulary import EndReason


def told(figures: Figures) -> dict[str, float]:
    """Every sample by name and labels, as a scraper reads them."""
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(figures.text().decode())
        for sample in family.samples
    }


def test_sessions_and_sockets_go_up_and_down() -> None:
    figures = Figures()
    figures.socket_opened()
    figures.session_opened()
    assert told(figures)["narvaro_sessions"] == 1
    figures.session_closed()
    figures.socket_closed(CloseCode.SLOW_READER)
    figures.socket_opened()
    figures.socket_closed(None)
    figures.turned_away(ErrorCode.NOT_FOUND)
    figures.granted()
    samples = told(figures)
    assert (samples["narvaro_sessions"], samples["narvaro_sockets"]) == (0, 0)
    assert samples["narvaro_sockets_closed_total[slow_reader]"] == 1
    assert samples["narvaro_sockets_closed_total[client]"] == 1
    assert samples["narvaro_turned_away_total[not_found]"] == 1
    assert samples["narvaro_tokens_granted_total"] == 1


def test_calls_are_counted_by_reason_alone() -> None:
    figures = Figures()
    figures.invited()
    figures.ended(EndReason.HANGUP)
    figures.refused(ErrorCode.BUSY)
    figures.erased(0.002)
    figures.calls_live(3)
    samples = told(figures)
    assert samples["narvaro_calls_invited_total"] == 1
    assert samples["narvaro_calls_ended_total[hangup]"] == 1
    assert samples["narvaro_refused_total[busy]"] == 1
    assert samples["narvaro_erased_seconds_count"] == 1
    assert samples["narvaro_calls"] == 3


def test_forwarded_boxes_are_counted_with_their_bytes() -> None:
    figures = Figures()
    for size in (100, 28):
        figures.forwarded(size)
    samples = told(figures)
    assert samples["narvaro_boxes_forwarded_total"] == 2
    assert samples["narvaro_box_bytes_total"] == 128


def test_what_an_end_did_not_tell_is_not_counted() -> None:
    figures = Figures()
    figures.connected(PhasesMs(ice=120, first_frame=900))
    figures.quality(CallQuality(call="A" * 22, round_trip_ms=40))
    samples = told(figures)
    assert samples["narvaro_setup_seconds_count[ice]"] == 1
    assert samples["narvaro_setup_seconds_sum[first_frame]"] == pytest.approx(0.9)
    assert "narvaro_setup_seconds_count[dtls]" not in samples
    assert samples["narvaro_quality_round_trip_ms_count"] == 1
    assert samples["narvaro_quality_jitter_ms_count"] == 0


def test_every_quality_figure_of_the_protocol_is_counted() -> None:
    fields = set(CallQuality.__struct_fields__) - {"call", "id"}
    figures = Figures()
    figures.quality(SimpleNamespace(**dict.fromkeys(fields, 1)))
    samples = told(figures)
    assert {name for name in fields if samples[f"narvaro_quality_{name}_count"] != 1} == set()


def test_the_process_tells_of_itself_when_asked_to() -> None:
    assert b"process_resident_memory_bytes" in Figures(process=True).text()
    assert b"process_resident_memory_bytes" not in Figures().text()
