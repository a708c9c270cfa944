"""The tone sequence says where it is, and a listener measures by it what was lost and how late it came."""

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
import pytest

from client_sim.media.audio_tally import AudioTally
from client_sim.media.tone import (
    MELODY_HZ,
    PIECE_MS,
    SAMPLE_RATE,
    SEQUENCE_MS,
    STEP_MS,
    TURN_HZ,
    Place,
    Sound,
    Sounding,
    hear,
    place_at,
    tone_piece,
)
from client_sim.media.tone_clip import encode_tones

PIECE = SAMPLE_RATE * PIECE_MS // 1000
BEGIN_MS = 1_800_000_000_000
"""A moment at which the sequence begins."""


def sequence(duration_ms: int, from_ms: int = BEGIN_MS) -> Sound:
    """What sounds from that moment on."""
    pieces = [tone_piece(place_at(from_ms + at)) for at in range(0, duration_ms, PIECE_MS)]
    return np.concatenate(pieces).astype(np.float32) / np.float32(32767)


def listen(
    sound: Sound, *, late_ms: float = 0, without: Iterable[int] = (), rate: int = SAMPLE_RATE, piece_ms: int = PIECE_MS
) -> AudioTally:
    """A listener who gets it in frames, `late_ms` after each was made, some of them never."""
    tally = AudioTally()
    samples = rate * piece_ms // 1000
    lost = set(without)
    for number in range(len(sound) // samples):
        if number not in lost:
            piece = sound[number * samples : (number + 1) * samples]
            tally.add(number * samples, piece, rate, BEGIN_MS + number * piece_ms + late_ms)
    return tally


def through_opus(sound: Sound, bits_per_second: int) -> Sound:
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, "mono", "s16"
    encoder.bit_rate, encoder.options = bits_per_second, {"application": "voip"}
    frames = []
    for number in range(len(sound) // PIECE):
        samples = (sound[number * PIECE : (number + 1) * PIECE] * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, number * PIECE, Fraction(1, SAMPLE_RATE)
        frames.append(frame)
    return decoded([bytes(packet) for frame in frames for packet in encoder.encode(frame)])


def decoded(packets: Iterable[bytes]) -> Sound:
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate, decoder.layout, decoder.format = SAMPLE_RATE, "mono", "s16"
    heard = [frame.to_ndarray().ravel() for packet in packets for frame in decoder.decode(av.Packet(packet))]
    return np.concatenate(heard).astype(np.float32) / np.float32(32767)


def test_every_piece_of_the_sequence_names_its_place() -> None:
    for turn in range(len(TURN_HZ)):
        for step in range(len(MELODY_HZ)):
            place = Place(turn, step)
            heard = hear(tone_piece(place).astype(np.float32) / np.float32(32767), SAMPLE_RATE)
            assert (heard.sounding, heard.place) == (Sounding.TONE, place)


def test_the_sequence_is_locked_to_the_clock() -> None:
    assert place_at(BEGIN_MS) == Place(turn=0, step=0)
    assert place_at(BEGIN_MS + 5 * STEP_MS + 199) == Place(turn=0, step=5)
    assert place_at(BEGIN_MS + SEQUENCE_MS - 1) == Place(turn=7, step=7)
    assert place_at(BEGIN_MS + SEQUENCE_MS) == place_at(BEGIN_MS)
    assert Place(turn=7, step=7).next == Place(turn=0, step=0)


def test_the_sequence_does_not_click() -> None:
    whole = sequence(SEQUENCE_MS)
    steepest = 2 * np.pi * (0.25 * max(MELODY_HZ) + 0.12 * max(TURN_HZ)) / SAMPLE_RATE
    assert np.abs(np.diff(whole)).max() <= steepest * 1.01


@pytest.mark.slow
@pytest.mark.parametrize("bits_per_second", [24_000, 96_000])
def test_the_whole_sequence_survives_opus(bits_per_second: int) -> None:
    heard = listen(through_opus(sequence(SEQUENCE_MS), bits_per_second)).figures(BEGIN_MS + SEQUENCE_MS)
    assert heard.loss_percent == 0
    assert heard.delay is not None
    assert heard.delay.count >= 60
    assert heard.delay.p50_ms == pytest.approx(6.5, abs=3), "Opus looks 6.5 ms ahead"


def test_the_encoded_sequence_follows_itself_without_a_seam() -> None:
    packets = encode_tones()
    sound = decoded([*packets, *packets])
    heard = listen(sound).figures(BEGIN_MS + 2 * SEQUENCE_MS)
    assert heard.loss_percent == 0
    assert heard.delay is not None
    assert heard.delay.max_ms <= 10
    loudness = np.sqrt(np.square(sound).reshape(-1, SAMPLE_RATE // 200).mean(axis=1))
    seam = len(loudness) // 2
    assert loudness[seam - 4 : seam + 4].min() > 0.5 * np.median(loudness)


def test_the_sequence_survives_the_narrow_band_of_a_telephone() -> None:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=8000)
    wide = (sequence(4000) * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(wide[None, :], format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    narrow = np.concatenate([piece.to_ndarray().ravel() for piece in resampler.resample(frame)])
    heard = listen(narrow.astype(np.float32) / np.float32(32767), rate=8000).figures(BEGIN_MS + 4000)
    assert heard.loss_percent == 0
    assert heard.delay is not None
    assert heard.delay.p50_ms == pytest.approx(0, abs=3)


@pytest.mark.parametrize("late_ms", [0, 37, 250, 1900, 11_000])
def test_the_delay_is_measured_to_a_few_milliseconds(late_ms: int) -> None:
    delay = listen(sequence(6000), late_ms=late_ms).figures(BEGIN_MS + 6000 + late_ms).delay
    assert delay is not None
    assert delay.count >= 25
    assert delay.p50_ms == pytest.approx(late_ms, abs=2)
    assert delay.max_ms == pytest.approx(late_ms, abs=5)


def test_a_clock_that_is_a_little_behind_gives_no_delay_and_not_twelve_seconds() -> None:
    delay = listen(sequence(2000), late_ms=-30).figures(BEGIN_MS + 2000).delay
    assert delay is not None
    assert delay.max_ms == 0


def test_frames_that_never_came_are_lost() -> None:
    heard = listen(sequence(4000), without=[20, 21, 50, 120, 121, 122, 123]).figures(BEGIN_MS + 4000)
    assert heard.missing_ms == 7 * PIECE_MS
    assert heard.loss_percent == pytest.approx(100 * 7 / 200)
    assert heard.delay is not None
    assert heard.delay.max_ms <= 5, "a gap is not a delay"


def test_silence_and_other_sound_are_lost_but_told_apart() -> None:
    sound = sequence(4000)
    sound[10 * PIECE : 20 * PIECE] = 0
    sound[30 * PIECE : 35 * PIECE] = np.random.default_rng(3).normal(0, 0.2, 5 * PIECE)
    heard = listen(sound).figures(BEGIN_MS + 4000)
    assert (heard.silent_ms, heard.other_ms, heard.missing_ms) == (200, 100, 0)
    assert heard.loss_percent == pytest.approx(100 * 15 / 200)


def test_sound_that_stops_coming_is_lost_as_time_passes() -> None:
    tally = listen(sequence(2000))
    last_ms = BEGIN_MS + 2000 - PIECE_MS
    assert tally.figures(last_ms + 400).missing_ms == 0
    assert tally.figures(last_ms + 3000).missing_ms == 3000


def test_what_comes_before_the_first_tone_is_not_lost() -> None:
    sound = np.concatenate([np.zeros(50 * PIECE, dtype=np.float32), sequence(1000)])
    heard = listen(sound).figures(BEGIN_MS + 2000)
    assert (heard.silent_ms, heard.loss_percent) == (0, 0)
    assert heard.first_sound_at_ms == BEGIN_MS + 50 * PIECE_MS


def test_of_a_sound_that_is_not_ours_there_is_only_the_level() -> None:
    beep = 0.3 * np.sin(np.arange(SAMPLE_RATE) * 2 * np.pi * 440 / SAMPLE_RATE).astype(np.float32)
    heard = listen(beep).figures(BEGIN_MS + 1000)
    assert (heard.loss_percent, heard.delay, heard.heard_ms) == (None, None, 0)
    assert heard.first_sound_at_ms == BEGIN_MS
    assert heard.level_dbfs == pytest.approx(-13.5, abs=0.2)


def test_of_nothing_there_are_no_figures() -> None:
    heard = AudioTally().figures(BEGIN_MS)
    assert (heard.loss_percent, heard.delay, heard.first_sound_at_ms, heard.level_dbfs) == (None, None, None, None)


def test_frames_of_another_length_are_heard_as_well() -> None:
    heard = listen(sequence(6000), piece_ms=30, late_ms=100).figures(BEGIN_MS + 6000)
    assert heard.loss_percent == 0
    assert heard.delay is not None
    assert heard.delay.p50_ms == pytest.approx(100, abs=2)
    assert heard.delay.max_ms == pytest.approx(100, abs=5)
