"""The stamp is read as it was written, or not at all."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.media.card import Card
from client_sim.media.picture import luma_of
from client_sim.media.stamp import Luma, Stamp, read_stamp, stamp_cells, stamp_height, write_stamp
from tests.unit.media.scene import GOLDEN, through_codec

STAMPS = st.builds(
    Stamp, frame=st.integers(0, 2**32 - 1), sent_at_ms=st.integers(0, 2**48 - 1), source=st.integers(0, 255)
)
RECORDED: dict[str, Any] = json.loads((GOLDEN / "stamps.json").read_text())


def read_pgm(path: Path) -> Luma:
    magic, size, _, samples = path.read_bytes().split(b"\n", 3)
    assert magic == b"P5"
    width, height = map(int, size.split())
    return np.frombuffer(samples, dtype=np.uint8).reshape(height, width)


def named(stamp: dict[str, int] | None) -> Stamp | None:
    if stamp is None:
        return None
    return Stamp(frame=stamp["frame"], sent_at_ms=stamp["sentAt"], source=stamp["source"])


@given(stamp=STAMPS, width=st.integers(80, 700), height=st.integers(60, 500))
def test_what_is_written_on_a_picture_of_any_size_is_read_from_it(stamp: Stamp, width: int, height: int) -> None:
    luma = np.full((height, width), 90, dtype=np.uint8)
    write_stamp(luma, stamp)
    assert read_stamp(luma) == stamp
    assert (luma[stamp_height(height) :] == 90).all()


@given(stamp=STAMPS, row=st.integers(0, 2), column=st.integers(0, 39))
def test_a_stamp_with_one_wrong_cell_is_not_believed(stamp: Stamp, row: int, column: int) -> None:
    luma = np.zeros((120, 160), dtype=np.uint8)
    write_stamp(luma, stamp)
    cell = luma[row * 4 : row * 4 + 4, column * 4 : column * 4 + 4]
    cell[:] = 251 - cell
    assert read_stamp(luma) is None


@pytest.mark.parametrize("recorded", RECORDED["read"], ids=lambda recorded: recorded["picture"])
def test_golden_pictures_say_what_was_recorded(recorded: dict[str, Any]) -> None:
    assert read_stamp(read_pgm(GOLDEN / recorded["picture"])) == named(recorded["stamp"])


@pytest.mark.parametrize("recorded", RECORDED["written"], ids=lambda recorded: recorded["stamp"]["frame"])
def test_the_cells_of_a_stamp_are_the_recorded_ones(recorded: dict[str, Any]) -> None:
    stamp = named(recorded["stamp"])
    assert stamp is not None
    assert ["".join(map(str, row)) for row in stamp_cells(stamp)] == recorded["cells"]


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["vp8", "h264"])
@pytest.mark.parametrize("size", [(640, 480), (320, 240)])
def test_every_stamp_survives_a_stream_with_too_few_bits(codec: str, size: tuple[int, int]) -> None:
    card = Card("KOMP", *size)
    stamps = [Stamp(frame=n, sent_at_ms=1_795_385_260_442 + 67 * n, source=3) for n in range(30)]
    seen = through_codec(codec, (card.draw(stamp) for stamp in stamps), bits_per_second=60_000)
    assert [read_stamp(luma_of(frame)) for frame in seen] == stamps


@pytest.mark.parametrize("size", [(320, 180), (480, 270), (213, 160), (1280, 720)])
def test_a_stamp_survives_being_drawn_at_another_size(size: tuple[int, int]) -> None:
    stamp = Stamp(frame=70_000, sent_at_ms=1_795_385_260_442, source=255)
    [seen] = through_codec("vp8", [Card("KOMP", 640, 480).draw(stamp)], bits_per_second=300_000)
    assert read_stamp(luma_of(seen.reformat(width=size[0], height=size[1]))) == stamp


def test_noise_never_makes_a_stamp() -> None:
    noise = np.random.default_rng(7)
    for _ in range(300):
        assert read_stamp(noise.integers(0, 256, (120, 160), dtype=np.uint8)) is None


def test_random_data_between_true_calibrating_cells_is_not_believed() -> None:
    noise = np.random.default_rng(8)
    luma = np.zeros((60, 80), dtype=np.uint8)
    write_stamp(luma, Stamp(0, 0))
    for _ in range(500):
        cells = noise.integers(0, 2, (3, 36), dtype=np.uint8) * 235
        luma[:6, 4:76] = cells.repeat(2, axis=0).repeat(2, axis=1)
        assert read_stamp(luma) is None


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (2**32, 0, 0), (0, -1, 0), (0, 2**48, 0), (0, 0, 256)])
def test_a_number_that_does_not_fit_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="32-bit frame number"):
        Stamp(*numbers)
