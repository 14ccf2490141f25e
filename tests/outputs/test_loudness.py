"""Loudness by numbers: a reference tone, rates, pauses, and what levelling may and may not do."""

import numpy as np
import pytest

from monitor.outputs.clips import load_clips
from monitor.outputs.cues import PEAK
from monitor.outputs.loudness import CEILING, KNEE, SPEECH_DB, bent, levelled, loudness_db
from monitor.outputs.phrases import Clip
from monitor.outputs.pieces import Piece


def sine(hz: float, rate_hz: int = 48_000, level: float = 1.0, seconds: float = 1.0) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000, 192_000])
def test_the_reference_tone_of_the_standard(rate_hz: int) -> None:
    """ITU-R BS.1770-4: a 997 Hz sine at full scale in one channel reads -3.01 LKFS."""
    assert loudness_db(sine(997, rate_hz), rate_hz) == pytest.approx(-3.01, abs=0.05)
    assert loudness_db(sine(997, rate_hz, 0.1), rate_hz) == pytest.approx(-23.01, abs=0.05)


def test_low_tones_count_for_less_and_high_ones_for_more() -> None:
    assert loudness_db(sine(60), 48_000) < loudness_db(sine(997), 48_000) - 1
    assert loudness_db(sine(4_000), 48_000) > loudness_db(sine(997), 48_000) + 2


def test_pauses_do_not_count() -> None:
    pause = np.zeros(48_000)
    alone = loudness_db(sine(500), 48_000)
    assert loudness_db(np.concatenate([pause, sine(500), pause]), 48_000) == pytest.approx(alone, abs=0.3)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(1), np.zeros(5000)])
def test_silence_is_silent_and_stays_so(samples: np.ndarray) -> None:
    assert loudness_db(samples, 16_000) == -np.inf
    assert np.array_equal(levelled(samples, 16_000, SPEECH_DB, PEAK), samples)


def test_the_whole_voice_is_level_and_within_its_peak() -> None:
    for spoken, recording in load_clips().recordings.items():
        level = levelled(recording.samples, recording.rate_hz, SPEECH_DB, PEAK)
        assert loudness_db(level, recording.rate_hz) == pytest.approx(SPEECH_DB, abs=0.3), spoken
        assert np.abs(level).max() <= PEAK
    assert isinstance(spoken, (Clip, Piece))


def test_a_click_in_a_whisper_is_bent_not_followed() -> None:
    whisper = sine(300, level=0.02)
    whisper[24_000] = 1.0
    level = levelled(whisper * PEAK, 48_000, SPEECH_DB, PEAK)
    assert np.abs(level).max() <= PEAK
    assert np.abs(level[:20_000]).max() == pytest.approx(0.02 * PEAK * 2, rel=0.01)  # twice, and no more


def test_what_is_below_the_knee_is_untouched_and_no_sum_passes_the_ceiling() -> None:
    ramp = np.linspace(-5, 5, 10_001)
    out = bent(ramp)
    assert np.array_equal(out[np.abs(ramp) <= KNEE], ramp[np.abs(ramp) <= KNEE])
    assert np.abs(out).max() <= CEILING
    assert (np.diff(out) >= 0).all()
