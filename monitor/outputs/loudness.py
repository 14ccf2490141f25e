"""How loud a sound is to the ear, and bringing sounds to one loudness.

K-weighting as in ITU-R BS.1770-4 (its two filters at 48 kHz, evaluated by frequency, so that any rate will do), over
the sound's own loud part instead of whole programmes: words and tones are far shorter than its 0.4 s blocks.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from monitor.values import FloatArray

_Floats = TypeVar("_Floats", bound=NDArray[np.floating])

SPEECH_DB = -17.0
TONE_DB = -15.0
"""A tone starts from silence and is over at once, so it may stand a little above the words."""
KNEE, CEILING = 0.7, 0.95
"""Louder sums are bent smoothly from the knee to below the ceiling, so that two sounds at once do not crackle."""
MOST_GAIN = 2.0
"""A quiet voice with one loud plosive is raised so far beyond that peak, and the plosive bent."""
_BLOCK_S = 0.05
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_DESIGNED_HZ = 48_000
_OFFSET_DB = -0.691


def loudness_db(samples: FloatArray, rate_hz: int) -> float:
    """Loudness of the loud part of samples (n,), dB re full scale (as LUFS); -inf for silence."""
    n = len(samples)
    if not n:
        return -np.inf
    length = next_fast_len(n, real=True)
    spectrum = np.fft.rfft(samples, length)
    power = np.square(np.fft.irfft(spectrum * _weights(length, rate_hz), length)[:n])
    block = min(n, max(1, round(_BLOCK_S * rate_hz)))
    sums = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0, n - block + 1, max(1, block // 4))
    means = (sums[starts + block] - sums[starts]) / block
    loudest = float(means.max())
    if loudest <= 0:
        return -np.inf
    # Pauses do not count: 20 dB below the loudest, then 10 dB below what is left.
    means = means[means > 0.01 * loudest]
    means = means[means > 0.1 * means.mean()]
    return float(_OFFSET_DB + 10 * np.log10(means.mean()))


def levelled(samples: FloatArray, rate_hz: int, to_db: float, peak: float) -> FloatArray:
    """Samples (n,) at a loudness, never beyond `peak`: what would be is bent below it."""
    top = float(np.abs(samples).max(initial=0.0))
    if top == 0:
        return samples
    gain = min(10 ** ((to_db - loudness_db(samples, rate_hz)) / 20), MOST_GAIN * peak / top)
    return bent(np.asarray(samples * gain), peak * KNEE / CEILING, peak)


def bent(samples: _Floats, knee: float = KNEE, ceiling: float = CEILING) -> _Floats:
    """Samples unchanged up to the knee, then bent towards the ceiling."""
    size = np.abs(samples)
    if size.max(initial=0.0) <= knee:
        return samples
    room = ceiling - knee
    out = samples.copy()
    loud = size > knee
    out[loud] = np.sign(samples[loud]) * (knee + room * np.tanh((size[loud] - knee) / room))
    return out


@cache
def _response(rate_hz: int, bins: int) -> FloatArray:
    """Gain of the K-weighting at `bins` frequencies from 0 to half the rate."""
    hz = np.minimum(np.linspace(0, rate_hz / 2, bins), _DESIGNED_HZ / 2)
    back = np.exp(-2j * np.pi * hz / _DESIGNED_HZ)
    gain = np.ones(bins)
    for above, below in (_SHELF, _HIGH_PASS):
        gain *= np.abs(np.polyval(above[::-1], back) / np.polyval(below[::-1], back))
    return gain


def _weights(n: int, rate_hz: int) -> FloatArray:
    """Gain at each bin of a transform of length n."""
    coarse = _response(rate_hz, 4097)
    return np.interp(np.linspace(0, 1, n // 2 + 1), np.linspace(0, 1, len(coarse)), coarse)
