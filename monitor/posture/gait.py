"""What the wearer is doing, and how fast the steps come, from the rhythm of the acceleration's magnitude.

The magnitude does not depend on how the sensor is mounted. Twice a second the last 4 s are autocorrelated: the
shortest lag whose peak is nearly as high as the best one is the step. The spectral peak nearest to that step rate then
gives the cadence: it counts uneven steps rightly, where the lag alone follows the most common one. Running is told
from walking by its rhythm, not by a fixed shock level, so that a soft runner counts as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from monitor.posture.stride import DEFAULT_STRIDE_S
from monitor.values import STANDARD_GRAVITY, Activity, BoolArray, CodeArray, FloatArray, IntArray

WINDOW_S = 4.0
HOP_S = 0.5
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


@dataclass(frozen=True, slots=True)
class Gait:
    """Per slot (n,): activity codes, cadence in steps/min (NaN without rhythm), stride length in slots."""

    activity: CodeArray
    cadence_spm: FloatArray
    stride_slots: FloatArray


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
        self._fine_bins = int(fastest * (1 + REFINE)) + 3
        self._taper = np.hanning(self._window)
        self.restart()

    def restart(self) -> None:
        """Forget everything (after a hole)."""
        self._loose = np.empty(0)  # slots that do not fill a group yet
        self._past = np.empty(0)  # grouped magnitudes not yet behind a hop
        self._now = (int(Activity.UNKNOWN), float("nan"), DEFAULT_STRIDE_S / self._period_s)
        self._seen: tuple[int, int] = (int(Activity.UNKNOWN), 0)  # the last activity seen, and how often in a row
        self._rates_hz = np.full(STEADY_HOPS - 1, np.nan)  # the last step rates

    @property
    def stride_slots(self) -> int:
        """Samples per stride now, 0 when not running."""
        activity, _, stride = self._now
        return round(stride) if activity == Activity.RUN else 0

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
        windows = sliding_window_view(series, self._window)[: hops * self._hop : self._hop]
        looks = [self._look(windows[first : first + FIT_THE_CACHE]) for first in range(0, hops, FIT_THE_CACHE)]
        seen, step_hz = (np.concatenate(column) for column in zip(*looks, strict=True))
        activity, cadence_spm, stride = self._settled(seen), 60.0 * step_hz, self._stride(step_hz)
        self._now = int(activity[-1]), float(cadence_spm[-1]), float(stride[-1])
        # Known once the window's last slot is in; that slot itself already profits.
        ends = first_group_end + (np.arange(hops) * self._hop + self._window - 1 - held) * self._group - 1
        slots = np.diff(np.maximum(ends, 0), prepend=0, append=n)
        return Gait(
            _held(before[0], activity, slots).astype(np.int8),
            _held(before[1], cadence_spm, slots),
            _held(before[2], stride, slots),
        )

    def _look(self, windows: FloatArray) -> tuple[CodeArray, FloatArray]:
        """Activity (m,) and step rate (m,), Hz, NaN without rhythm, of each window (m, w)."""
        centred = windows - windows.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1))
        recent = windows[:, -self._second :].std(axis=1)
        # numpy's transform treats every row alike, so one window or many give the same bits.
        power = np.abs(np.fft.rfft(centred, self._fft, axis=1)) ** 2
        low, high = self._lags
        auto = np.fft.irfft(power, self._fft, axis=1)
        taper = self._window / (self._window - np.arange(low - 1, high + 2))
        strength = auto[:, low - 1 : high + 2] * taper / np.maximum(auto[:, :1], 1e-12)
        inner = strength[:, 1:-1]
        peak = (inner > strength[:, :-2]) & (inner >= strength[:, 2:])
        heights = np.where(peak, inner, -1.0)
        best = heights.max(axis=1)
        activity, rhythmic = _without_rhythm(spread, recent, best)
        step_hz = np.full(len(windows), np.nan)
        rows = np.flatnonzero(rhythmic)  # each of these has a peak
        if len(rows):
            first = np.argmax(heights[rows] >= NEARLY_BEST * best[rows, None], axis=1)
            left, mid, right = (strength[rows, first + d] for d in (0, 1, 2))
            bend = left - 2 * mid + right
            offset = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, 1.0), 0.0)
            rate_hz = self._refine(centred[rows], self._rate_hz / (low + first + offset))
            runs = (rate_hz >= RUN_STEP_HZ) | ((rate_hz >= SHOCK_STEP_HZ) & (spread[rows] >= SHOCK_G))
            step_hz[rows], activity[rows] = rate_hz, np.where(runs, Activity.RUN, Activity.WALK)
        return activity, step_hz

    def _refine(self, centred: FloatArray, step_hz: FloatArray) -> FloatArray:
        """The frequency (m,) of the spectral peak within `REFINE` of each window's step rate (m,)."""
        width_hz = self._rate_hz / self._fine_fft
        transform = np.fft.rfft(centred * self._taper, self._fine_fft, axis=1)
        spectrum = np.abs(transform[:, : self._fine_bins])
        bins = np.arange(spectrum.shape[1]) * width_hz
        near = np.abs(bins[None, :] / step_hz[:, None] - 1.0) <= REFINE
        near[:, 0] = near[:, -1] = False
        top = np.argmax(np.where(near, spectrum, 0.0), axis=1)
        rows = np.arange(len(centred))
        left, mid, right = (np.log(spectrum[rows, np.maximum(top + d, 0)] + 1e-12) for d in (-1, 0, 1))
        bend = left - 2 * mid + right
        peaked = (bend < 0) & (mid >= left) & (mid >= right) & (top > 0)
        offset = np.where(peaked, 0.5 * (left - right) / np.where(bend < 0, bend, 1.0), 0.0)
        return np.where(peaked, (top + offset) * width_hz, step_hz)

    def _settled(self, seen: CodeArray) -> CodeArray:
        """The activity after hysteresis, (m,), for what was seen hop by hop, (m,)."""
        at = np.arange(len(seen))
        last, times = self._seen
        since = np.maximum.accumulate(np.where(np.diff(seen, prepend=np.int8(last)) != 0, at, -times))
        in_a_row = at - since + 1
        self._seen = int(seen[-1]), int(in_a_row[-1])
        sure = in_a_row >= HOLD_HOPS
        sure[0] |= self._now[0] == Activity.UNKNOWN
        latest = np.maximum.accumulate(np.where(sure, at, -1))
        return np.where(latest >= 0, seen[np.maximum(latest, 0)], np.int8(self._now[0]))

    def _stride(self, step_hz: FloatArray) -> FloatArray:
        """Stride length in slots, (m,), from the middle one of the last step rates; they start anew after a NaN."""
        rates = np.concatenate((self._rates_hz, step_hz))
        self._rates_hz = rates[1 - STEADY_HOPS :]
        newest_first = sliding_window_view(rates, STEADY_HOPS)[:, ::-1]
        unbroken = np.logical_and.accumulate(~np.isnan(newest_first), axis=1)
        ordered = np.sort(np.where(unbroken, newest_first, np.nan), axis=1)  # NaN goes last
        middle_hz = ordered[np.arange(len(step_hz)), unbroken.sum(axis=1) // 2]
        return np.where(np.isnan(middle_hz), DEFAULT_STRIDE_S, 2.0 / middle_hz) / self._period_s


def _held(before: float, hops: FloatArray | CodeArray, slots: IntArray) -> FloatArray:
    """What held before a block and from each of its m hops on, for so many `slots` (m + 1,) each."""
    return np.repeat(np.concatenate(([before], hops)), slots)


def _without_rhythm(spread_g: FloatArray, recent_g: FloatArray, strength: FloatArray) -> tuple[CodeArray, BoolArray]:
    """Activity (m,) of each window as far as it needs no step rate, and which windows have a rhythm (m,)."""
    still = spread_g < STILL_G
    stopped = recent_g < STOPPED_PART * spread_g
    rhythmic = ~still & ~stopped & (strength >= np.where(spread_g >= SHOCK_G, SHOCK_PERIODIC, PERIODIC))
    still |= stopped & (recent_g < STILL_G)
    return np.where(still, np.int8(Activity.STILL), np.int8(Activity.OTHER)), rhythmic
