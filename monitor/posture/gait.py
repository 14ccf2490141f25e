"""What the wearer is doing, and how fast the steps come, from the rhythm of the acceleration's magnitude.

The magnitude does not depend on how the sensor is mounted. Twice a second the last 4 s are autocorrelated: the
shortest lag whose peak is nearly as high as the best one is the step. The spectral peak nearest to that step rate then
gives the cadence: it counts uneven steps rightly, where the lag alone follows the most common one. Running is told
from walking by its rhythm, not by a fixed shock level, so that a soft runner counts as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from monitor.posture.stride import DEFAULT_STRIDE_S
from monitor.values import STANDARD_GRAVITY, Activity, BoolArray, CodeArray, FloatArray, IntArray

WINDOW_S = 4.0
HOP_S = 0.5
DELAY_S = (WINDOW_S + HOP_S) / 2
"""A cadence is that of the window's middle, and stands until the next window: so much earlier it was true."""
STEP_HZ = (1.2, 3.6)
"""Slowest walk, fastest run, in steps per second."""
REFINE = 0.06
"""How far from the autocorrelation's step rate the spectral peak is looked for."""
NEARLY_BEST = 0.8
"""A shorter lag wins when its peak is at least this part of the highest."""
PERIODIC = 0.5
"""Normalised autocorrelation of a rhythm: real walks reach 0.8-0.97, standing, bending and handling stay below."""
RUN_STEP_HZ = 2.4
"""Faster steps than this are running, however soft."""
SHOCK_G = 0.6
"""Spread of the magnitude that no walk reaches (a fast one: 0.5). It makes slow steps running ..."""
SHOCK_STEP_HZ = 2.2
SHOCK_PERIODIC = 0.25
"""... and an uneven rhythm a rhythm: nobody bends or drinks while shaken like that."""
STILL_G = 0.05
"""Spread of the magnitude below which the wearer stands or sits still."""
STOPPED_PART = 0.35
"""When the last second is this much calmer than the window, the wearer has just stopped."""
HOLD_HOPS = 2
"""A new activity must be seen this many times in a row (1 s)."""
STEADY_HOPS = 3
"""The stride is the middle one of the last so many rates: a nod of the head shakes the rhythm for a moment."""
FIT_THE_CACHE = 128
"""Windows looked at together: a whole day at once is four times slower, as it leaves the processor's cache."""
_NEIGHBOURS = np.array([[-1], [0], [1]])


@dataclass(frozen=True, slots=True)
class Gait:
    """Per slot (n,): activity codes, cadence in steps/min (NaN without rhythm), stride length in slots."""

    activity: CodeArray
    cadence_spm: FloatArray
    stride_slots: FloatArray

    def stride_at(self, slot: int) -> int:
        """Whole slots per stride, 0 where the wearer does not run."""
        return _whole_stride(self.activity[slot], self.stride_slots[slot])


