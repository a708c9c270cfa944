"""The test card moves, shows the time, and is what its stamp says."""

from datetime import UTC

import av
import numpy as np
import pytest

from client_sim.media.card import Card
from client_sim.media.lettering import draw_glyph
from client_sim.media.picture import luma_of, png_of
from client_sim.media.stamp import Stamp, read_stamp

NOON_MS = 12 * 3_600_000


def drawn(at_ms: int, label: str = "KOMP", size: tuple[int, int] = (640, 480)) -> av.VideoFrame:
    return Card(label, *size, zone=UTC).draw(Stamp(frame=1, sent_at_ms=0, source=2), shown_ms=at_ms)


def moved(one: av.VideoFrame, other: av.VideoFrame) -> float:
    """The share of the picture that differs."""
    return float((luma_of(one) != luma_of(other)).mean())


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (320, 180), (160, 120), (480, 640)])
def test_a_card_of_any_size_carries_its_stamp(size: tuple[int, int]) -> None:
    frame = drawn(NOON_MS, size=size)
    assert (frame.width, frame.height) == size
    assert read_stamp(luma_of(frame)) == Stamp(frame=1, sent_at_ms=0, source=2)


def test_the_card_moves_from_frame_to_frame() -> None:
    assert 0.001 < moved(drawn(NOON_MS), drawn(NOON_MS + 67)) < 0.1


def test_the_card_of_the_same_moment_is_the_same() -> None:
    assert moved(drawn(NOON_MS), drawn(NOON_MS)) == 0


def test_the_ball_is_back_where_it_was_after_four_seconds() -> None:
    whole_seconds_apart = moved(drawn(NOON_MS), drawn(NOON_MS + 2000))
    one_turn_apart = moved(drawn(NOON_MS), drawn(NOON_MS + 4000))
    assert one_turn_apart < whole_seconds_apart


def test_the_clock_shows_the_moment() -> None:
    card = Card("KOMP", 640, 480, zone=UTC)
    at_ms = 13 * 3_600_000 + 37 * 60_000 + 42_069
    luma = luma_of(card.draw(Stamp(frame=1, sent_at_ms=0), shown_ms=at_ms))
    height, middle = card._layout.clock_height, card._layout.clock_middle

    def likeness(reading: str) -> float:
        ink = np.hstack([draw_glyph(figure, height=height) for figure in reading])
        top, left = middle - ink.shape[0] // 2, 320 - ink.shape[1] // 2
        shown = luma[top : top + ink.shape[0], left : left + ink.shape[1]]
        return float(np.corrcoef(ink.ravel(), shown.ravel())[0, 1])

    assert likeness("13:37:42.069") > 0.999
    for wrong in ("13:37:42.068", "13:31:42.069", "12:37:42.069"):
        assert likeness(wrong) < 0.98


def test_cards_of_different_senders_look_different() -> None:
    assert moved(drawn(NOON_MS, "KOMP"), drawn(NOON_MS, "AV1")) > 0.005


def test_where_the_stamp_stands_there_is_no_colour() -> None:
    frame = drawn(NOON_MS)
    for plane in frame.planes[1:]:
        colour = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)[:24, :320]
        assert np.abs(colour.astype(int) - 128).max() <= 1


def test_a_picture_can_be_saved_as_png() -> None:
    frame = drawn(NOON_MS, size=(320, 240))
    png = png_of(frame)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    [again] = av.CodecContext.create("png", "r").decode(av.Packet(png))
    assert read_stamp(luma_of(again)) == read_stamp(luma_of(frame))


@pytest.mark.parametrize("size", [(158, 120), (160, 118), (321, 240), (320, 241)])
def test_a_size_that_can_not_be_drawn_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least 160 × 120"):
        Card("KOMP", *size)


def test_a_letter_without_a_glyph_is_refused() -> None:
    with pytest.raises(ValueError, match="capitals, figures"):
        Card("KOMP?", 320, 240)
