"""The tones: one contour per meaning, so that nobody has to know pitches by heart.

All are 0.35 s or shorter, start and end in 5 ms ramps and are as loud as the words, or a little more: a tone at full
scale beside a voice that peaks there is a squeak in the ear. The head's tone rises, the shoulders' fall.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from monitor.outputs.loudness import TONE_DB, levelled
from monitor.values import FloatArray

PEAK = 0.8
"""No sound goes beyond."""
SOFT_DB = TONE_DB - 2.5
RAMP_S = 0.005
LONGEST_S = 0.35
_SECOND_HARMONIC = 0.25
"""A little of the octave lets small loudspeakers and open headphones carry the low tones."""


class Cue(Enum):
    """The earcons."""

    EYES_UP = "eyes_up"
    """One tone that rises."""
    SHOULDERS = "shoulders"
    """Two tones, the second lower."""
    GOOD = "good"
    """One short soft tick."""
    LINK_LOST = "link_lost"
    """Three low knocks of one pitch."""
    LINK_BACK = "link_back"
    """Two tones, the second higher."""
    LOW_BATTERY = "low_battery"
    """One tone that falls."""
    COACH = "coach"
    """A step up and back: a word from the coach, no correction."""
    TEST = "test"
    """Three steps up."""


def render(cue: Cue, rate_hz: int) -> FloatArray:
    """The samples (n,) of a cue, -1..1, at 8 kHz or more."""
    return levelled(_draw(cue, rate_hz), rate_hz, SOFT_DB if cue is Cue.GOOD else TONE_DB, PEAK)


def _draw(cue: Cue, rate_hz: int) -> FloatArray:
    match cue:
        case Cue.EYES_UP:
            return _glide(600, 1200, 0.30, rate_hz)
        case Cue.SHOULDERS:
            return _notes([784, 523], 0.155, 0.03, rate_hz)
        case Cue.GOOD:
            tick = _glide(1500, 1500, 0.06, rate_hz)
            return np.asarray(tick * np.exp(-np.arange(len(tick)) / rate_hz / 0.015))
        case Cue.LINK_LOST:
            return _notes([330, 330, 330], 0.08, 0.05, rate_hz)
        case Cue.LINK_BACK:
            return _notes([440, 660], 0.155, 0.03, rate_hz)
        case Cue.LOW_BATTERY:
            return _glide(700, 350, 0.30, rate_hz)
        case Cue.COACH:
            return _notes([587, 784, 587], 0.09, 0.03, rate_hz)
        case Cue.TEST:
            return _notes([523, 659, 784], 0.09, 0.03, rate_hz)


def _glide(from_hz: float, to_hz: float, duration_s: float, rate_hz: int) -> FloatArray:
    """One tone whose pitch moves evenly in octaves, (n,), ramped at both ends."""
    n = round(duration_s * rate_hz)
    pitch_hz = from_hz * (to_hz / from_hz) ** (np.arange(n) / n)
    turn = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    return _ramped(np.sin(turn) + _SECOND_HARMONIC * np.sin(2 * turn), rate_hz)


def _notes(pitches_hz: list[float], each_s: float, gap_s: float, rate_hz: int) -> FloatArray:
    """Tones of steady pitch with silence between them, (n,)."""
    gap = np.zeros(round(gap_s * rate_hz))
    parts = [part for pitch in pitches_hz for part in (_glide(pitch, pitch, each_s, rate_hz), gap)]
    return np.concatenate(parts[:-1])


def _ramped(sound: FloatArray, rate_hz: int) -> FloatArray:
    n = round(RAMP_S * rate_hz)
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n)
    shaped = sound.copy()
    shaped[:n] *= ramp
    shaped[-n:] *= ramp[::-1]
    return shaped