class GaitTracker:
    """Follows activity and cadence; any split into blocks gives identical results."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._group = max(1, round(0.02 / period_s))  # about 50 Hz is plenty for steps
        rate = 1.0 / (period_s * self._group)
        self._rate_hz = rate
        self._window = round(WINDOW_S * rate)
        self._hop = max(1, round(HOP_S * rate))
        self._second = round(rate)
        self._lags = (max(2, int(rate / STEP_HZ[1]) - 1), int(np.ceil(rate / STEP_HZ[0])) + 1)
        self._fft = 1 << int(np.ceil(np.log2(self._window + self._lags[1] + 2)))
        self._fine_fft = 2 * self._fft
        fastest = self._fine_fft / (self._lags[0] - 0.5)  # bin of the fastest step rate that a peak can have
        self._fine_hz = np.arange(self._fine_fft // 2 + 1)[: int(fastest * (1 + REFINE)) + 3] * (rate / self._fine_fft)
        self._taper = np.hanning(self._window)
        low, high = self._lags
        self._unbiased = self._window / (self._window - np.arange(low - 1, high + 2))
        self.restart()

    def restart(self) -> None:
        """Forget everything (after a hole)."""
        self._loose = np.empty(0)  # slots that do not fill a group yet
        self._past = np.empty(0)  # grouped magnitudes not yet behind a hop
        self._now = (int(Activity.UNKNOWN), float("nan"), DEFAULT_STRIDE_S / self._period_s)
        self._seen: tuple[int, int] = (int(Activity.UNKNOWN), 0)  # the last activity seen, and how often in a row
        self._rates_hz: list[float] = []  # the last step rates

    @property
    def stride_slots(self) -> int:
        """Samples per stride now, 0 when not running."""
        activity, _, stride = self._now
        return _whole_stride(activity, stride)

    def push(self, acc: FloatArray) -> Gait:
        """Gait at each slot for finite acc (n,3), m/s²."""
        n = len(acc)
        magnitude = np.sqrt(acc[:, 0] ** 2 + acc[:, 1] ** 2 + acc[:, 2] ** 2) / STANDARD_GRAVITY
        loose = np.concatenate((self._loose, magnitude))
        groups = len(loose) // self._group
        grouped = loose[: groups * self._group].reshape(groups, self._group).sum(axis=1) / self._group
        first_group_end = self._group - len(self._loose)  # slots of this block up to the end of the first group
        self._loose = loose[groups * self._group :]
        series = np.concatenate((self._past, grouped))
        held = len(self._past)
        hops = max(0, (len(series) - self._window) // self._hop + 1)
        self._past = series[hops * self._hop :]
        before = self._now
        if not hops:
            return Gait(np.full(n, before[0], np.int8), np.full(n, before[1]), np.full(n, before[2]))
        step = series.itemsize
        windows = np.ndarray((hops, self._window), buffer=series, strides=(self._hop * step, step))
        looks = [self._look(windows[first : first + FIT_THE_CACHE]) for first in range(0, hops, FIT_THE_CACHE)]
        states = [before, *(self._settle(seen, step_hz) for look in looks for seen, step_hz in look)]
        # Known once the window's last slot is in; that slot itself already profits.
        ends = first_group_end + (np.arange(hops) * self._hop + self._window - 1 - held) * self._group - 1
        edges = np.concatenate(([0], np.maximum(ends, 0), [n]))
        activity, cadence_spm, stride = np.repeat(np.array(states).T, edges[1:] - edges[:-1], axis=1)
        return Gait(activity.astype(np.int8), cadence_spm, stride)

    def _look(self, windows: FloatArray) -> Iterable[tuple[Activity, float]]:
        """Activity and step rate (Hz, NaN without rhythm) of each window (m, w)."""
        centred = _centred(windows)
        spread, recent = _rms(centred), _rms(_centred(windows[:, -self._second :]))
        # numpy's transform treats every row alike, so one window or many give the same bits.
        power = np.abs(np.fft.rfft(centred, self._fft, axis=1)) ** 2
        low, high = self._lags
        auto = np.fft.irfft(power, self._fft, axis=1)
        strength = auto[:, low - 1 : high + 2] * self._unbiased / np.maximum(auto[:, :1], 1e-12)
        inner = strength[:, 1:-1]
        peak = (inner > strength[:, :-2]) & (inner >= strength[:, 2:])
        best = np.where(peak, inner, -1.0).max(axis=1)
        first = np.argmax(peak & (inner >= NEARLY_BEST * best[:, None]), axis=1)
        offset, _ = _vertex(*_around(strength, first + 1))
        step_hz = self._refine(centred, self._rate_hz / (low + first + offset))
        return map(_classify, spread.tolist(), recent.tolist(), best.tolist(), step_hz.tolist())

    def _refine(self, centred: FloatArray, step_hz: FloatArray) -> FloatArray:
        """The frequency (m,) of the spectral peak within `REFINE` of each window's step rate (m,)."""
        transform = np.fft.rfft(centred * self._taper, self._fine_fft, axis=1)
        spectrum = np.abs(transform[:, : len(self._fine_hz)])
        near = np.abs(self._fine_hz / step_hz[:, None] - 1.0) <= REFINE
        near[:, 0] = near[:, -1] = False
        top = np.argmax(np.where(near, spectrum, 0.0), axis=1)
        left, mid, right = np.log(_around(spectrum, top) + 1e-12)
        offset, bent = _vertex(left, mid, right)
        peaked = bent & (mid >= left) & (mid >= right) & (top > 0)
        return np.where(peaked, (top + offset) * (self._rate_hz / self._fine_fft), step_hz)

    def _settle(self, seen: Activity, step_hz: float) -> tuple[int, float, float]:
        """The activity after hysteresis, with cadence and stride: the state from one hop to the next."""
        last, times = self._seen
        times = times + 1 if seen == last else 1
        self._seen = (seen, times)
        activity = self._now[0]
        if times >= HOLD_HOPS or activity == Activity.UNKNOWN:
            activity = seen
        if math.isnan(step_hz):
            self._rates_hz = []
            self._now = (activity, step_hz, DEFAULT_STRIDE_S / self._period_s)
        else:
            self._rates_hz = [*self._rates_hz, step_hz][-STEADY_HOPS:]
            steady_hz = sorted(self._rates_hz)[len(self._rates_hz) // 2]
            self._now = (activity, 60.0 * step_hz, 2.0 / steady_hz / self._period_s)
        return self._now


def _whole_stride(activity: int, stride_slots: float) -> int:
    return round(float(stride_slots)) if activity == Activity.RUN else 0


def _centred(rows: FloatArray) -> FloatArray:
    return np.asarray(rows - np.sum(rows, axis=1, keepdims=True) / rows.shape[1])


def _rms(rows: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.sum(rows**2, axis=1) / rows.shape[1]))


def _around(rows: FloatArray, at: IntArray) -> FloatArray:
    """The values (3, m) before, in and behind column `at` (m,) of each row."""
    return np.asarray(rows[np.arange(len(rows)), np.maximum(at + _NEIGHBOURS, 0)])


def _vertex(left: FloatArray, mid: FloatArray, right: FloatArray) -> tuple[FloatArray, BoolArray]:
    """How far right of the middle the parabola through three values has its top, and whether it has one, both (m,)."""
    bend = left - 2 * mid + right
    bent = bend < 0
    return np.where(bent, 0.5 * (left - right) / np.where(bent, bend, 1.0), 0.0), bent


def _classify(spread_g: float, recent_g: float, strength: float, step_hz: float) -> tuple[Activity, float]:
    """One window's activity and step rate; the rate is NaN where there is no rhythm."""
    if spread_g < STILL_G:
        return Activity.STILL, float("nan")
    if recent_g < STOPPED_PART * spread_g:
        return (Activity.STILL if recent_g < STILL_G else Activity.OTHER), float("nan")
    if strength < (SHOCK_PERIODIC if spread_g >= SHOCK_G else PERIODIC):
        return Activity.OTHER, float("nan")
    runs = step_hz >= RUN_STEP_HZ or (step_hz >= SHOCK_STEP_HZ and spread_g >= SHOCK_G)
    return (Activity.RUN if runs else Activity.WALK), step_hz
