"""Cadence of the run and of the watch, made comparable: even steps, no half-rate picks, no held values."""

from __future__ import annotations

import numpy as np

from monitor.values import NS_PER_S, FloatArray, IntArray

LONGEST_HOLD_S = 12.0
"""Watches that save power write a point every few seconds; further apart than this they paused."""
_LONGEST_S = 864_000.0
"""Ten days."""
_SMOOTH_S = 5
"""The run's cadence is smoothed over this long, without delay: watches smooth theirs."""
_MIDDLE_S = 120
_RUNNING_SPM = 130.0
_HALF_TOLERANCE_SPM = 16.0


def run_seconds(t_s: FloatArray, cadence_spm: FloatArray) -> FloatArray:
    """The run's cadence (m,) for each whole second from 0, from any track (n,) with finite, increasing times.

    NaN where the second holds none. A head that nods once a stride may be counted at half its rate: such seconds,
    amid running at twice that, are left out.
    """
    known = np.isfinite(cadence_spm) & (cadence_spm > 0) & (t_s >= 0) & (t_s < _LONGEST_S)
    if not known.any():
        return np.empty(0)
    second = t_s[known].astype(np.int64)
    count = np.bincount(second)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(second, cadence_spm[known]) / count
    mean[_is_half(mean)] = np.nan
    return _smooth(mean)


def watch_seconds(t_ns: IntArray, cadence_spm: FloatArray) -> tuple[int, FloatArray]:
    """The first whole UTC second, and the watch's cadence (m,) for each second from there, from its points (n,).

    On the line between two points close together; NaN across pauses.
    """
    known = np.isfinite(cadence_spm)
    if np.count_nonzero(known) < 2:
        return 0, np.empty(0)
    t_ns, cadence_spm = t_ns[known], cadence_spm[known]
    start = -(-int(t_ns[0]) // NS_PER_S)
    t_s = (t_ns - start * NS_PER_S) / NS_PER_S
    at = np.arange(int(t_s[-1]) + 1, dtype=np.float64)
    right = np.clip(np.searchsorted(t_s, at, side="right"), 1, len(t_s) - 1)
    near = t_s[right] - t_s[right - 1] <= LONGEST_HOLD_S
    return start, np.where(near, np.interp(at, t_s, cadence_spm), np.nan)


def blocks(values: FloatArray, step: int) -> FloatArray:
    """Means (n // step,) over `step` seconds each of values (n,); NaN where fewer than half are known."""
    if step == 1:
        return values
    whole = values[: len(values) // step * step].reshape(-1, step)
    known = np.isfinite(whole)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean: FloatArray = np.where(known, whole, 0.0).sum(axis=1) / count
    mean[count < (step + 1) // 2] = np.nan
    return mean


def _smooth(values: FloatArray) -> FloatArray:
    """Centred mean of the known neighbours (n,); NaN stays NaN."""
    known = np.isfinite(values)
    kernel = np.ones(min(_SMOOTH_S, len(values)))
    total = np.convolve(np.where(known, values, 0.0), kernel, "same")
    count = np.convolve(known, kernel, "same")
    return np.where(known, total / np.maximum(count, 1), np.nan)


def _is_half(values: FloatArray) -> FloatArray:
    """Which seconds (n,) lie near half of what the minutes around them show."""
    known = np.isfinite(values)
    middle = np.full(len(values), np.nan)
    for start in range(0, len(values), _MIDDLE_S):
        around = values[max(0, start - _MIDDLE_S) : start + 2 * _MIDDLE_S]
        if np.isfinite(around).any():
            middle[start : start + _MIDDLE_S] = np.nanmedian(around)
    result: FloatArray = known & (middle > _RUNNING_SPM) & (np.abs(2 * values - middle) < _HALF_TOLERANCE_SPM)
    return result
