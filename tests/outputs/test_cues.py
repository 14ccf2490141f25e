"""The tones, measured: contour, length, level, ramps."""

import numpy as np
import pytest

from monitor.outputs.cues import LONGEST_S, PEAK, SOFT_DB, Cue, render
from monitor.outputs.loudness import TONE_DB, loudness_db

RATE_HZ = 48_000


def pitch_hz(part: np.ndarray, rate_hz: int = RATE_HZ) -> float:
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 17))
    return float(np.argmax(spectrum) * rate_hz / (1 << 17))


def notes(sound: np.ndarray, rate_hz: int = RATE_HZ) -> list[np.ndarray]:
    """The parts between silences."""
    loud = np.convolve(np.abs(sound) > 1e-3, np.ones(rate_hz // 200), "same") > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    return [sound[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def contour(cue: Cue) -> list[tuple[float, float]]:
    """Pitch at the start and at the end of every note of a cue."""
    found = []
    for note in notes(render(cue, RATE_HZ)):
        third = len(note) // 3
        found.append((pitch_hz(note[:third]), pitch_hz(note[-third:])))
    return found


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("cue", list(Cue))
def test_short_level_and_ramped(cue: Cue, rate_hz: int) -> None:
    sound = render(cue, rate_hz)
    assert len(sound) <= LONGEST_S * rate_hz
    assert loudness_db(sound, rate_hz) == pytest.approx(SOFT_DB if cue is Cue.GOOD else TONE_DB, abs=0.01)
    assert np.abs(sound).max() < PEAK
    assert sound[0] == pytest.approx(0, abs=1e-6)
    assert abs(sound[-1]) < 0.01
    for note in notes(sound, rate_hz):
        ramp = round(0.005 * rate_hz)
        assert np.abs(note[: ramp // 4]).max() < 0.35 * np.abs(note).max()
        assert np.abs(note[-ramp // 4 :]).max() < 0.35 * np.abs(note).max()


def test_eyes_up_is_one_rising_tone() -> None:
    ((start, end),) = contour(Cue.EYES_UP)
    assert end > 1.4 * start


def test_shoulders_are_two_falling_tones() -> None:
    first, second = contour(Cue.SHOULDERS)
    assert first[0] == pytest.approx(784, rel=0.03)
    assert second[0] == pytest.approx(523, rel=0.03)
    assert first[0] == pytest.approx(first[1], rel=0.03)


def test_link_lost_is_three_knocks_of_one_pitch() -> None:
    pitches = [p for note in contour(Cue.LINK_LOST) for p in note]
    assert len(pitches) == 6
    assert pitches == pytest.approx([330] * 6, rel=0.05)


def test_link_back_is_two_rising_tones() -> None:
    first, second = contour(Cue.LINK_BACK)
    assert second[0] > 1.3 * first[0]


def test_low_battery_is_one_falling_tone() -> None:
    ((start, end),) = contour(Cue.LOW_BATTERY)
    assert end < 0.7 * start


def test_the_test_sound_is_three_steps_up() -> None:
    pitches = [start for start, _ in contour(Cue.TEST)]
    assert len(pitches) == 3
    assert pitches == sorted(pitches)
    assert pitches[2] > 1.3 * pitches[0]


def test_good_is_a_soft_tick() -> None:
    sound = render(Cue.GOOD, RATE_HZ)
    energy = np.cumsum(sound**2) / np.sum(sound**2)
    assert np.searchsorted(energy, 0.95) < 0.035 * RATE_HZ


def test_no_two_cues_share_a_contour() -> None:
    def shape(cue: Cue) -> tuple[int, ...]:
        """-1, 0, 1 for down, level, up: within each note, and from note to note."""
        ends = [p for note in contour(cue) for p in note]
        steps = np.log2(np.array(ends[1:]) / np.array(ends[:-1]))
        return tuple(np.where(np.abs(steps) < 0.1, 0, np.sign(steps)).astype(int).tolist())

    shapes = [shape(cue) for cue in Cue]
    assert len(set(shapes)) == len(shapes), shapes
